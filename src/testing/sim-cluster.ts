import { asError } from '../base/errors.js';
import { bytesEqual } from '../base/plain.js';
import { isStoreError } from '../base/store-error.js';
import { simpleConfState } from '../raft/index.js';
import { type MemberInfo, type Replica, type ReplicaSettings, replicaSettings } from '../replica/index.js';
import { MemoryStore, type TransactionRecord } from '../state/index.js';
import { encodeSnapshot } from '../wire/index.js';
import { Chance } from './chance.js';
import { calmDisk, calmNetwork, type FaultPlan } from './faults.js';
import { OpenDisk } from './open-disk.js';
import { RaftInvariants, Violation } from './raft-invariants.js';
import { Scheduler } from './scheduler.js';
import { SharedContent } from './shared-content.js';
import { SharedTransactions } from './shared-transactions.js';
import { type DiskCounts, SimDisk } from './sim-disk.js';
import { type MemberWorld, SimMember } from './sim-member.js';
import { type NetworkCounts, SimNetwork } from './sim-network.js';
import { StoreInvariants } from './store-invariants.js';

export interface ClusterOptions {
  readonly seed: number;
  readonly members: number;
  readonly faults: FaultPlan;
  readonly settings?: Partial<ReplicaSettings>;
}

/** Number of the last events that a failure shows. */
const traceLength = 200;

/** Members, network and disks of one run, with everything that must hold of them. */
export class SimCluster {
  readonly scheduler = new Scheduler();
  readonly members: SimMember[] = [];
  readonly network: SimNetwork;
  readonly raft: RaftInvariants;
  readonly store = new StoreInvariants();
  readonly settings: ReplicaSettings;
  readonly diskCounts: DiskCounts = {
    lostWrites: 0,
    tornWrites: 0,
    failedWrites: 0,
    damaged: 0,
    noticed: 0,
    installs: 0,
  };
  readonly networkCounts: NetworkCounts = { delivered: 0, lost: 0, repeated: 0, blocked: 0, snapshots: 0 };
  /** The first promise that was broken. */
  failure: Error | undefined;
  /** True while faults happen. */
  troubled = true;
  readonly trace: string[] = [];
  /** Rolls over everything that was noted: two runs of one seed have the same. */
  hash = 0;
  /** Called when a process of a member runs. */
  onRunning: (member: SimMember, replica: Replica) => void = () => undefined;
  /** Called when it is gone. */
  onGone: (member: SimMember) => void = () => undefined;
  /** Called after each transaction that a member commits. */
  onTransaction: (member: SimMember, replica: Replica) => void = () => undefined;
  readonly #disks = new Map<number, SimDisk>();
  readonly #shared: SharedContent;
  readonly #transactions = new SharedTransactions();
  readonly #seed: number;
  readonly #faults: FaultPlan;
  #lastId = 0;

