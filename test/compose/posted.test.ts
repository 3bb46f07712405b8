import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { contentSpecJson } from '../../src/docker/convert/content-spec.js';
import { networkSpecJson } from '../../src/docker/convert/network-spec.js';
import { serviceSpecJson } from '../../src/docker/convert/service.js';
import { Cluster, parse } from '../support/cli-compose.js';

type Json = Record<string, unknown>;
type Bodies = Record<'networks' | 'secrets' | 'configs' | 'services', Record<string, Json>>;

const folder = join(import.meta.dirname, 'stack-deploy');
const textOf = (path: string) => readFileSync(join(folder, path), 'utf8');

/** Files beside each Compose file, under the folder that the answers of Docker name. */
const beside = {
  web: ['db_password.txt', 'nginx.conf'],
  every: ['cfg.txt', 'plain.txt', 'vars.env'],
};
const externals = ['somebody-elses', 'outer_config'];

/** The stack that `docker stack deploy` posts, and ours of the same file in Docker's JSON. */
async function both(name: keyof typeof beside): Promise<{ posted: Bodies; ours: Bodies; warnings: readonly string[] }> {
  const contents = Object.fromEntries(
    beside[name].map((file) => [`/stacks/${name}/${file}`, textOf(`${name}/${file}`)]),
  );
  const stack = parse(textOf(`${name}/compose.yaml`), {
    folder: `/stacks/${name}`,
    env: { SET_VAR: 'sv', FROM_SHELL: 'shell' },
    contents,
  });
  const cluster = new Cluster();
  await cluster.store.update((tx) => {
    tx.networks().create({ spec: { annotations: { name: 'somebody-elses' } } });
    tx.configs().create({ spec: { annotations: { name: 'outer_config' }, data: 'YQ==' } });
  });
  await cluster.apply(stack);
  const all = cluster.store.view((tx) => ({
    networks: tx.networks().find(),
    secrets: tx.secrets().find(),
    configs: tx.configs().find(),
    services: tx.services().find(),
  }));
  const names = new Map(
    [...all.networks, ...all.secrets, ...all.configs].map(({ id, spec }) => [id, spec.annotations.name]),
  );
  const byName = (bodies: Json[]) =>
    Object.fromEntries(
      bodies.map((body) => [body.Name as string, body] as const).filter(([key]) => !externals.includes(key)),
    );
  const ours = {
    networks: byName(all.networks.map(({ spec }) => networkSpecJson(spec))),
    secrets: byName(all.secrets.map(({ spec }) => contentSpecJson(spec))),
    configs: byName(all.configs.map(({ spec }) => contentSpecJson(spec))),
    services: byName(all.services.map(({ spec }) => serviceSpecJson(spec))),
  };
  const posted = JSON.parse(textOf(`${name}/posted.json`)) as Bodies;
  return {
    posted: canonical(posted) as Bodies,
    ours: canonical(named(ours, names)) as Bodies,
    warnings: stack.warnings,
  };
}

/** Writes names in the place of our ids, as the answers of Docker have them. */
function named(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => named(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      if (key === 'Target' && typeof field === 'string') return [key, names.get(field) ?? field];
      if (key === 'SecretID' || key === 'ConfigID') return [key, `<id of ${names.get(String(field)) ?? '?'}>`];
      return [key, named(field, names)];
    }),
  );
}

/** Values that Docker takes when a field is absent, and that ours always has. */
const defaults: Json = {
  FailureAction: 'pause',
  Monitor: 5e9,
  Order: 'stop-first',
  Mode: 'vip',
  Protocol: 'tcp',
  Isolation: 'default',
  Replicas: 1,
  SELinuxContext: null,
  NoNewPrivileges: false,
};

/** The same without fields that say nothing, and with lists whose order says nothing sorted. */
function canonical(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item));
    const unordered = ['Networks', 'Ports', 'Secrets', 'Configs', 'Ulimits', 'Mounts'].includes(name);
    return unordered ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value)
    .map(([key, field]): [string, unknown] => [key, canonical(field, key)])
    .filter(([key, field]) => !isDefault(key, field))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields);
}

