import { describe, expect, it } from 'vitest';
import type { Entry, RaftConfig } from '../../src/raft/index.js';
import { Cluster, type CrashPoint } from '../support/raft-cluster.js';
import { bytesOf, parseChange, parseConfState, textOfConfState, textOfEntries } from '../support/raft-text.js';

/**
 * Members live through ticks, losses, repetitions, disorder, crashes and membership changes that a seed decides, and
 * what the paper promises (figure 3) is asked after every step. Then all is healed, and they must agree again. A seed
 * that failed can be played alone: `SEED=1234 npx vitest run test/raft/random.test.ts`; `SEEDS=5000` lives more lives.
 */

/** Numbers from a seed: the same seed, the same numbers (mulberry32). */
function chance(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

const textOf = (entry: Entry) => textOfEntries([entry]).slice(1, -1);

/** What must hold at any time, of all members together. */
class Promises {
  readonly #cluster: Cluster;
  readonly #leaders = new Map<number, number>();
  /** By `term.index`: what the entry is, and the term of the one before it. */
  readonly #entries = new Map<string, string>();
  /** What was applied, by whomever, as one sequence. */
  readonly #applied: string[] = [];
  /** By applied index. */
  readonly #configurations = new Map<number, string>();
  readonly #seen = new Map<number, { term: number; commit: number; vote: number; applied: number; last: string }>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  check(): void {
    for (const id of this.#cluster.members.keys()) {
      this.#checkLog(id);
      this.#checkState(id);
      this.#checkNumbers(id);
      this.#checkConfiguration(id);
    }
    for (const id of this.#cluster.leaders()) this.#checkLeader(id);
  }

  /** A member that starts again may know less of what is committed, but not of terms and votes. */
  restarted(id: number): void {
    const seen = this.#seen.get(id);
    const { hardState } = this.#cluster.member(id).storage.initialState();
    if (seen) this.#seen.set(id, { ...seen, commit: hardState.commit, applied: 0, last: '' });
  }

  /** Election safety: one leader a term. Leader completeness: it has everything that was committed before. */
  #checkLeader(id: number): void {
    const { term } = this.#cluster.node(id).status();
    const known = this.#leaders.get(term);
    if (known === id) return;
    if (known !== undefined) throw new Error(`${known} and ${id} both lead term ${term}`);
    this.#leaders.set(term, id);
    const { storage, state, appliedIndex } = this.#cluster.member(id);
    for (let index = appliedIndex + 1; index <= this.#applied.length; index++) {
      const entry = index <= storage.lastIndex() ? storage.entries(index, index + 1, 0)[0] : undefined;
      const committed = this.#applied[index - 1];
      if (!entry || textOf(entry) !== committed) throw new Error(`${id} leads term ${term} without ${committed}`);
    }
    if (state.length !== appliedIndex) throw new Error(`${id} has applied ${state.length} and not ${appliedIndex}`);
  }

  /** Log matching: the same term and index is the same entry, with the same one before it. */
  #checkLog(id: number): void {
    const { storage } = this.#cluster.member(id);
    const last = storage.lastIndex();
    const tip = `${storage.firstIndex()} ${last} ${storage.term(last)}`;
    const seen = this.#seen.get(id);
    if (seen?.last === tip) return;
    for (const entry of this.#cluster.entriesOf(id)) {
      const key = `${entry.term}.${entry.index}`;
      const text = `${textOf(entry)} after ${storage.term(entry.index - 1)}`;
      const known = this.#entries.get(key);
      if (known === undefined) this.#entries.set(key, text);
      else if (known !== text) throw new Error(`${id} has ${text}, and elsewhere it is ${known}`);
    }
    if (seen) seen.last = tip;
  }

  /** State machine safety: everyone applies the same, in the same order. */
  #checkState(id: number): void {
    const { state } = this.#cluster.member(id);
    for (let i = this.#seen.get(id)?.applied ?? 0; i < state.length; i++) {
      const [ours, known] = [state[i] as string, this.#applied[i]];
      if (known === undefined) this.#applied.push(ours);
      else if (known !== ours) throw new Error(`${id} applied ${ours} where another applied ${known}`);
    }
  }

  /** Terms and commit indexes never shrink, and a vote does not change within its term. */
  #checkNumbers(id: number): void {
    const { term, commit, vote } = this.#cluster.node(id).status();
    const before = this.#seen.get(id);
    if (before) {
      if (term < before.term) throw new Error(`the term of ${id} fell from ${before.term} to ${term}`);
      if (commit < before.commit) throw new Error(`the commit index of ${id} fell from ${before.commit} to ${commit}`);
      if (term === before.term && before.vote !== 0 && vote !== before.vote)
        throw new Error(`${id} voted for ${before.vote} and then for ${vote} in term ${term}`);
    }
    this.#seen.set(id, {
      term,
      commit,
      vote,
      applied: this.#cluster.member(id).state.length,
      last: before?.last ?? '',
    });
  }

  /** The configuration is the same wherever the same entries are applied. */
  #checkConfiguration(id: number): void {
    const { applied, confState } = this.#cluster.node(id).status();
    const ours = textOfConfState(confState);
    const known = this.#configurations.get(applied);
    if (known === undefined) this.#configurations.set(applied, ours);
    else if (known !== ours) throw new Error(`${id} has ${ours} at ${applied}, and elsewhere it is ${known}`);
  }

  get appliedCount(): number {
    return this.#applied.length;
  }
}