  constructor({ seed, members, faults, settings = {} }: ClusterOptions) {
    this.#seed = seed;
    this.#faults = faults;
    this.settings = replicaSettings(settings);
    const network = () => (this.troubled ? faults.network : calmNetwork);
    this.network = new SimNetwork(this.scheduler, new Chance(seed, 'network'), network, this.networkCounts);
    const voters = Array.from({ length: members }, (_, i) => i + 1);
    this.#shared = new SharedContent(new Chance(seed, 'shared'));
    this.#shared.onDifference = ({ index }) =>
      this.fail(new Violation('StateMachineSafety', `two members hold different bytes after entry ${index}`));
    this.raft = new RaftInvariants(this.#disks, voters);
    this.network.onSend = (message) => this.guard(() => this.raft.onSend(message));
    this.scheduler.afterEvent = () => this.#afterEvent();
    for (let i = 0; i < members; i++) this.members.push(this.newMember());
  }

  /** A member with an empty disk and an id that was never used. */
  newMember(): SimMember {
    const id = ++this.#lastId;
    const info: MemberInfo = { id, name: `m${id}`, addrs: [`sim:${id}`] };
    const part = `member ${id}`;
    const chance = new Chance(this.#seed, part);
    const disk = new SimDisk({
      chance: new Chance(this.#seed, `disk ${id}`),
      faults: () => (this.troubled ? this.#faults.disk : calmDisk),
      counts: this.diskCounts,
      shared: this.#shared,
      now: () => this.scheduler.now,
    });
    disk.onBallot = (ballot) => this.guard(() => this.raft.onBallot(id, ballot));
    this.#disks.set(id, disk);
    const world: MemberWorld = {
      scheduler: this.scheduler,
      network: this.network,
      invariants: this.raft,
      settings: this.settings,
      transactions: this.#transactions,
      chance,
      rate: 1 + (chance.between(-100, 100) / 100) * this.#faults.drift,
      note: (what) => this.note(what),
      fail: (error) => this.fail(error),
      onRunning: (member, replica) => {
        this.#observe(member, replica);
        this.onRunning(member, replica);
      },
      onGone: (member) => this.onGone(member),
    };
    return new SimMember(info, disk, world);
  }

  /** Puts the same beginning on all disks, and starts all members. */
  async begin(): Promise<void> {
    const infos = this.members.map(({ info }) => info);
    const confState = simpleConfState(infos.map(({ id }) => id));
    const content = { clusterId: 'sim', lineage: 'sim', members: infos, removed: [], store: new MemoryStore().save() };
    for (const member of this.members) {
      const disk = new OpenDisk(member.disk, member.clock);
      const chunks = [...encodeSnapshot(content)];
      const written = disk
        .createSnapshot({ index: 1, term: 1, confState }, pieces(chunks))
        .then(() => disk.write({ entries: [], hardState: { term: 1, vote: 0, commit: 1 }, sync: true }));
      await this.wait(written);
      member.start();
    }
  }

  /** Lets time pass until `promise` has settled. */
  async wait<T>(promise: Promise<T>, atMostMs = 60_000): Promise<T> {
    let done = false;
    const settle = () => void (done = true);
    promise.then(settle, settle);
    await this.scheduler.run(atMostMs, () => done || this.failure !== undefined);
    if (!done)
      throw (
        this.failure ??
        new Violation(
          'Liveness',
          `nothing came of it within simulated ${atMostMs} ms: is something awaited that is not of the simulation? Wait with its sleep and clock`,
        )
      );
    return promise;
  }

  get running(): SimMember[] {
    return this.members.filter((member) => member.running);
  }

  /** Leader of the newest term, if there is one. */
  get leader(): SimMember | undefined {
    const leaders = this.running.filter(({ replica }) => replica?.isLeader);
    const term = (member: SimMember) => member.replica?.raftStatus().term ?? 0;
    return leaders.sort((a, b) => term(b) - term(a))[0];
  }

  note(what: string): void {
    this.trace.push(`${this.scheduler.now.toFixed(1)} ${what}`);
    if (this.trace.length > traceLength) this.trace.shift();
    for (let i = 0; i < what.length; i++) this.hash = (Math.imul(this.hash, 31) + what.charCodeAt(i)) | 0;
    this.hash = (Math.imul(this.hash, 31) + Math.floor(this.scheduler.now * 1_000)) | 0;
  }

  guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    this.failure ??= asError(error);
  }

  /** Ends the faults: links are whole, and every member runs that can. */
  calm(): void {
    this.troubled = false;
    this.network.heal();
    for (const member of this.members) {
      member.clock.resume();
      if (member.state === 'down') member.start();
    }
  }

  /** Waits until writes succeed, all members run, and all hold the same: the required end of a run. */
  async settle(): Promise<void> {
    this.calm();
    const { electionTimeoutMs } = this.settings;
    // Starting takes a moment; after that the clock of the promise runs.
    await this.scheduler.run(5_000, () => this.failure !== undefined);
    const began = this.scheduler.now;
    const written = await this.#oneWrite(10 * electionTimeoutMs);
    if (this.failure) return;
    if (!written) {
      this.fail(new Violation('Liveness', `no write was taken within ${Math.round(this.scheduler.now - began)} ms`));
      return;
    }
    await this.scheduler.run(60_000, () => this.failure !== undefined || this.#converged());
    if (!this.failure && !this.#converged())
      this.fail(new Violation('Liveness', `not all hold the same: ${this.#states()}`));
    if (!this.failure) this.#checkEqual();
  }

  async #oneWrite(withinMs: number): Promise<boolean> {
    let done = false;
    const attempt = () => {
      const { leader } = this;
      if (done || this.failure) return;
      if (!leader?.replica) {
        this.scheduler.schedule(100, attempt);
        return;
      }
      leader.replica.store
        .update((tx) => void tx.nodes().create({ spec: { annotations: { labels: { v: 'end' } } } }))
        .then(
          () => (done = true),
          () => this.scheduler.schedule(100, attempt),
        );
    };
    attempt();
    await this.scheduler.run(withinMs, () => done || this.failure !== undefined);
    return done;
  }

  /** Members that should have everything in the end: a damaged disk is not started, a removed one does not come back. */
  get #expected(): SimMember[] {
    const current = this.leader?.replica?.members().map(({ id }) => id) ?? [];
    return this.members.filter(
      ({ info, state }) => current.includes(info.id) && state !== 'damaged' && state !== 'removed',
    );
  }

  #converged(): boolean {
    const { version } = this.store;
    const expected = this.#expected;
    return expected.length > 0 && expected.every(({ replica }) => replica?.store.version === version);
  }

  #states(): string {
    return this.members
      .map(({ info, state, replica }) => `${info.name} ${state} ${replica?.store.version ?? '-'}`)
      .join(', ');
  }

  #checkEqual(): void {
    const contents = this.#expected.map(({ info, replica }) => {
      if (replica) this.guard(() => this.store.checkStore(info.name, replica.store));
      return { info, bytes: Buffer.concat(replica ? [...encodeSnapshot(replica.content())] : []) };
    });
    const [first] = contents;
    for (const { info, bytes } of contents) {
      if (first && !bytesEqual(first.bytes, bytes))
        this.fail(new Violation('StateMachineSafety', `${info.name} and ${first.info.name} hold different bytes`));
    }
  }

  /** Follows what a member commits, from where it is, and goes on behind a snapshot. */
  #observe(member: SimMember, replica: Replica): void {
    const { store } = replica;
    const { info } = member;
    let led = false;
    replica.leadership.subscribe((leadership) => {
      const leads = leadership === 'leader';
      if (leads !== led) this.note(`${info.name} ${leads ? 'leads' : 'leads no longer'}`);
      led = leads;
    });
    this.guard(() => this.store.checkStore(info.name, store));
    const follow = (from: number) => {
      let events: TransactionRecord['events'][number][] = [];
      store.watchFrom(from).subscribe({
        next: (event) => {
          if (event.action !== 'commit') {
            events.push(event);
            return;
          }
          const record = store.transaction(event.version);
          const seen = events;
          events = [];
          this.guard(() => {
            if (!record || !sameList(record.events, seen))
              throw new Violation(
                'WatchEqualsHistory',
                `${info.name} told its watchers other events than its history has`,
              );
            this.store.onCommit(info.name, record);
            this.onTransaction(member, replica);
          });
        },
        error: (error: unknown) => {
          if (isStoreError(error, 'RESYNC')) follow(store.version);
          else if (!isStoreError(error, 'CLOSED')) this.fail(error); // closed: the process has ended by itself
        },
      });
    };
    follow(store.version);
  }

  #afterEvent(): void {
    for (const { info, replica, state } of this.members) {
      if (state !== 'running' || !replica) continue;
      if (replica.openProposals > openProposalsMax)
        this.fail(new Violation('Bounded', `${info.name} has ${replica.openProposals} open proposals`));
    }
    if (this.scheduler.events % 1_000 === 0) this.guard(() => this.#dearChecks());
  }

  /** Checks that cost as much as the state: every thousand events. */
  #dearChecks(): void {
    for (const { info, replica, state } of this.members) {
      if (state !== 'running' || !replica) continue;
      this.store.checkStore(info.name, replica.store);
      this.raft.onApplied(info.id, replica.raftStatus());
    }
  }
}

function sameList<T>(a: readonly T[], b: readonly T[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Bound of open proposals: more means that the writers get no answers. */
const openProposalsMax = 5_000;

async function* pieces(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void> {
  await Promise.resolve();
  yield* chunks;
}
