import type { ClientDuplexStream } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../../src/base/random.js';
import { methodOf } from '../../src/rpc/index.js';
import type { MemoryStore } from '../../src/state/index.js';
import { messageCodec, type messages } from '../../src/wire/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';

type Stream = ClientDuplexStream<messages.WatchesRequest, messages.WatchesResponse>;

const { decode } = messageCodec('WatchResponse');
const seeds = Array.from({ length: 15 }, (_, i) => i + 1);
const steps = 120;
const kinds = ['', 'network', 'node', 'service'] as const;

const selector = (kind: string): messages.Selector => ({
  kind, actions: [], ids: [], idPrefixes: [], names: [], namePrefixes: [], nodeIds: [], serviceIds: [], slots: [],
  desiredStates: [], roles: [], memberships: [], states: [], custom: [], customPrefixes: [], indexes: [],
}); // prettier-ignore

/** One watch of the model: what it asked for, and what has arrived. */
interface Watching {
  readonly id: number;
  readonly kind: string;
  from: number | undefined;
  readonly versions: number[];
  ended: boolean;
  paused: boolean;
}

describe('watches that share a stream', () => {
  let members: OpenMembers;
  let store: MemoryStore;
  /** Kinds of the transactions, by version. */
  const written = new Map<number, string>();

  beforeAll(async () => {
    members = await OpenMembers.start(1);
    ({ store } = await members.leader());
  });
  afterAll(() => members.close());

  async function write(kind: 'network' | 'node'): Promise<void> {
    const version = await store.update((tx) => {
      if (kind === 'node') tx.nodes().create({});
      else tx.networks().create({ spec: { annotations: { name: `n${tx.version}` } } });
      return tx.version;
    });
    written.set(version, kind);
  }

  const wantedBy = ({ kind, from = Infinity }: Watching) =>
    [...written].filter(([version, of]) => version > from && (kind === '' || kind === of)).map(([version]) => version);

  function opened() {
    const stream: Stream = members.channel(members.hosts[0] ?? '').duplex(methodOf('watch', 'Multiplex'));
    const watches = new Map<number, Watching>();
    stream.on('error', () => undefined);
    stream.on('data', ({ deliveries }: messages.WatchesResponse) => {
      for (const { watches: ids, response, end } of deliveries)
        for (const id of ids) {
          const watching = watches.get(id);
          if (!watching) throw new Error(`a delivery for watch ${id}, which there never was`);
          if (end) throw new Error(`watch ${id} ended: ${JSON.stringify(end)}`);
          const { synced, transaction } = decode(response);
          if (synced) watching.from = synced.version;
          if (transaction) watching.versions.push(transaction.version);
        }
    });
    const say = (what: Partial<messages.WatchesRequest>) =>
      stream.write({ begun: [], ended: [], paused: [], resumed: [], ...what });
    const begin = (id: number, kind: string, resumeFrom: number | undefined) => {
      watches.set(id, { id, kind, from: undefined, versions: [], ended: false, paused: false });
      const request = {
        selectors: kind === '' ? [] : [selector(kind)], matchEither: false, bookmarkMs: 3, snapshot: false, wait: false,
        ...(resumeFrom !== undefined && { resumeFrom }),
      }; // prettier-ignore
      say({ begun: [{ id, request }] });
    };
    return { stream, watches, say, begin };
  }

  async function step(random: Random, { watches, say, begin }: ReturnType<typeof opened>): Promise<void> {
    const open = [...watches.values()].filter(({ ended }) => !ended);
    const one = open[random(Math.max(1, open.length))];
    const what = random(10);
    if (what < 2 && open.length < 12)
      begin(watches.size + 1, kinds[random(kinds.length)] ?? '', random(2) === 0 ? undefined : Math.max(0, store.version - random(30))); // prettier-ignore
    else if (what === 2 && one && !one.paused) {
      one.paused = true;
      say({ paused: [one.id] });
    } else if (what === 3 && one?.paused) {
      one.paused = false;
      say({ resumed: [one.id] });
    } else if (what === 4 && one && random(3) === 0) {
      one.ended = true;
      say({ ended: [one.id] });
    } else if (what < 8)
      await Promise.all(Array.from({ length: 1 + random(8) }, () => write(random(2) === 0 ? 'network' : 'node')));
    else for (let turns = random(5); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  }

  it.each(seeds)('get what they want, each once and in order, whatever the others do: seed %i', async (seed) => {
    const random = seededRandom(seed);
    const all = opened();
    for (let i = 0; i < steps; i++) await step(random, all);
    const watches = [...all.watches.values()];
    const paused = watches.filter((one) => one.paused && !one.ended).map(({ id }) => id);
    all.say({ resumed: paused });
    await write('network');
    await write('node');
    await until('all have what they want', () =>
      watches.every((one) => one.ended || (one.from !== undefined && one.versions.length >= wantedBy(one).length)),
    );
    for (const one of watches) {
      const wanted = wantedBy(one);
      expect({ one, versions: one.versions }).toEqual({
        one,
        versions: one.ended ? wanted.slice(0, one.versions.length) : wanted,
      });
    }
    all.stream.cancel();
    await until('nobody watches', () => store.queue.listeners === 0);
  });
});
