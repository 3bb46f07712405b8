import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeOf, type Client } from '../../src/client/index.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { defineKind, typeOf } from '../../src/kinds/custom-kind.js';
import { leases, locks } from '../../src/kinds/index.js';
import { SecureWorld } from '../support/secure.js';

/* A refusal that names another object names it only to those who may read that. To others it says the kind. */

const codes = defineKind({
  name: 'codes',
  type: typeOf<{ code: string }>(),
  indexes: { code: ({ code }) => code },
  unique: ['code'],
});

const world = new SecureWorld();
let member: OpenReplica;
let admin: Client;
/** May change and remove what is used, and may not read who uses it. */
let limited: Client;

const named = (name: string, more: object = {}) => ({ spec: { annotations: { name }, ...more } });
const container = (more: object = {}) => ({ container: { image: 'web', ...more } });
const published = (publishedPort: number) => ({
  endpoint: {
    mode: 'vip',
    ports: [{ name: '', protocol: 'tcp', targetPort: 80, publishedPort, publishMode: 'ingress' }],
  },
});
const service = (name: string, { task = container(), ...more }: { task?: object; endpoint?: object } = {}) =>
  named(name, { task, ...more });

beforeAll(async () => {
  member = await world.open('m1', { kinds: [codes] });
  admin = await world.admin(member);
  await admin.putRole({
    name: 'limited',
    rules: [
      'write,remove secret,config,volume,locks',
      'write,remove network used',
      `read,write,remove service,network,codes my-`,
      'write service hidden-',
      'write codes',
    ],
  });
  limited = await world.user(admin, member, 'limited', ['limited']);
  for (const kind of ['network', 'secret', 'config'])
    await admin.create(kind, { id: `${kind}-1`, ...named('used', kind === 'network' ? {} : { data: 'aGk=' }) });
  await admin.create('network', { id: 'network-2', ...named('hidden-net', { ingress: true }) });
  await admin.create('secret', { id: 'secret-2', ...named('in-volume', { data: 'aGk=' }) });
  const secrets = [{ key: 'k', secret: 'secret-2' }];
  await admin.create('node', { id: 'hidden-node', description: { hostname: 'n' } });
  const volume = named('hidden-volume', { driver: { name: 'nfs' }, secrets });
  await admin.create('volume', { id: 'volume-1', ...volume, publishStatus: [{ nodeId: 'hidden-node' }] });
  const uses = {
    secrets: [{ secretId: 'secret-1', secretName: 'used', file: { name: 'a' } }],
    configs: [{ configId: 'config-1', configName: 'used', file: { name: 'b' } }],
  };
  const task = { ...container(uses), networks: [{ target: 'network-1' }] };
  await admin.create('service', { id: 'service-1', ...service('hidden-web', { task, ...published(8080) }) });
  await admin.create(codes, { id: 'other-code', code: 'x' });
  await member.store.update((tx) => {
    const lease = tx.kind(leases).create({ id: 'hidden-lease', ttlMs: 60_000, holder: 'h', guarded: false });
    tx.kind(locks).create({ id: 'lock-1', lock: 'l', holder: 'h', lease: lease.id });
  });
});
afterAll(() => world.close());

const refusalOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'taken',
    (error: Error) => error.message,
  );

