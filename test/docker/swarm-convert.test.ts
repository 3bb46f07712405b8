import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentSpecJson } from '../../src/docker/convert/content-spec.js';
import { networkSpecJson } from '../../src/docker/convert/network-spec.js';
import { readConfigSpec, readSecretSpec } from '../../src/docker/convert/read-content.js';
import { readNetworkSpec } from '../../src/docker/convert/read-network.js';
import { readServiceSpec } from '../../src/docker/convert/read-service.js';
import { serviceSpecJson } from '../../src/docker/convert/service.js';
import {
  canonicalObject,
  type DeepPartial,
  type Kind,
  kindOf,
  type NetworkSpec,
  type Service,
  type ServiceSpec,
} from '../../src/kinds/index.js';
import { serviceSpecs } from '../support/service-specs.js';

const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };
const specIn = <T>(kind: Kind, spec: object) =>
  (canonicalObject(kindOf(kind), { id: 'x', spec }, 'x', noMeta) as unknown as { spec: T }).spec;

const networkId = (name: string) => name;
const read = (body: unknown) => specIn<ServiceSpec>('service', readServiceSpec(body, { networkId }));
const jsonOf = (spec: ServiceSpec): unknown => JSON.parse(JSON.stringify(serviceSpecJson(spec)));

type Bodies = Record<'networks' | 'secrets' | 'configs' | 'services', Record<string, Record<string, unknown>>>;
const postedOf = (stack: string) =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, '../compose/stack-deploy', stack, 'posted.json'), 'utf8'),
  ) as Bodies;

/** The same without what says nothing, and without what an absent field means. */
function telling(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => telling(item));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value)
    .map(([name, field]): [string, unknown] => [name, telling(field, name)])
    .filter(([name, field]) => !saysNothing(name, field, key));
  return Object.fromEntries(kept);
}

const absent: Record<string, unknown> = {
  Isolation: 'default',
  FailureAction: 'pause',
  Monitor: 5e9,
  Replicas: 1,
  Mode: 'vip',
  Protocol: 'tcp',
};

function saysNothing(name: string, field: unknown, parent: string): boolean {
  if (parent === 'Mode' || name === 'VolumeOptions' || name === 'ClusterOptions') return false;
  if (name === 'Init') return false;
  if (Object.hasOwn(absent, name) && absent[name] === field) return true;
  if (field === null || field === '' || field === false || field === 0) return true;
  return typeof field === 'object' && Object.keys(field).length === 0;
}

describe.each(['web', 'every'])('what docker stack deploy posts of the stack %s', (stack) => {
  const posted = postedOf(stack);

  it.each(Object.entries(posted.services))('is the service %s, field by field, there and back', (_name, body) => {
    const spec = read(body);
    expect(telling(jsonOf(spec))).toEqual(telling(body));
    expect(read(jsonOf(spec))).toEqual(spec);
  });

  it.each(Object.entries(posted.networks))('is the network %s', (_name, body) => {
    const spec = specIn<NetworkSpec>('network', readNetworkSpec(body));
    expect(telling(networkSpecJson(spec))).toEqual(telling({ ...body, Scope: '' }));
    expect(specIn('network', readNetworkSpec(networkSpecJson(spec)))).toEqual(spec);
  });

  it.each(Object.entries(posted.secrets))('is the secret %s', (_name, body) => {
    const spec = specIn<never>('secret', readSecretSpec(body));
    expect(telling(contentSpecJson(spec))).toEqual(telling(body));
  });

  it.each(Object.entries(posted.configs))('is the config %s', (_name, body) => {
    const spec = specIn<never>('config', readConfigSpec(body));
    expect(telling(contentSpecJson(spec))).toEqual(telling(body));
  });
});

