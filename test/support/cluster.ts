import { systemClock } from '../../src/base/clock.js';
import type { Logger } from '../../src/base/log.js';
import { systemRandom } from '../../src/base/random.js';
import { MemoryDisk } from '../../src/disk/index.js';
import type { Event } from '../../src/kinds/index.js';
import {
  bootstrap,
  type DiskWrite,
  loadReplica,
  type MemberInfo,
  type Replica,
  type ReplicaSettings,
  replicaSettings,
} from '../../src/replica/index.js';
import { encodeSnapshot } from '../../src/wire/index.js';
import { Wires } from './network.js';
import { until } from './network-wait.js';

export { until } from './network-wait.js';

/** A disk in memory that can be made slow, or broken. */
export class TestDisk extends MemoryDisk {
  /** Every write rejects with it. */
  broken: Error | undefined;
  /** Writes wait for it. */
  gate: Promise<void> = Promise.resolve();

  override async write(write: DiskWrite): Promise<void> {
    await this.gate;
    if (this.broken) throw this.broken;
    await super.write(write);
  }
}

export interface TestMember {
  readonly info: MemberInfo;
  readonly disk: TestDisk;
  replica: Replica;
}

/** Replicas of one cluster in this process, in real time: the production code over links that can be cut. */
export class ReplicaCluster {
  readonly wires = new Wires();
  readonly members = new Map<string, TestMember>();
  /** What was logged as an error. */
  readonly complaints: string[] = [];
  readonly #settings: ReplicaSettings;
  readonly #rejections: unknown[] = [];
  readonly #onRejection = (reason: unknown) => void this.#rejections.push(reason);
  #lastId = 0;

  private constructor(settings: Partial<ReplicaSettings>) {
    this.#settings = replicaSettings({ heartbeatMs: 10, electionTimeoutMs: 100, ...settings });
    process.on('unhandledRejection', this.#onRejection);
  }

  /** Begins a cluster with one member and lets the others join it, one by one. */
  static async start(count: number, settings: Partial<ReplicaSettings> = {}): Promise<ReplicaCluster> {
    const cluster = new ReplicaCluster(settings);
    const first = cluster.#newMember();
    await bootstrap(first.disk, { clusterId: 'c1', lineage: 'l1', members: [first.info] }, cluster.#world);
    await cluster.#load(first, []);
    await until('the first member leads', () => first.replica.isLeader);
    for (let i = 1; i < count; i++) await cluster.join();
    return cluster;
  }

  /** A new member; resolves when it is a voter and has caught up. */
  async join(): Promise<TestMember> {
    const member = await this.joinAsLearner();
    await until(`${member.info.name} is a voter`, () => member.replica.isVoter);
    await member.replica.caughtUp(10_000);
    return member;
  }

  async joinAsLearner(): Promise<TestMember> {
    const member = this.#newMember();
    const leader = await this.leader();
    await leader.replica.addMember(member.info);
    await this.#load(member, leader.replica.members());
    return member;
  }

  get(name: string): TestMember {
    const member = this.members.get(name);
    if (!member) throw new Error(`there is no ${name} in this test`);
    return member;
  }

  /** Whoever leads, as soon as somebody does; `among` leaves the others out. */
  async leader(among: readonly TestMember[] = [...this.members.values()]): Promise<TestMember> {
    const leaders = () => among.filter(({ replica }) => replica.isLeader);
    await until('there is a leader', () => leaders().length > 0);
    const newest = leaders().sort((a, b) => b.replica.status().term - a.replica.status().term)[0];
    if (!newest) throw new Error('the leader is gone already');
    return newest;
  }

  async followers(): Promise<TestMember[]> {
    const leader = await this.leader();
    return this.without(leader);
  }

  without(...gone: readonly TestMember[]): TestMember[] {
    return [...this.members.values()].filter((member) => !gone.includes(member));
  }

  isolate(member: TestMember): void {
    this.wires.isolate(
      member.info.id,
      [...this.members.values()].map(({ info }) => info.id),
    );
  }

  /** Ends a member and starts it again from its disk. */
  async restart(member: TestMember): Promise<void> {
    await member.replica.close();
    await this.#load(member, []);
  }

  /** Waits until these hold the newest version, then says whether their whole state is the same, byte by byte. */
  async converge(among: readonly TestMember[] = [...this.members.values()]): Promise<void> {
    const leader = await this.leader(among);
    const { index } = await leader.replica.linearizable(() => ({ index: leader.replica.status().appliedIndex }));
    await until('everybody has applied the same', () =>
      among.every(
        ({ replica }) =>
          replica.status().appliedIndex >= index && replica.store.version === leader.replica.store.version,
      ),
    );
    const [first, ...rest] = among.map(({ replica }) => Buffer.concat([...encodeSnapshot(replica.content())]));
    if (rest.some((bytes) => !first?.equals(bytes))) throw new Error('the members hold different states');
  }

  /** Ends all members. Throws when a promise was rejected and nobody had asked. */
  async close(): Promise<void> {
    this.wires.heal();
    await Promise.all([...this.members.values()].map(({ replica }) => replica.close()));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', this.#onRejection);
    if (this.#rejections.length > 0) throw new AggregateError(this.#rejections, 'there were unhandled rejections');
  }

  get #world() {
    const nothing = () => undefined;
    const logger: Logger = {
      debug: nothing,
      info: nothing,
      warn: nothing,
      error: (message, facts) => void this.complaints.push(`${message} ${JSON.stringify(facts)}`),
    };
    return { clock: systemClock, random: systemRandom, logger };
  }

  #newMember(): TestMember {
    const id = ++this.#lastId;
    const info: MemberInfo = { id, name: `m${id}`, addrs: [`memory:${id}`] };
    // The replica is there as soon as the member has been loaded.
    const member: TestMember = { info, disk: new TestDisk(), replica: undefined as unknown as Replica };
    return member;
  }

  async #load(member: TestMember, seeds: readonly MemberInfo[]): Promise<void> {
    const { info, disk } = member;
    member.replica = await loadReplica({
      identity: info,
      disk,
      network: this.wires.port(info.id),
      settings: this.#settings,
      world: this.#world,
      seeds,
    });
    this.members.set(info.name, member);
  }
}

/** Creates `count` nodes at once, without waiting for one another. */
export function createNodes(replica: Replica, prefix: string, count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, (_, i) =>
      replica.store.update((tx) => tx.nodes().create({ id: `${prefix}-${String(i).padStart(4, '0')}` }).id),
    ),
  );
}

export function nodeIds({ store }: Replica): string[] {
  return store.view((tx) =>
    tx
      .nodes()
      .find()
      .map(({ id }) => id),
  );
}

/** Follows a store from a version on, and keeps what came. */
export function follow({ store }: Replica, from: number): { events: Event[]; versions: number[]; errors: unknown[] } {
  const seen = { events: [] as Event[], versions: [] as number[], errors: [] as unknown[] };
  store.watchFrom(from).subscribe({
    next: (event) => {
      seen.events.push(event);
      if (event.action === 'commit') seen.versions.push(event.version);
    },
    error: (error: unknown) => seen.errors.push(error),
  });
  return seen;
}

/** 1, 2, 3, … up to `last`. */
export const countTo = (last: number, after = 0): number[] =>
  Array.from({ length: last - after }, (_, i) => after + i + 1);
