import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { changeOf, Client, type messages } from '../../src/client/index.js';
import { canonicalObject, type Kind, kindOf, type Service, specVersionOf } from '../../src/kinds/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { codeOf } from '../support/state-events.js';

const image = 'nginx';
const container = (parts: object) => ({ task: { container: { image, ...parts } } });
const published = (...ports: object[]) => ({ endpoint: { ports } });
const port = (targetPort: number, publishedPort: number, parts: object = {}) => ({
  targetPort,
  publishedPort,
  ...parts,
});
const file = (name: string) => ({ file: { name } });
const secretFile = (secretId: string, name: string) => ({ secretId, ...file(name) });
const configFile = (configId: string, name: string) => ({ configId, ...file(name) });
const text = (content: string) => Buffer.from(content).toString('base64');
const subnet = (parts: object) => ({ ipam: { configs: [parts] } });

describe('the rules of the API', () => {
  let members: OpenMembers;
  let client: Client;

  beforeAll(async () => {
    members = await OpenMembers.start(1);
    client = new Client({ hosts: members.hosts });
    await create('network', 'net1', { annotations: { name: 'front' } });
    await create('network', 'ingress1', { annotations: { name: 'ingress' }, ingress: true });
    await create('secret', 'sec1', { annotations: { name: 'key.pem' }, data: 'aGk=' });
    await create('config', 'con1', { annotations: { name: 'app.conf' }, data: 'aGk=' });
    await create('service', 'holder', { annotations: { name: 'holder' }, ...published(port(80, 8080)) });
  });
  afterEach(async () => {
    const { objects } = await client.list('service', { idPrefixes: ['try'] });
    for (const { id } of objects) await client.remove('service', id);
  });
  afterAll(async () => {
    client.close();
    await members.close();
  });

  const create = (kind: Kind, id: string, spec: object) => client.create(kind, { id, spec });
  const service = (spec: object, id = 'try') => create('service', id, { annotations: { name: id }, ...spec });
  const refusalOf = (promise: Promise<unknown>) => promise.then(() => 'taken', (error: Error) => error.message); // prettier-ignore

  it.each<[string, object, string, string]>([
    ['a network that is not there', { networks: [{ target: 'net9' }] }, 'spec.networks[0].target', 'names "net9", which is no network'],
    ['a name in the place of an id', { task: { networks: [{ target: 'front' }] } }, 'spec.task.networks[0].target', 'names "front"'],
    ['one network twice', { networks: [{ target: 'net1' }, { target: 'net1' }] }, 'spec.networks[1].target', 'a second time'],
    ['the ingress network', { networks: [{ target: 'ingress1' }] }, 'spec.networks[0].target', 'is the ingress network'],
    ['a secret that is not there', container({ secrets: [{ secretId: 'sec9' }] }), 'spec.task.container.secrets[0].secretId', 'names "sec9"'],
    ['a config that is not there', container({ configs: [{ configId: 'con9' }] }), 'spec.task.container.configs[0].configId', 'names "con9"'],
    ['two secrets in one file', container({ secrets: [secretFile('sec1', 'a'), secretFile('sec1', 'a')] }), 'spec.task.container.secrets[1].file.name', 'is given twice'],
    ['two configs in one file', container({ configs: [configFile('con1', 'a'), configFile('con1', 'a')] }), 'spec.task.container.configs[1].file.name', 'is given twice'],
    ['no image', container({ image: ' ' }), 'spec.task.container.image', 'must name an image'],
    ['a mount without a target', container({ mounts: [{ source: 'v' }] }), 'spec.task.container.mounts[0].target', 'must not be empty'],
    ['two mounts at one place', container({ mounts: [{ target: '/a' }, { target: '/a' }] }), 'spec.task.container.mounts[1].target', '"/a" has a mount already'],
    ['a constraint that is none', { task: { placement: { constraints: ['node.role == worker', 'node.role=worker'] } } }, 'spec.task.placement.constraints[1]', "constraint 'node.role=worker' has no operator"],
    ['a ratio above 1', { update: { maxFailureRatio: 1.5 } }, 'spec.update.maxFailureRatio', 'from 0 to 1, is 1.5'],
    ['a ratio below 0', { rollback: { maxFailureRatio: -0.5 } }, 'spec.rollback.maxFailureRatio', 'from 0 to 1, is -0.5'],
    ['no target port', published(port(0, 80)), 'spec.endpoint.ports[0].targetPort', 'must be from 1 to 65535, is 0'],
    ['a target port that is too high', published(port(65_536, 80)), 'spec.endpoint.ports[0].targetPort', 'is 65536'],
    ['a published port that is too high', published(port(80, 65_536)), 'spec.endpoint.ports[0].publishedPort', 'at most 65535'],
    ['one port twice', published(port(80, 90), port(81, 90)), 'spec.endpoint.ports[1].publishedPort', '90/tcp is published twice'],
    ['a bind of nothing', container({ mounts: [{ type: 'bind', target: '/a' }] }), 'spec.task.container.mounts[0].source', 'must not be empty in a bind'],
    ['a bind of nothing, by default', container({ mounts: [{ target: '/a' }] }), 'spec.task.container.mounts[0].source', 'must not be empty in a bind'],
    ['a tmpfs with a source', container({ mounts: [{ type: 'tmpfs', target: '/a', source: '/b' }] }), 'spec.task.container.mounts[0].source', 'must be empty in a tmpfs'],
    ['one port at the host and as ingress',  published(port(80, 90, { publishMode: 'host' }), port(80, 90)), 'spec.endpoint.ports[1].publishedPort', '90/tcp is published twice'],
    ['one host port twice', published(port(80, 90, { publishMode: 'host' }), port(81, 90, { publishMode: 'host' })), 'spec.endpoint.ports[1].publishedPort', '90/tcp is published twice'],
    ['one port three times', published(port(80, 90, { publishMode: 'host' }), port(80, 90), port(82, 90, { publishMode: 'host' })), 'spec.endpoint.ports[1].publishedPort', '90/tcp is published twice'],
    ['an ingress port without a virtual address', { endpoint: { mode: 'dnsrr', ports: [port(80, 90)] } }, 'spec.endpoint.ports[0].publishMode', 'must be host'],
    ['a variable without a name', container({ env: ['A=1', '=b'] }), 'spec.task.container.env[1]', 'must be NAME=value'],
    ['an unknown template in a variable', container({ env: ['A={{.Task.Slot}}', 'B={{.Task.Foo}}'] }), 'spec.task.container.env[1]', 'has {{.Task.Foo}}, which is no value here; use .Service.ID'],
    ['an open template in the host name', container({ hostname: 'a{{.Task.Slot}' }), 'spec.task.container.hostname', 'ends nowhere'],
    ['an unknown template in a mount', container({ mounts: [{ type: 'volume', source: 'v{{add 1}}', target: '/a' }] }), 'spec.task.container.mounts[0].source', 'has {{add 1}}'],
    ['a template in an option of a volume', container({ mounts: [{ type: 'volume', target: '/a', volume: { driver: { name: 'x', options: { o: '{{now}}' } } } }] }), 'spec.task.container.mounts[0].volume.driver.options.o', 'has {{now}}'],
    ['a relative target', container({ mounts: [{ type: 'volume', target: 'a' }] }), 'spec.task.container.mounts[0].target', 'must be an absolute path, is "a"'],
    ['a mount of the root', container({ mounts: [{ type: 'tmpfs', target: '/a/..' }] }), 'spec.task.container.mounts[0].target', 'must not be the root'],
    ['two mounts at one place, written differently', container({ mounts: [{ type: 'tmpfs', target: '/a/b' }, { type: 'tmpfs', target: '//a/./c/../b/' }] }), 'spec.task.container.mounts[1].target', 'has a mount already'],
    ['a relative bind', container({ mounts: [{ type: 'bind', source: './x', target: '/a' }] }), 'spec.task.container.mounts[0].source', 'must be an absolute path, is "./x"'],
    ['a volume with the name of a path', container({ mounts: [{ type: 'volume', source: 'a/b', target: '/a' }] }), 'spec.task.container.mounts[0].source', 'at least two letters'],
    ['options of another mount', container({ mounts: [{ type: 'volume', target: '/a', bind: { propagation: 'shared' } }] }), 'spec.task.container.mounts[0].bind', 'must be absent in a volume'],
    ['an unknown propagation', container({ mounts: [{ type: 'bind', source: '/x', target: '/a', bind: { propagation: 'x' } }] }), 'spec.task.container.mounts[0].bind.propagation', 'must be one of rprivate'],
    ['a part outside a volume', container({ mounts: [{ type: 'volume', source: 'vv', target: '/a', volume: { subpath: 'a/../../b' } }] }), 'spec.task.container.mounts[0].volume.subpath', 'within the volume'],
    ['a tmpfs of less than nothing', container({ mounts: [{ type: 'tmpfs', target: '/a', tmpfs: { sizeBytes: -1 } }] }), 'spec.task.container.mounts[0].tmpfs.sizeBytes', '0 or more'],
    ['a tmpfs with an unknown mode', container({ mounts: [{ type: 'tmpfs', target: '/a', tmpfs: { mode: 10_000 } }] }), 'spec.task.container.mounts[0].tmpfs.mode', 'at most 4095'],
    ['a secret outside its folder', container({ secrets: [secretFile('sec1', '../a')] }), 'spec.task.container.secrets[0].file.name', 'without ".."'],
    ['a secret in a file without a name', container({ secrets: [secretFile('sec1', '')] }), 'spec.task.container.secrets[0].file.name', 'must be the path of a file'],
    ['a config in a folder', container({ configs: [configFile('con1', '/etc/')] }), 'spec.task.container.configs[0].file.name', 'must be the path of a file'],
    ['a config in the file of a secret', container({ secrets: [secretFile('sec1', 'a')], configs: [configFile('con1', '/run/secrets/a')] }), 'spec.task.container.configs[0].file.name', 'spec.task.container.secrets[0].file.name takes /run/secrets/a already'],
    ['an owner by name', container({ configs: [{ configId: 'con1', file: { name: 'a', uid: 'root' } }] }), 'spec.task.container.configs[0].file.uid', 'must be digits'],
    ['a mode that is none', container({ configs: [{ configId: 'con1', file: { name: 'a', mode: 4096 } }] }), 'spec.task.container.configs[0].file.mode', 'at most 4095'],
    ['a config that the engine reads, in a file', container({ configs: [{ configId: 'con1', file: { name: 'a' }, runtime: true }] }), 'spec.task.container.configs[0].file', 'must be absent'],
    ['two credential specs', container({ privileges: { credentialSpec: { file: 'a', registry: 'b' } } }), 'spec.task.container.privileges.credentialSpec', 'exactly one'],
    ['a credential spec in a config that it does not get', container({ privileges: { credentialSpec: { config: 'con1' } } }), 'spec.task.container.privileges.credentialSpec.config', 'must be among the configs'],
    ['an unknown kind of health check', container({ healthcheck: { test: ['curl'] } }), 'spec.task.container.healthcheck.test', 'begins with "curl"'],
    ['a health check without a command', container({ healthcheck: { test: ['CMD'] } }), 'spec.task.container.healthcheck.test', 'a command after CMD'],
    ['a health check that is off, with a command', container({ healthcheck: { test: ['NONE', 'a'] } }), 'spec.task.container.healthcheck.test', 'nothing after NONE'],
    ['a health check once in 300 years', container({ healthcheck: { test: [], intervalMs: 1e13 } }), 'spec.task.container.healthcheck.intervalMs', 'must be at most 9223372036853 ms'],
    ['a grace period of 300 years', container({ stopGracePeriodMs: 1e13 }), 'spec.task.container.stopGracePeriodMs', 'must be at most'],
    ['a delay of 300 years', { task: { restart: { delayMs: 1e13 } } }, 'spec.task.restart.delayMs', 'must be at most'],
    ['a watch of 300 years', { update: { monitorMs: 1e13 } }, 'spec.update.monitorMs', 'must be at most'],
    ['less than a thousandth of a CPU', { task: { resources: { limits: { nanoCpus: 1 } } } }, 'spec.task.resources.limits.nanoCpus', 'at least 1000000'],
    ['less than nothing of a CPU', { task: { resources: { reservations: { nanoCpus: -1 } } } }, 'spec.task.resources.reservations.nanoCpus', 'at least 1000000'],
    ['too little memory', { task: { resources: { limits: { memoryBytes: 1024 } } } }, 'spec.task.resources.limits.memoryBytes', '4 MiB'],
    ['a negative number of processes', { task: { resources: { limits: { pids: -2 } } } }, 'spec.task.resources.limits.pids', '-1 or more'],
    ['a resource without a kind', { task: { resources: { reservations: { generic: [{ kind: '', discrete: 1 }] } } } }, 'spec.task.resources.reservations.generic[0].kind', 'must name'],
    ['a resource without an amount', { task: { resources: { reservations: { generic: [{ kind: 'gpu' }] } } } }, 'spec.task.resources.reservations.generic[0]', 'one of named and discrete'],
    ['none of a resource', { task: { resources: { reservations: { generic: [{ kind: 'gpu', discrete: 0 }] } } } }, 'spec.task.resources.reservations.generic[0].discrete', 'at least 1'],
    ['a resource twice', { task: { resources: { reservations: { generic: [{ kind: 'gpu', discrete: 1 }, { kind: 'gpu', discrete: 1 }] } } } }, 'spec.task.resources.reservations.generic[1].kind', 'given twice'],
    ['a constraint of an unknown key', { task: { placement: { constraints: ['node.name == a'] } } }, 'spec.task.placement.constraints[0]', 'has the unknown key node.name; use one of node.id, node.hostname'],
    ['a constraint without a value', { task: { placement: { constraints: ['node.role =='] } } }, 'spec.task.placement.constraints[0]', 'has no value'],
    ['a constraint of an address that is none', { task: { placement: { constraints: ['node.ip != 10.0.0.0/33'] } } }, 'spec.task.placement.constraints[0]', 'an address or a subnet'],
    ['a spread over nothing that nodes have', { task: { placement: { preferences: [{ spread: 'node.rack' }] } } }, 'spec.task.placement.preferences[0].spread', 'must be node.labels.NAME or engine.labels.NAME, is "node.rack"'],
    ['an empty label', { annotations: { name: 'try', labels: { '': 'x' } } }, 'spec.annotations.labels', 'must not have an empty key'],
    ['a name with a dot', { annotations: { name: 'a.b' } }, 'spec.annotations.name', '"a.b" must be at most 63'],
  ])('refuse a service with %s', async (_what, spec, path, says) => {
    expect(await codeOf(service(spec))).toBe('INVALID_OBJECT');
    expect(await refusalOf(service(spec))).toMatch(`service: ${path} `);
    expect(await refusalOf(service(spec))).toContain(says);
  }); // prettier-ignore

  it('take a service with all of these as they can be', async () => {
    const all = {
      task: {
        container: {
          image,
          env: ['A', 'B=', 'C={{index .Service.Labels "c"}}'],
          hostname: '{{.Task.Slot}}',
          mounts: [
            { type: 'bind', source: '{{.Node.Hostname}}/x', target: '{{.Task.ID}}' },
            { type: 'bind', source: 'C:\\x', target: 'C:\\y', bind: { propagation: 'rshared' } },
            { type: 'npipe', source: '\\\\.\\pipe\\a', target: '\\\\.\\pipe\\a' },
            { type: 'volume', target: '/anonymous', volume: { subpath: 'a/b' } },
            { type: 'volume', source: 'a/b', target: '/plugin', volume: { driver: { name: 'rexray' } } },
            { type: 'tmpfs', target: '/tmp', tmpfs: { sizeBytes: 0, mode: 0o1777 } },
          ],
          secrets: [{ secretId: 'sec1' }, secretFile('sec1', 'a'), secretFile('sec1', '/etc/a')],
          configs: [configFile('con1', 'a'), { configId: 'con1', runtime: true }],
          privileges: { credentialSpec: { config: 'con1' } },
          healthcheck: { test: ['NONE'], intervalMs: 9e12 },
        },
        placement: {
          constraints: ['node.ip == 10.0.0.0/8', 'node.ip != ::1', 'Node.Labels.a==b', 'engine.labels.c != d'],
          preferences: [{ spread: 'node.labels.rack' }, { spread: 'engine.labels.zone' }],
        },
        resources: {
          limits: { nanoCpus: 1_000_000, memoryBytes: 4_194_304, pids: -1 },
          reservations: { generic: [{ kind: 'gpu', named: 'a' }, { kind: 'gpu', named: 'b' }, { kind: 'ssd', discrete: 1 }] },
        },
      },
      endpoint: { mode: 'dnsrr', ports: [port(80, 90, { publishMode: 'host' })] },
    };
    expect(await refusalOf(service(all))).toBe('taken');
  }); // prettier-ignore

  it('keep the name and the mode of a service', async () => {
    const object = (await service({})) as Service;
    const changed = (spec: object) =>
      client.update('service', { ...object, spec: { ...object.spec, ...spec } }, { version: object.meta.version });
    const renamed = changed({ annotations: { ...object.spec.annotations, name: 'Try' } });
    expect(await refusalOf(renamed)).toBe(
      'NOT_SUPPORTED: service: spec.annotations.name cannot be changed from "try" to "Try"; remove the service and create it again',
    );
    expect(await refusalOf(changed({ mode: { global: {} } }))).toBe(
      'NOT_SUPPORTED: service: spec.mode cannot be changed from replicated to global; remove the service and create it again',
    );
    expect(await refusalOf(changed({ mode: { replicated: { replicas: 4 } } }))).toBe('taken');
  });

  it.each<[string, Kind, object, string, string]>([
    ['a secret', 'secret', { data: text('{{secret "a"}} {{ hunter2 }}') }, 'spec.data', 'has a {{ in line 1 that is no value'],
    ['a config', 'config', { data: text('a\n{{range .Env}}') }, 'spec.data', 'has a {{ in line 2 that is no value'],
    ['a secret of another driver', 'secret', { data: text('a'), templating: { name: 'jinja' } }, 'spec.templating.name', 'must be golang, is "jinja"'],
  ])('refuse the template of %s', async (_what, kind, spec, path, says) => {
    const refusal = await refusalOf(create(kind, 'tried', { annotations: { name: 'tried' }, templating: { name: 'golang' }, ...spec }));
    expect(refusal).toMatch(`INVALID_OBJECT: ${kind}: ${path} ${says}`);
    expect(refusal).not.toContain('hunter2');
  }); // prettier-ignore

  it.each<[string, Kind, object, string]>([
    ['a subnet that is none', 'network', subnet({ subnet: '10.0.0.0' }), 'spec.ipam.configs[0].subnet'],
    ['a subnet of too many bits', 'network', subnet({ subnet: '10.0.0.0/33' }), 'spec.ipam.configs[0].subnet'],
    ['a subnet of two slashes', 'network', subnet({ subnet: '10.0.0.0/8/8' }), 'spec.ipam.configs[0].subnet'],
    ['a range that is none', 'network', subnet({ subnet: '10.0.0.0/8', range: 'x' }), 'spec.ipam.configs[0].range'],
    ['a gateway that is none', 'network', subnet({ gateway: '10.0.0.0/8' }), 'spec.ipam.configs[0].gateway'],
    ['no driver', 'volume', {}, 'spec.driver.name'],
    ['a secret that is none', 'volume', { driver: { name: 'nfs' }, secrets: [{ key: 'k', secret: 'sec9' }] }, 'spec.secrets[0].secret'],
    ['no data', 'secret', {}, 'spec.data'],
    ['no data', 'config', {}, 'spec.data'],
    ['data that is not base64', 'secret', { data: 'a b' }, 'spec.data'],
    ['a name that ends with a dot', 'secret', { annotations: { name: 'a.' }, data: 'aGk=' }, 'spec.annotations.name'],
    ['a name that is too long', 'config', { annotations: { name: 'x'.repeat(65) }, data: 'aGk=' }, 'spec.annotations.name'],
  ])('refuse %s of a %s', async (_what, kind, spec, path) => {
    const draft = { annotations: { name: 'try' }, ...spec };
    expect(await codeOf(create(kind, 'try', draft))).toBe('INVALID_OBJECT');
    expect(await refusalOf(create(kind, 'try', draft))).toMatch(`${kind}: ${path} `);
  }); // prettier-ignore

  it.each<[string, object]>([
    ['one port of two protocols', published(port(80, 90), port(80, 90, { protocol: 'udp' }))],
    ['ports that the cluster chooses', published(port(80, 0), port(80, 0))],
    ['a host port of another protocol than the ingress port', published(port(80, 8080, { publishMode: 'host', protocol: 'udp' }))],
    ['an anonymous volume', container({ mounts: [{ type: 'volume', target: '/a' }] })],
    ['a name without virtual address, at the host', { endpoint: { mode: 'dnsrr', ports: [port(80, 90, { publishMode: 'host' })] } }],
    ['a constraint without spaces', { task: { placement: { constraints: ['node.labels.disk==ssd', 'node.id != a b'] } } }],
    ['a secret and a config in files of one name', container({ secrets: [secretFile('sec1', 'a')], configs: [configFile('con1', 'a')] })],
  ])('accept %s', async (_what, spec) => {
    expect(await refusalOf(service(spec))).toBe('taken');
  }); // prettier-ignore

  it('let one service have a port, and say who has it', async () => {
    const taken = published(port(443, 443), port(80, 8080));
    expect(await codeOf(service(taken))).toBe('IN_USE');
    expect(await refusalOf(service(taken))).toBe(
      'IN_USE: service: spec.endpoint.ports[1].publishedPort 8080/tcp is published by service holder already; choose another port',
    );
    await service(published(port(80, 8081)));
    const object = { id: 'try', spec: { annotations: { name: 'try' }, ...published(port(80, 8080)) } };
    expect(await codeOf(client.update('service', object))).toBe('IN_USE');
    await client.update('service', { ...object, spec: { ...object.spec, ...published(port(81, 8081)) } }); // its own
  });

  it('let nobody have an ingress port at his host, nor the other way; ports of hosts may be the same', async () => {
    const host = (number: number) => published(port(80, number, { publishMode: 'host' }));
    await create('service', 'at-host', { annotations: { name: 'at-host' }, ...host(8090) });
    expect(await refusalOf(service(host(8080)))).toContain(
      '8080/tcp is published by service holder already; choose another port',
    );
    expect(await refusalOf(service(published(port(80, 8090))))).toContain('is published by service at-host already');
    expect(await refusalOf(service(host(8090)))).toBe('taken');
  });

  it('count ports that the cluster has chosen', async () => {
    const spec = { annotations: { name: 'chosen' }, ...published(port(80, 0)) };
    await client.create('service', { id: 'chosen', spec, endpoint: { ports: [port(80, 30_000)] } });
    expect(await refusalOf(service(published(port(81, 30_000))))).toContain('is published by service chosen already');
  });

  it('do not count a port that an older spec has given', async () => {
    const endpoint = { spec: { ports: [port(80, 7100), port(81, 0)] }, ports: [port(80, 7100), port(81, 30_001)] };
    const spec = { annotations: { name: 'moved' }, ...published(port(80, 7200)) };
    await client.create('service', { id: 'moved', spec, endpoint });
    expect(await refusalOf(service(published(port(80, 7100))))).toBe('taken');
    expect(await refusalOf(service(published(port(80, 7200)), 'try3'))).toContain('by service moved already');
    expect(await refusalOf(service(published(port(80, 30_001)), 'try3'))).toContain('by service moved already');
  });

  it('let there be one ingress network', async () => {
    const second = { annotations: { name: 'second' }, ingress: true };
    expect(await codeOf(create('network', 'ingress2', second))).toBe('IN_USE');
    expect(await refusalOf(create('network', 'ingress2', second))).toContain('network ingress is the ingress network');
  });

  it('ask an update what they ask of a new object', async () => {
    const given = await service({});
    const spec = { ...(given as { spec: object }).spec, networks: [{ target: 'net9' }] };
    expect(await codeOf(client.update('service', { ...given, spec }))).toBe('INVALID_OBJECT');
    expect(await client.get('service', 'try')).toEqual(given);
  });

  describe('about what is in use', () => {
    const uses: [Kind, string, string, object][] = [
      ['network', 'net1', 'front', { networks: [{ target: 'net1' }] }],
      ['network', 'net1', 'front', { task: { networks: [{ target: 'net1' }] } }],
      ['secret', 'sec1', 'key.pem', container({ secrets: [{ secretId: 'sec1' }] })],
      ['config', 'con1', 'app.conf', container({ configs: [{ configId: 'con1' }] })],
    ];

    it.each(uses)('keep a %s that a service uses', async (kind, id, name, spec) => {
      await service(spec);
      expect(await codeOf(client.remove(kind, id))).toBe('IN_USE');
      expect(await refusalOf(client.remove(kind, id))).toBe(
        `IN_USE: ${kind} ${name} is in use by service try: change that first`,
      );
    });

    it('keep what a task uses until its task is over', async () => {
      const { store } = await members.leader();
      await create('secret', 'sec2', { annotations: { name: 'sec2' }, data: 'aGk=' });
      const spec = container({ secrets: [{ secretId: 'sec2' }] }).task;
      const task = await store.update((tx) => tx.tasks().create({ id: 't1', spec, status: { state: 'running' } }));
      expect(await refusalOf(client.remove('secret', 'sec2'))).toContain('secret sec2 is in use by task t1');
      await store.update((tx) => tx.tasks().update({ ...task, status: { state: 'failed' } }));
      await client.remove('secret', 'sec2');
    });

    it('keep a secret that a volume uses, and a volume that is somewhere', async () => {
      const spec = { annotations: { name: 'data' }, driver: { name: 'nfs' }, secrets: [{ key: 'k', secret: 'sec1' }] };
      await client.create('volume', { id: 'vol1', spec, publishStatus: [{ nodeId: 'n1' }] });
      expect(await refusalOf(client.remove('secret', 'sec1'))).toContain('secret key.pem is in use by volume data');
      expect(await refusalOf(client.remove('volume', 'vol1'))).toContain('volume data is in use by node n1');
      await client.update('volume', { id: 'vol1', spec });
      await client.remove('volume', 'vol1');
    });
  });

  describe('about several changes at once', () => {
    const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };
    const made = (kind: Kind, id: string, spec: object, op: 'create' | 'update' = 'create') =>
      ({ op, kind, id, object: { [kind]: canonicalObject(kindOf(kind), { spec }, id, noMeta) } }) as never;
    const gone = (kind: Kind, id: string): messages.Change => ({ op: 'remove', kind, id }) as never;
    const network = made('network', 'net2', { annotations: { name: 'two' } });
    const user = made('service', 'try', { annotations: { name: 'try' }, networks: [{ target: 'net2' }] });

    it.each([
      ['after', [network, user]],
      ['before', [user, network]],
    ])('take a reference that stands %s what it names', async (_where, changes) => {
      expect(await refusalOf(client.apply(changes))).toBe('taken');
      expect(await codeOf(client.apply([gone('network', 'net2')]))).toBe('IN_USE');
      await client.apply([gone('network', 'net2'), gone('service', 'try')]);
    });

    it('let a port change hands', async () => {
      const [from, to] = [published(port(80, 7000)), published(port(80, 7001))];
      await service(from);
      await service(to, 'try2');
      const swap = [
        made('service', 'try', { annotations: { name: 'try' }, ...to }, 'update'),
        made('service', 'try2', { annotations: { name: 'try2' }, ...from }, 'update'),
      ];
      expect(await codeOf(client.apply(swap.slice(0, 1)))).toBe('IN_USE');
      expect(await refusalOf(client.apply(swap))).toBe('taken');
    });

    it('make nothing of what is refused at the end', async () => {
      const { version } = (await members.leader()).store;
      expect(await codeOf(client.apply([user, gone('service', 'holder')]))).toBe('INVALID_OBJECT');
      expect(await codeOf(client.plan([user]))).toBe('INVALID_OBJECT');
      expect((await members.leader()).store.version).toBe(version);
    });
  });

  it.each(['secret', 'config'] as const)('never change the data of a %s', async (kind) => {
    const id = kind === 'secret' ? 'sec1' : 'con1';
    const given = await client.get(kind, id);
    const changed = { ...given, spec: { ...given.spec, data: 'b3RoZXI=' } };
    expect(await codeOf(client.update(kind, changed))).toBe('INVALID_OBJECT');
    expect(await refusalOf(client.update(kind, changed))).toContain(`${kind}: spec.data cannot be changed`);
  });

  it('never show the credentials for a registry, and keep them where an update has none', async () => {
    const auth = text('{"username":"ann","password":"hunter2"}');
    const seen: unknown[] = [];
    const created = (await service(container({ registryAuth: auth }), 'try-auth')) as Service;
    seen.push(created, await client.get('service', created.id), await client.list('service'));
    const change = (parts: object, given = created) => {
      const { task } = given.spec;
      const spec = { ...given.spec, task: { ...task, container: { ...task.container, ...parts } } };
      return client.update('service', { ...given, spec });
    };
    const stored = async () =>
      (await members.leader()).store.view((tx) => tx.services().get(created.id))?.spec.task.container;
    const updated = await change({ env: ['A=1'] });
    expect(await stored()).toMatchObject({ env: ['A=1'], registryAuth: auth });
    await change({ registryAuth: text('{}') }, updated);
    expect(await stored()).toMatchObject({ env: ['A=1'], registryAuth: text('{}') });
    seen.push(updated, await client.get('service', created.id));
    seen.push(await client.history('service', created.id));
    const { spec } = updated;
    const other = { ...spec, task: { ...spec.task, container: { ...spec.task.container, registryAuth: auth } } };
    seen.push(await client.plan([changeOf('update', 'service', { ...updated, spec: other })]));
    for await (const message of client.messages({ snapshot: true, selectors: [{ kind: 'service' }] })) {
      seen.push(message);
      if (message.type === 'synced') break;
    }
    const shown = JSON.stringify(seen);
    expect(shown).toContain('try-auth');
    expect(shown).not.toContain(auth);
    expect(shown).not.toContain(text('{}'));
  });

  it('keep the data of a secret that comes back without it', async () => {
    const given = await client.get('secret', 'sec1');
    const annotations = { ...given.spec.annotations, labels: { tier: 'a' } };
    for (const options of [{ specVersion: specVersionOf(given) }, {}]) {
      const updated = await client.update('secret', { ...given, spec: { ...given.spec, annotations } }, options);
      expect(updated.spec).toEqual({ ...given.spec, annotations });
      const stored = (await members.leader()).store.view((tx) => tx.secrets().get('sec1'));
      expect(stored?.spec).toEqual({ annotations, data: 'aGk=' });
    }
  });
});
