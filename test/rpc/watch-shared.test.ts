import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Channel, methodOf } from '../../src/rpc/index.js';
import type { messages } from '../../src/wire/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';

const watchers = 60;
const writes = 40;

/** Selectors that many watches share, some that only one has, and the names that each is to see. */
const selections: readonly { selectors: readonly Partial<messages.Selector>[]; wants: (name: string) => boolean }[] = [
  { selectors: [], wants: () => true },
  { selectors: [{ kind: 'network' }], wants: () => true },
  { selectors: [{ kind: 'network', namePrefixes: ['a'] }], wants: (name) => name.startsWith('a') },
  { selectors: [{ kind: 'network', names: ['A1'] }, { kind: 'network', namePrefixes: ['b1'] }], wants: (name) => name === 'a1' || name.startsWith('b1') }, // prettier-ignore
  { selectors: [{ kind: 'service' }], wants: () => false },
];

const whole = (selector: Partial<messages.Selector>) => ({
  kind: '', actions: [], ids: [], idPrefixes: [], names: [], namePrefixes: [], nodeIds: [], serviceIds: [], slots: [],
  desiredStates: [], roles: [], memberships: [], states: [], custom: [], customPrefixes: [], indexes: [], ...selector,
}); // prettier-ignore

describe('watches that share their messages', () => {
  let members: OpenMembers;
  let channel: Channel;

  beforeAll(async () => {
    members = await OpenMembers.start(1);
    channel = members.channel(members.hosts[0] ?? '');
  });
  afterAll(() => members.close());

  /** The transactions that a watch of this selection receives, as they come: version and names. */
  function watching(selectors: readonly Partial<messages.Selector>[]): { seen: string[]; stands: () => boolean } {
    const seen: string[] = [];
    let stands = false;
    const request = { selectors: selectors.map(whole), matchEither: false, bookmarkMs: 60_000, snapshot: false, wait: false }; // prettier-ignore
    const stream = channel.serverStream<object, messages.WatchResponse>(methodOf('watch', 'Watch'), request);
    stream.on('error', () => undefined);
    stream.on('data', ({ synced, transaction }: messages.WatchResponse) => {
      if (synced) stands = true;
      const objects = transaction?.events.map(({ object }) => (object as never as { network: { spec: { annotations: { name: string } } } }).network); // prettier-ignore
      if (transaction)
        seen.push(`${transaction.version}: ${objects?.map(({ spec }) => spec.annotations.name).join(' ')}`);
    });
    return { seen, stands: () => stands };
  }

  it('receive what they selected, in order, each transaction whole', async () => {
    const open = Array.from({ length: watchers }, (_, i) => {
      const { selectors, wants } = selections[i % selections.length] as (typeof selections)[number];
      return { wants, ...watching(selectors) };
    });
    await until('all watches stand', () => open.every(({ stands }) => stands()));

    const { store } = await members.leader();
    const written = await Promise.all(
      Array.from({ length: writes }, async (_, i) => {
        const names = [`a${i}`, `b${i}`];
        const version = await store.update((tx) => {
          for (const name of names) tx.networks().create({ id: name, spec: { annotations: { name } } });
          return tx.version;
        });
        return { version, names };
      }),
    );

    for (const { wants, seen } of open) {
      const expected = written
        .map(({ version, names }) => ({ version, names: names.filter(wants) }))
        .filter(({ names }) => names.length > 0)
        .map(({ version, names }) => `${version}: ${names.join(' ')}`);
      await until('everything has arrived', () => seen.length >= expected.length);
      expect(seen).toEqual(expected);
    }
  });
});
