import { isStoreError, StoreError } from '../base/store-error.js';
import type { Tx } from '../kinds/index.js';
import type { Chance } from './chance.js';
import type { SimCluster } from './sim-cluster.js';
import type { SimMember } from './sim-member.js';
import { valueOf } from './store-invariants.js';

/** Counts of what became of the operations of a run. */
export interface LoadCounts {
  acknowledged: number;
  refused: number;
  unknown: number;
  reads: number;
  /** Reads that were answered by another member, or in another term, than when they were asked. */
  readsAcrossLeaders: number;
  failedReads: number;
  retried: number;
}

export const noLoad = (): LoadCounts => ({
  acknowledged: 0,
  refused: 0,
  unknown: 0,
  reads: 0,
  readsAcrossLeaders: 0,
  failedReads: 0,
  retried: 0,
});

/** Time that a client waits for one member, and for everything, milliseconds. */
const attemptMs = 3_000;
const giveUpMs = 12_000;
const againMs = 100;

/** Outcome of one attempt. `later`: nothing was done, another may. */
type Outcome =
  { readonly version: number } | { readonly unchanged: number } | { readonly refused: unknown } | 'later' | 'unknown';

/** Writes and reads as a client of a cluster does: asks one member, and the next, with a request id for what may be asked twice. */
export class SimClient {
  readonly name: string;
  readonly #cluster: SimCluster;
  readonly #chance: Chance;
  readonly #counts: LoadCounts;
  /** Number of times that it takes "not the leader" for an answer, and asks no other member. */
  readonly #givesUp: number;
  #requests = 0;
  #preferred: SimMember | undefined;

  constructor(name: string, cluster: SimCluster, chance: Chance, options: { counts: LoadCounts; givesUp: number }) {
    this.name = name;
    this.#cluster = cluster;
    this.#chance = chance;
    this.#counts = options.counts;
    this.#givesUp = options.givesUp;
  }

  /** One transaction, whose outcome is held against the history. Resolves with its version when that is known. */
  async write(run: (tx: Tx) => unknown): Promise<number | undefined> {
    const { store, scheduler } = this.#cluster;
    const requestId = `${this.name}-${++this.#requests}`;
    const began = store.acknowledged;
    const end = scheduler.now + giveUpMs;
    const once = this.#chance.happens(this.#givesUp);
    let unknown = false;
    for (let tries = 0; scheduler.now < end; tries++) {
      if (tries > 0) await scheduler.sleep(againMs);
      const outcome = await this.#attempt(requestId, run);
      if (outcome === 'later' && once && tries > 0 && !unknown) break;
      if (outcome === 'later') continue;
      if (outcome === 'unknown') {
        unknown = true;
        this.#counts.retried++;
        continue;
      }
      if ('version' in outcome) {
        this.#counts.acknowledged++;
        this.#cluster.guard(() => store.onAcknowledged(requestId, outcome.version, began));
        return outcome.version;
      }
      if ('unchanged' in outcome) {
        this.#cluster.guard(() => {
          if (!unknown) store.onRefused(requestId); // nothing was made, and nothing will be
          store.onUnchanged(requestId, outcome.unchanged, began);
        });
        return outcome.unchanged;
      }
      if (!(outcome.refused instanceof StoreError)) throw outcome.refused;
      break;
    }
    // A refusal after an attempt that was not answered does not speak for that one.
    if (unknown) this.#counts.unknown++;
    else {
      this.#counts.refused++;
      this.#cluster.guard(() => store.onRefused(requestId));
    }
    return undefined;
  }

  async #attempt(requestId: string, run: (tx: Tx) => unknown): Promise<Outcome> {
    const member = this.#choose();
    const replica = member?.replica;
    if (!member || !replica) return 'later';
    await this.#cluster.scheduler.sleep(this.#chance.exponential(1)); // on its way there
    if (!member.running || member.replica !== replica) return 'later';
    const { store } = replica;
    const written = store.update(
      (tx) => {
        run(tx);
        const { changes } = tx as Tx & { readonly changes: readonly unknown[] };
        return changes.length > 0 ? { version: tx.version } : { unchanged: tx.version - 1 };
      },
      { requestId, timeoutMs: attemptMs },
    );
    const answer = await this.#within(written);
    if (answer === 'silent') return 'unknown';
    if ('value' in answer) {
      if (answer.value !== undefined) return answer.value;
      const version = store.versionOfRequest(requestId);
      return version === undefined ? 'unknown' : { version };
    }
    const { error } = answer;
    if (isStoreError(error, 'OUTCOME_UNKNOWN') || isStoreError(error, 'CLOSED')) return 'unknown';
    if (!isStoreError(error, 'NOT_LEADER')) return { refused: error };
    const addr = error.details.leader?.name;
    this.#preferred = this.#cluster.members.find(({ info }) => info.name === addr);
    return 'later';
  }

  /** A linearizable read of everything, from any member. */
  async read(): Promise<void> {
    const { store, scheduler } = this.#cluster;
    const member = this.#pretender() ?? this.#any();
    const replica = member?.replica;
    if (!member || !replica) return;
    const began = store.acknowledged;
    const { leader: before } = this.#cluster;
    const read = replica.linearizable((tx) => ({ version: tx.version, nodes: tx.nodes().find() }), {
      timeoutMs: attemptMs,
    });
    const answer = await this.#within(read);
    await scheduler.sleep(this.#chance.exponential(1)); // on its way back
    if (answer === 'silent' || 'error' in answer) {
      this.#counts.failedReads++;
      return;
    }
    this.#counts.reads++;
    if (this.#cluster.leader !== before) this.#counts.readsAcrossLeaders++;
    this.#cluster.guard(() => store.onRead(`${this.name} on ${member.info.name}`, answer.value, began));
  }

  /** Reads what a member has, old or not. */
  peek(id: string): { readonly version: number; readonly value: string | undefined } | undefined {
    const store = this.#any()?.replica?.store;
    const node = store?.view((tx) => tx.nodes().get(id));
    return node && { version: node.meta.version, value: valueOf(node) };
  }

  #choose(): SimMember | undefined {
    const preferred = this.#preferred;
    this.#preferred = undefined;
    if (preferred?.running) return preferred;
    const { leader } = this.#cluster;
    return leader && this.#chance.happens(0.7) ? leader : this.#any();
  }

  /** Picks a member that still believes that it leads: a stale read would come from it. */
  #pretender(): SimMember | undefined {
    const { running, leader } = this.#cluster;
    const pretenders = running.filter((member) => member !== leader && member.replica?.isLeader === true);
    return pretenders.length > 0 && this.#chance.happens(0.8) ? this.#chance.pick(pretenders) : undefined;
  }

  #any(): SimMember | undefined {
    const { running } = this.#cluster;
    return running.length === 0 ? undefined : this.#chance.pick(running);
  }

  /** Returns the outcome of a promise, or that there is none: a process that died or hangs. */
  async #within<T>(promise: Promise<T>): Promise<{ readonly value: T } | { readonly error: unknown } | 'silent'> {
    const said = promise.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    return new Promise((resolve) => {
      const cancel = this.#cluster.scheduler.schedule(attemptMs + 500, () => resolve('silent'));
      void said.then((answer) => {
        cancel();
        resolve(answer);
      });
    });
  }
}