type Attempt = readonly [op: 'create' | 'update' | 'remove', kind: string, id: string, object?: object];
const attempts: readonly (readonly [what: string, attempt: Attempt, told: string, toAdmin: string])[] = [
  [
    'a network that a service uses',
    ['remove', 'network', 'network-1'],
    'IN_USE: network network-1 is in use by a service: change that first',
    'IN_USE: network used is in use by service hidden-web: change that first',
  ],
  [
    'a secret that a service uses',
    ['remove', 'secret', 'secret-1'],
    'IN_USE: secret secret-1 is in use by a service: change that first',
    'IN_USE: secret used is in use by service hidden-web: change that first',
  ],
  [
    'a config that a service uses',
    ['remove', 'config', 'config-1'],
    'IN_USE: config config-1 is in use by a service: change that first',
    'IN_USE: config used is in use by service hidden-web: change that first',
  ],
  [
    'a secret that a volume uses',
    ['remove', 'secret', 'secret-2'],
    'IN_USE: secret secret-2 is in use by a volume: change that first',
    'IN_USE: secret in-volume is in use by volume hidden-volume: change that first',
  ],
  [
    'a volume that is on a node',
    ['remove', 'volume', 'volume-1'],
    'IN_USE: volume volume-1 is in use by a node: change that first',
    'IN_USE: volume hidden-volume is in use by node hidden-node: change that first',
  ],
  [
    'a lock that is held',
    ['remove', 'locks', 'lock-1'],
    'IN_USE: locks lock-1 is held; to take it away, remove its lease',
    'IN_USE: locks lock-1 is held; to take it away, remove its lease: leases/hidden-lease',
  ],
  [
    'a second ingress network',
    ['create', 'network', 'n2', named('my-network', { ingress: true })],
    'IN_USE: a network is the ingress network already',
    'IN_USE: network hidden-net is the ingress network already',
  ],
  [
    'a port that is published',
    ['create', 'service', 's2', service('my-service', published(8080))],
    'IN_USE: service: spec.endpoint.ports[0].publishedPort 8080/tcp is published by a service already; choose another port',
    'IN_USE: service: spec.endpoint.ports[0].publishedPort 8080/tcp is published by service hidden-web already; choose another port',
  ],
  [
    'a name that is taken',
    ['create', 'service', 's3', service('HIDDEN-web')],
    'DENIED: user/limited (limited) may not write service "s3": "skep can write service s3"',
    'NAME_CONFLICT: service service-1 already has the name "hidden-web"',
  ],
  [
    'a name that is taken, of one that it may write and not read',
    ['create', 'service', 's3', service('hidden-WEB')],
    'NAME_CONFLICT: another service already has the name "hidden-WEB"',
    'NAME_CONFLICT: service service-1 already has the name "hidden-web"',
  ],
  [
    'a value that is unique',
    ['create', 'codes', 'my-code', { code: 'x' }],
    'NAME_CONFLICT: another codes already has the code "x"',
    'NAME_CONFLICT: codes other-code already has the code "x"',
  ],
];

const alone = (client: Client, [op, kind, id, object]: Attempt): Promise<unknown> => {
  if (op === 'remove') return client.remove(kind, id);
  return op === 'create' ? client.create(kind, { id, ...object }) : client.update(kind, { id, ...object });
};
const change = ([op, kind, id, object]: Attempt) =>
  op === 'remove' ? ({ op, kind, id } as const) : changeOf(op, kind, { id, ...object });

describe('a refusal names only what the caller may read', () => {
  it.each(attempts)('alone: %s', async (_, attempt, told, toAdmin) => {
    expect(await refusalOf(alone(limited, attempt))).toBe(told);
    expect(await refusalOf(alone(admin, attempt))).toBe(toAdmin);
  });

  it.each(attempts)('among several changes: %s', async (_, attempt, told, toAdmin) => {
    expect(await refusalOf(limited.apply([change(attempt)]))).toBe(told);
    expect(await refusalOf(admin.apply([change(attempt)]))).toBe(toAdmin);
  });

  it.each(attempts)('in a plan: %s', async (_, attempt, told, toAdmin) => {
    expect(await refusalOf(limited.plan([change(attempt)]))).toBe(told);
    expect(await refusalOf(admin.plan([change(attempt)]))).toBe(toAdmin);
  });

  it('says of a name that one may not write nothing, whether it is taken or not', async () => {
    await limited.create('service', { id: 'mine', ...service('my-service') });
    const renamed = (name: string) => refusalOf(limited.update('service', { id: 'mine', ...service(name) }));
    expect(await renamed('other-taken')).toBe(await renamed('other-free'));
    await admin.create('service', { id: 'taken', ...service('other-taken') });
    expect(await renamed('other-taken')).toBe(await renamed('other-free'));
    expect(await renamed('other-taken')).toMatch(/^DENIED: /);
  });
});