/** Things that happen in a life. */
const noCounts = {
  proposed: 0,
  changed: 0,
  crashed: 0,
  cut: 0,
  compacted: 0,
  transferred: 0,
  stranded: 0,
  meanwhile: 0,
  snapshotsMeanwhile: 0,
};

/** One life of a cluster. Counts what was done, so that a test can see that something was. */
class Life {
  readonly cluster: Cluster;
  readonly promises: Promises;
  readonly counts = { ...noCounts };
  readonly #roll: (n: number) => number;
  readonly #ids: readonly number[];
  readonly #config: Partial<RaftConfig>;
  /** Some lives change members often, and give up their logs often. */
  readonly #restless: boolean;
  #healing = false;

  constructor(seed: number) {
    this.#roll = chance(seed);
    const size = 3 + this.#roll(3);
    this.#restless = this.#roll(3) === 0;
    this.#ids = Array.from({ length: size }, (_, i) => i + 1);
    this.#config = {
      preVote: this.#roll(2) === 0,
      checkQuorum: this.#roll(2) === 0,
      stepDownOnRemoval: this.#roll(2) === 0,
      maxSizePerMessage: [0, 20, 1000][this.#roll(3)] as number,
      maxInflightMessages: [1, 2, 16][this.#roll(3)] as number,
      maxCommittedSizePerReady: [1, 40, 1000][this.#roll(3)] as number,
    };
    this.cluster = new Cluster({
      members: parseConfState('1 2 3'),
      ids: this.#ids,
      config: this.#config,
      random: (_id, n) => this.#roll(n),
      meanwhile: (id) => this.#meanwhile(id),
    });
    this.promises = new Promises(this.cluster);
  }

  run(steps: number): void {
    for (let i = 0; i < steps; i++) {
      this.#step();
      this.promises.check();
    }
    this.#heal();
  }

  #any = (): number => this.#ids[this.#roll(this.#ids.length)] as number;

  #step(): void {
    const { cluster } = this;
    const what = this.#roll(100);
    const waiting = cluster.network.length;
    if (this.#restless && this.#roll(20) === 0) this.#change();
    if (this.#restless && this.#roll(20) === 0) this.#compact();
    if (what < 45 && waiting > 0) cluster.deliverOne(this.#roll(4) > 0 ? 0 : this.#roll(waiting));
    else if (what < 75) cluster.tick(this.#any());
    else if (what < 83) this.#propose();
    else if (what < 85) this.#change();
    else if (what < 89 && waiting > 0) cluster.dropOne(this.#roll(waiting));
    else if (what < 92 && waiting > 0) this.#repeat(this.#roll(waiting));
    else if (what < 94) this.#crash();
    else if (what < 95) this.#cut();
    else if (what < 97) cluster.heal();
    else if (what < 98) this.#compact();
    else if (what < 99) this.#transfer();
    else cluster.node(this.#any()).readIndex(bytesOf('r'));
    cluster.work();
  }

  /** A disk and an application take their time: messages and ticks arrive while a Ready is outstanding. */
  #meanwhile(id: number): void {
    if (this.#roll(this.#restless ? 2 : 4) > 0) return;
    const { cluster } = this;
    for (let left = this.#roll(4); left > 0; left--) {
      const waiting = cluster.network.flatMap(({ to, from }, at) =>
        to === id && !cluster.isCut(from, to) ? [at] : [],
      );
      const snapshot = waiting.find((place) => cluster.network[place]?.type === 'installSnapshot');
      const at = snapshot ?? waiting[this.#roll(4) > 0 ? 0 : this.#roll(Math.max(waiting.length, 1))];
      if (at === undefined) break;
      if (cluster.network[at]?.type === 'installSnapshot') this.counts.snapshotsMeanwhile++;
      cluster.hear(at);
      this.counts.meanwhile++;
    }
    if (this.#healing) return; // each tick makes messages, and each message such a moment: it would never end
    if (this.#roll(8) === 0) cluster.node(id).tick();
    if (this.#roll(8) === 0) cluster.node(id).propose(bytesOf(`m${this.counts.meanwhile}`));
  }

  #propose(): void {
    const id = this.cluster.leaders()[0] ?? this.#any();
    if (this.cluster.node(id).propose(bytesOf(`v${this.counts.proposed}`)).ok) this.counts.proposed++;
  }

  #change(): void {
    const words = ['+', '~', '-'].map((op) => `${op}${this.#any()}`);
    const transition = ['', '', 'joint ', 'explicit '][this.#roll(4)] as string;
    const change = this.#roll(5) === 0 ? 'leave' : `${transition}${words.slice(this.#roll(3)).join(' ')}`;
    const leader = this.cluster.leaders()[0];
    if (leader === undefined || !this.#leavesVoters(leader, change)) return;
    if (this.cluster.node(leader).proposeConfChange(parseChange(change)).ok) this.counts.changed++;
  }

  /** Whoever proposes must not take the last voters away: applying that is an error, and it stops everyone. */
  #leavesVoters(leader: number, change: string): boolean {
    const voters = new Set(this.cluster.node(leader).status().confState.voters);
    const { transition, changes } = parseChange(change);
    for (const { type, nodeId } of changes) {
      if (type === 'addVoter') voters.add(nodeId);
      else voters.delete(nodeId);
    }
    return voters.size > 0 && (changes.length <= 1 || transition !== 'auto' || changes.length > 1);
  }

  #repeat(at: number): void {
    const message = this.cluster.network[at];
    if (message) this.cluster.network.push(message);
  }

  #crash(): void {
    const id = this.#any();
    const point = (['before writing', 'after writing', 'after sending'] as CrashPoint[])[this.#roll(3)];
    this.cluster.node(id).tick();
    if (!this.cluster.workOf(id, point)) this.cluster.restart(id);
    this.counts.crashed++;
    this.promises.restarted(id);
  }

  #cut(): void {
    this.counts.cut++;
    if (this.#roll(2) === 0) this.cluster.isolate(this.#any());
    else this.cluster.cut(this.#any(), this.#any());
  }

  #compact(): void {
    this.cluster.member(this.#any()).snapshot(this.#roll(4));
    this.counts.compacted++;
  }

  #transfer(): void {
    const leader = this.cluster.leaders()[0];
    if (leader === undefined) return;
    this.cluster.node(leader).transferLeader(this.#any());
    this.counts.transferred++;
  }

  /** Everything works again. In the end there is one leader, and all its members have applied the same. */
  #heal(): void {
    const { cluster } = this;
    cluster.heal();
    this.#healing = true;
    for (let round = 0; round < 400; round++) {
      for (const id of this.#ids) cluster.tick(id);
      cluster.deliver();
      this.promises.check();
      if (round > 40 && round % 20 === 0 && this.#converged()) return;
    }
    if (this.#stranded()) {
      this.counts.stranded++;
      return;
    }
    const states = this.#ids.map((id) => JSON.stringify(cluster.node(id).status()));
    throw new Error(`the members do not come to agree again:\n${states.join('\n')}`);
  }

  /**
   * Without pre-votes and quorum checks nobody answers a leader of an older term, as in the paper: a voter would campaign
   * and so raise the leader's term, but a learner that was a voter when it raised its own term never does.
   */
  #stranded(): boolean {
    const { preVote, checkQuorum } = this.#config;
    const leader = this.#ids.map((id) => this.cluster.node(id).status()).find(({ role }) => role === 'leader');
    if (preVote || checkQuorum || !leader) return false;
    return leader.confState.learners.some((id) => this.cluster.node(id).status().term > leader.term);
  }

  #converged(): boolean {
    const { cluster } = this;
    const statuses = this.#ids.map((id) => cluster.node(id).status());
    // Whoever was removed may not know it, and may campaign for ever: nobody needs it.
    return statuses.some((leader) => {
      const { voters, learners, votersOutgoing, autoLeave } = leader.confState;
      const members = statuses.filter(({ id }) => [...voters, ...votersOutgoing, ...learners].includes(id));
      return (
        leader.role === 'leader' &&
        leader.commit === leader.lastIndex &&
        leader.commit >= this.promises.appliedCount &&
        (votersOutgoing.length === 0 || !autoLeave) &&
        members.every((it) => it.leader === leader.id && it.applied === leader.applied)
      );
    });
  }
}

const alone = process.env['SEED'];
const lives = Number(process.env['SEEDS'] ?? 80);
const seeds = alone === undefined ? Array.from({ length: lives }, (_, i) => 1000 + i) : [Number(alone)];

describe('whatever happens to its members', () => {
  it(
    'a cluster keeps what the paper promises, and agrees again when all is healed',
    () => {
      const sum: Record<keyof Life['counts'] | 'applied', number> = { ...noCounts, applied: 0 };
      for (const seed of seeds) {
        const life = new Life(seed);
        try {
          life.run(1000);
        } catch (error) {
          throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
        }
        for (const key of Object.keys(life.counts) as (keyof Life['counts'])[]) sum[key] += life.counts[key];
        sum.applied += life.promises.appliedCount;
      }
      // A life in which nothing happens proves nothing.
      const { stranded, snapshotsMeanwhile, ...happened } = sum;
      expect(snapshotsMeanwhile).toBeGreaterThan(seeds.length / 4);
      expect(stranded).toBeLessThan(1 + seeds.length / 20);
      if (alone === undefined) for (const count of Object.values(happened)) expect(count).toBeGreaterThan(seeds.length);
    },
    20_000 + 200 * seeds.length,
  );

  it('is the same again for the same seed', () => {
    const state = () => {
      const life = new Life(7);
      life.run(400);
      return [...life.cluster.members.values()].map(({ node, state }) => ({ status: node.status(), state }));
    };
    expect(state()).toEqual(state());
  });
});