/** Objects that say something although they are empty. */
const telling = ['Global', 'GlobalJob', 'Replicated', 'VolumeOptions', 'ClusterOptions'];

function isDefault(key: string, value: unknown): boolean {
  if (key === 'Mode' && typeof value === 'object') return false;
  if (Object.hasOwn(defaults, key) && value === defaults[key]) return true;
  if (value === null || value === '' || value === false || value === 0) return true;
  return typeof value === 'object' && Object.keys(value).length === 0 && !telling.includes(key);
}

interface Template {
  TaskTemplate: { ContainerSpec: { Image: string; Mounts?: Json[]; OomScoreAdj?: number }; Placement?: Json };
}

/**
 * Takes away what is not to be equal. Docker asks the registry for a digest and platforms of the image. It loses `tmpfs`
 * and `oom_score_adj` without a word.
 */
function comparable(services: Record<string, Json>): Record<string, Json> {
  for (const service of Object.values(services) as unknown as Template[]) {
    const { ContainerSpec: container, Placement: placement } = service.TaskTemplate;
    container.Image = container.Image.replace(/(?::latest)?@sha256:(?:ab)+$/, '');
    delete container.OomScoreAdj;
    if (container.Mounts)
      container.Mounts = container.Mounts.filter(({ Target }) => Target !== '/run' && Target !== '/tmp');
    delete placement?.Platforms;
    if (placement && Object.keys(placement).length === 0) delete service.TaskTemplate.Placement;
  }
  return JSON.parse(JSON.stringify(services)) as Record<string, Json>;
}

describe.each(['web', 'every'] as const)('the stack %s, as docker stack deploy posts it', (name) => {
  let given: Awaited<ReturnType<typeof both>>;
  beforeAll(async () => {
    given = await both(name);
  });

  it.each(['networks', 'secrets', 'configs'] as const)('has equal %s', (kind) => {
    expect(given.ours[kind]).toEqual(given.posted[kind]);
    expect(Object.keys(given.posted[kind]).length).toBeGreaterThan(0);
  });

  it('has equal services, field by field', () => {
    const ours = comparable(given.ours.services);
    const posted = comparable(given.posted.services);
    expect(Object.keys(ours).sort()).toEqual(Object.keys(posted).sort());
    for (const [key, service] of Object.entries(posted)) expect(ours[key], key).toEqual(service);
  });
});

describe('the stack every, where Docker loses what the file says', () => {
  it('mounts tmpfs and keeps oom_score_adj', async () => {
    const { ours } = await both('every');
    const full = ours.services.every_full as unknown as Template;
    expect(full.TaskTemplate.ContainerSpec.OomScoreAdj).toBe(250);
    expect(full.TaskTemplate.ContainerSpec.Mounts).toEqual(
      expect.arrayContaining([
        { Type: 'tmpfs', Target: '/run' },
        { Type: 'tmpfs', Target: '/tmp', TmpfsOptions: { SizeBytes: 67_108_864, Mode: 0o1770 } },
      ]),
    );
  });

  it('says with a place what neither carries out', async () => {
    const { warnings } = await both('every');
    const keys = warnings.map((warning) => /^compose\.yaml:\d+:\d+: ([\w.[\]]+): /.exec(warning)?.[1]);
    expect(keys).toEqual([
      ...['cgroup_parent', 'container_name', 'devices', 'domainname', 'expose', 'external_links', 'ipc', 'links'],
      ...['mac_address', 'network_mode', 'pid', 'privileged', 'shm_size', 'userns_mode'],
      'ports[4]',
      'ports[5]',
      'ports[7]',
      'security_opt[0]',
      'networks.net2.ipv4_address',
    ].map((key) => `services.full.${key}`)); // prettier-ignore
  });
});
