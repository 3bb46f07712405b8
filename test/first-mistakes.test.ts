import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../src/base/log.js';
import { Client } from '../src/client/index.js';
import { Coordination } from '../src/coordination/index.js';
import { defineKind, MemoryStore, type OpenReplica, openReplica, schema, type Tx } from '../src/index.js';

/** What goes wrong in the first hour, with the words that people then look for. */

const page = readFileSync(join(import.meta.dirname, '../docs/troubleshooting.md'), 'utf8');
const jobs = defineKind({
  name: 'job',
  schema: schema.object({ queue: schema.text('default'), priority: schema.int() }),
  indexes: { queue: (job) => job.queue },
});
/** Says to the compiler that a mistake is none: programs in JavaScript have no compiler. */
const any = (value?: unknown) => value as never;
const nothingHere = '127.0.0.1:1';

interface Mistake {
  readonly mistake: string;
  /** Words of the page; what the message says besides is not for a page. */
  readonly says: string;
  readonly make: (store: MemoryStore) => unknown;
}

const mistakes: readonly Mistake[] = [
  {
    mistake: 'an async callback',
    says: 'the callback returned a promise',
    make: (store) => store.update(any(async (tx: Tx) => void (await Promise.resolve(tx)))),
  },
  {
    mistake: 'tx after its callback',
    says: 'the transaction is over',
    make: async (store) => {
      const kept = await store.update((tx) => ({ tx }));
      kept.tx.nodes().create({});
    },
  },
  {
    mistake: 'an object changed in place',
    says: 'Cannot assign to read only property',
    make: (store) => store.update((tx) => void ((tx.kind(jobs).get('j1') as { queue: string }).queue = 'mail')),
  },
  {
    mistake: 'an unknown field',
    says: 'is not a field here; known are',
    make: (store) => store.update((tx) => tx.kind(jobs).create(any({ quue: 'mail' })).id),
  },
  {
    mistake: 'an id that is in use',
    says: 'is there already',
    make: (store) => store.update((tx) => tx.kind(jobs).create({ id: 'j1' }).id),
  },
  {
    mistake: 'an update of nothing',
    says: 'there is no job',
    make: (store) => store.update((tx) => tx.kind(jobs).update({ id: 'j2' }).id),
  },
  {
    mistake: 'an index that is none',
    says: 'have no index',
    make: (store) => store.view((tx) => tx.kind(jobs).find(jobs.by(any('quue'), any('mail')))),
  },
  {
    mistake: 'a kind by its name',
    says: 'is no custom kind',
    make: (store) => store.update((tx) => void tx.kind(any('job'))),
  },
  {
    mistake: 'a kind that is not there yet',
    says: 'is no custom kind',
    make: () => new MemoryStore({ kinds: [any()] }),
  },
  {
    mistake: 'a kind that is defined twice',
    says: 'another definition of the kind',
    make: (store) => store.update((tx) => void tx.kind(defineKind({ name: 'job', schema: schema.object({}) }))),
  },
  {
    mistake: 'a schema that is none',
    says: 'the schema must come from',
    make: () => defineKind({ name: 'mail', schema: any({ to: 'string' }) }),
  },
  {
    mistake: 'an update without a callback',
    says: 'update takes a function',
    make: (store) => store.update(any({ id: 'j1' })),
  },
  { mistake: 'a client of nothing', says: 'takes an object of options', make: () => new Client(any()) },
  { mistake: 'a replica of nothing', says: 'takes an object of options', make: () => openReplica(any()) },
  { mistake: 'coordination of nothing', says: 'takes an object of options', make: () => new Coordination(any()) },
  {
    mistake: 'a closed store',
    says: 'the store is closed',
    make: async (store) => {
      await store.close();
      return store.update((tx) => tx.nodes().create({}).id);
    },
  },
  {
    mistake: 'a wrong port',
    says: 'no member answers at',
    make: () => new Client({ hosts: [nothingHere], unreachableMs: 1 }).status(),
  },
  {
    mistake: 'a URL for an address',
    says: 'an address is HOST:PORT',
    make: () => new Client({ hosts: ['http://127.0.0.1:4242'] }),
  },
  {
    mistake: 'joining nobody',
    says: 'took this one in within',
    make: () =>
      openReplica({
        ...{ name: 'm2', listenAddr: '127.0.0.1:0', join: [nothingHere], joinTimeoutMs: 300 },
        logger: silentLogger,
      }),
  },
];

/** Message of what goes wrong, at once or later. */
async function messageOf(make: () => unknown): Promise<string> {
  try {
    await make();
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing went wrong';
}

describe('a first mistake', () => {
  it.each(mistakes)('is explained: $mistake', async ({ says, make }) => {
    const store = new MemoryStore({ kinds: [jobs] });
    await store.update((tx) => tx.kind(jobs).create({ id: 'j1' }));
    const message = await messageOf(() => make(store));
    expect(message).toContain(says);
    expect(message).not.toMatch(/[.?!][.?!]|undefined|\[object/);
    expect(page).toContain(`\`${says}`);
  });

  describe('with a member', () => {
    let member: OpenReplica;
    beforeAll(async () => {
      member = await openReplica({ name: 'm1', listenAddr: '127.0.0.1:0', logger: silentLogger });
    });
    afterAll(() => member.close());

    it.each([
      {
        mistake: 'a port that is taken',
        says: 'the port is taken',
        make: () => openReplica({ name: 'm2', listenAddr: member.addr }),
      },
      {
        mistake: 'work that is none',
        says: 'takes a function',
        make: () => new Coordination({ replica: member }).elect('x', any()),
      },
      {
        mistake: 'a queue of a name',
        says: 'takes a custom kind',
        make: () => new Coordination({ replica: member }).queue(any('job')),
      },
    ])('is explained: $mistake', async ({ says, make }) => {
      expect(await messageOf(make)).toContain(says);
    });
  });

  it('has a row for each message of the page', () => {
    const rows = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, message]) => message);
    const tested = [...mistakes.map(({ says }) => says), 'the port is taken', 'waiting for a majority of the peers'];
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter((row) => !tested.includes(row ?? ''))).toEqual([]);
  });
});
