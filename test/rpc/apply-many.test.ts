import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeOf, Client } from '../../src/client/index.js';
import { builtInKinds, canonicalObject, type Service } from '../../src/kinds/index.js';
import { changesMax } from '../../src/wire/limits.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';
import { codeOf } from '../support/state-events.js';

const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };
/** Enough for several slices, and for an entry that followers decode in slices. */
const many = 1_000;

const service = (name: string, target?: string): Service =>
  canonicalObject(
    builtInKinds.services,
    { spec: { annotations: { name }, task: { container: { image: 'nginx' }, networks: target === undefined ? [] : [{ target, aliases: [] }] } } }, // prettier-ignore
    `id-${name}`,
    noMeta,
  );
const creating = (prefix: string, count = many) =>
  Array.from({ length: count }, (_, i) => changeOf('create', 'service', service(`${prefix}${i}`)));

describe('an Apply of a thousand changes', () => {
  let members: OpenMembers;
  let client: Client;

  beforeAll(async () => {
    members = await OpenMembers.start(3);
    client = new Client({ hosts: [(await members.follower()).addr], timeoutMs: 20_000 });
  });
  afterAll(async () => {
    client.close();
    await members.close();
  });

  const names = async () => (await client.list('service')).objects.map(({ spec }) => spec.annotations.name);

  it('is one transaction on every member', async () => {
    const { version, ids } = await client.apply(creating('a'));
    expect(ids).toHaveLength(many);
    for (const { store } of members.all) {
      await until('it is here', () => store.version >= version);
      const events = store.transaction(version)?.events ?? [];
      expect(events.map(({ object }) => object.id)).toEqual(ids);
      expect(store.view((tx) => tx.services().count())).toBe(many);
    }
  });

  it('does nothing when the last change is refused, by the store or by a rule', async () => {
    const before = await names();
    const taken = [...creating('b'), changeOf('create', 'service', { ...service('A0'), id: 'other' })];
    expect(await codeOf(client.apply(taken))).toBe('NAME_CONFLICT');
    const astray = [...creating('b'), changeOf('create', 'service', service('astray', 'nowhere'))];
    expect(await codeOf(client.apply(astray))).toBe('INVALID_OBJECT');
    expect(await names()).toEqual(before);
  });

  it('says what it would do, and does nothing, as a plan', async () => {
    const before = await names();
    const planned = await client.plan(creating('c'));
    expect(planned.map(({ op, kind }) => `${op} ${kind}`)).toEqual(
      Array.from({ length: many }, () => 'create service'),
    );
    expect(await names()).toEqual(before);
  });

  it('is done once, however often it is sent', async () => {
    const request = { requestId: 'again' };
    const first = await client.apply(creating('d'), request);
    const second = await client.apply(creating('d'), request);
    expect(second).toEqual(first);
  });

  it('is refused beyond the limit before anything is done', async () => {
    expect(await codeOf(client.apply(creating('e', changesMax + 1)))).toBe('LIMIT_EXCEEDED');
  });
});
