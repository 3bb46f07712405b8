import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Client, type messages } from '../../src/client/index.js';
import { canonicalObject, type Kind, kindOf, specVersionOf } from '../../src/kinds/index.js';
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
    ['a constraint that is none', { task: { placement: { constraints: ['node.role == worker', 'node.role=worker'] } } }, 'spec.task.placement.constraints[1]', 'must be like'],
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
    ['an empty label', { annotations: { name: 'try', labels: { '': 'x' } } }, 'spec.annotations.labels', 'must not have an empty key'],
    ['a name with a dot', { annotations: { name: 'a.b' } }, 'spec.annotations.name', '"a.b" must be at most 63'],
  ])('refuse a service with %s', async (_what, spec, path, says) => {
    expect(await codeOf(service(spec))).toBe('INVALID_OBJECT');
    expect(await refusalOf(service(spec))).toMatch(`service: ${path} `);
    expect(await refusalOf(service(spec))).toContain(says);
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
      'IN_USE: service: spec.endpoint.ports[1].publishedPort 8080/tcp is published by service holder already',
    );
    await service(published(port(80, 8081)));
    const object = { id: 'try', spec: { annotations: { name: 'try' }, ...published(port(80, 8080)) } };
    expect(await codeOf(client.update('service', object))).toBe('IN_USE');
    await client.update('service', { ...object, spec: { ...object.spec, ...published(port(81, 8081)) } }); // its own
  });

  it('let nobody have an ingress port at his host, nor the other way; ports of hosts may be the same', async () => {
    const host = (number: number) => published(port(80, number, { publishMode: 'host' }));
    await create('service', 'at-host', { annotations: { name: 'at-host' }, ...host(8090) });
    expect(await refusalOf(service(host(8080)))).toContain('8080/tcp is published by service holder already');
    expect(await refusalOf(service(published(port(80, 8090))))).toContain('is published by service at-host already');
    expect(await refusalOf(service(host(8090)))).toBe('taken');
  });

  it('count ports that the cluster has chosen', async () => {
    const spec = { annotations: { name: 'chosen' }, ...published(port(80, 0)) };
    await client.create('service', { id: 'chosen', spec, endpoint: { ports: [port(80, 30_000)] } });
    expect(await refusalOf(service(published(port(81, 30_000))))).toContain('is published by service chosen already');
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