describe('a spec in Docker’s JSON', () => {
  it('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(serviceSpecs, (given: DeepPartial<ServiceSpec>) => {
        const spec = specIn<ServiceSpec>('service', given);
        expect(read(jsonOf(spec))).toEqual(spec);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps what only skep has', () => {
    const old = specIn<Service['spec']>('service', {
      annotations: { name: 'web', indices: [{ key: 'k', val: 'v' }] },
      task: { container: { image: 'i' } },
    });
    expect(specIn('service', readServiceSpec(jsonOf(old), { networkId, old }))).toEqual(old);
  });

  const container = (fields: object) => ({ Name: 'web', TaskTemplate: { ContainerSpec: { Image: 'i', ...fields } } });

  it.each([
    ['an empty one', {}, { mode: { replicated: { replicas: 1 } } }],
    ['a mode without a number', { Mode: { Replicated: {} } }, { mode: { replicated: { replicas: 1 } } }],
    ['zero replicas', { Mode: { Replicated: { Replicas: 0 } } }, { mode: { replicated: { replicas: 0 } } }],
    [
      'a job that says how many at a time',
      { Mode: { ReplicatedJob: { MaxConcurrent: 3 } } },
      { mode: { replicatedJob: { maxConcurrent: 3, totalCompletions: 3 } } },
    ],
    ['a global job', { Mode: { GlobalJob: {} } }, { mode: { globalJob: {} } }],
    ['an update of all at once', { UpdateConfig: { Delay: 1e9 } }, { update: { parallelism: 0, delayMs: 1_000 } }],
    ['names of fields in other case', { name: 'web', taskTEMPLATE: { forceupdate: 3 } }, { task: { forceUpdate: 3 } }],
    ['fields that say nothing', { New: { Deep: [], Zero: 0 }, Other: null }, {}],
  ])('of %s means what it means to Docker', (_name, body, spec) => {
    expect(read(body)).toMatchObject(spec);
  });

  it.each([
    [{ Nme: 'web' }, 'Nme is not supported by skep; leave it out'],
    [container({ Mounts: [{ Type: 'bind', Source: '/a', Target: '/b', BindOptions: { NonRecursive: true } }] }), 'TaskTemplate.ContainerSpec.Mounts[0].BindOptions.NonRecursive is not supported by skep; leave it out'],
    [container({ Privileges: { SELinuxContext: { Disable: true } } }), 'Privileges.SELinuxContext is not supported'],
    [container({ StopGracePeriod: 1_500_000 + 1 }), 'TaskTemplate.ContainerSpec.StopGracePeriod must be whole milliseconds'],
    [container({ Healthcheck: { Retries: 1.5 } }), 'Healthcheck.Retries must be a whole number, is 1.5'],
    [container({ Env: 'A=1' }), 'TaskTemplate.ContainerSpec.Env must be a list of texts'],
    [container({ Labels: { a: 1 } }), 'TaskTemplate.ContainerSpec.Labels must be an object of texts'],
    [{ TaskTemplate: { Runtime: 'plugin' } }, 'TaskTemplate.Runtime must be container, is "plugin"'],
    [{ TaskTemplate: { PluginSpec: { Remote: 'x' } } }, 'TaskTemplate.PluginSpec is not supported'],
    [{ TaskTemplate: { Networks: [{ Target: 'n', DriverOpts: { a: 'b' } }] } }, 'TaskTemplate.Networks[0].DriverOpts is not supported'],
    [{ TaskTemplate: { RestartPolicy: { Condition: 'always' } } }, 'TaskTemplate.RestartPolicy.Condition must be one of none, on-failure, any, is "always"'],
    [{ Mode: { Replicated: { Replicas: -1 } } }, 'Mode.Replicated.Replicas must not be negative, is -1'],
    [{ Mode: { Global: {}, Replicated: {} } }, 'Mode must specify only one service mode'],
    [[], 'the body must be an object'],
  ])('is refused with the path: %j', (body, message) => {
    expect(() => read(body)).toThrow(message);
  }); // prettier-ignore
});
