import { until } from './network-wait.js';
import { silentLogger } from '../../src/base/log.js';
import { seededRandom, systemRandom } from '../../src/base/random.js';
import { systemClock } from '../../src/base/clock.js';
import { MemoryDisk } from '../../src/disk/memory-disk.js';
import type { InstallSnapshot, Message } from '../../src/raft/index.js';
import {
  bootstrap,
  loadReplica,
  replicaSettings,
  type Disk,
  type MemberInfo,
  type Network,
  type NetworkHandler,
  type Replica,
  type ReplicaSettings,
} from '../../src/replica/index.js';
import { throughWire } from '../../src/wire/index.js';

/** Links between members of one process. What is sent goes through bytes; links can be cut. */
export class Links {
  readonly #handlers = new Map<number, NetworkHandler>();
  readonly #cut = new Set<string>();

  network(self: number): Network {
    return {
      start: (handler) => void this.#handlers.set(self, handler),
      setMembers: () => undefined,
      send: (batch) => this.#send(self, batch),
      sendSnapshot: (message, chunks) => this.#sendSnapshot(self, message, chunks),
      close: () => {
        this.#handlers.delete(self);
        return Promise.resolve();
      },
    };
  }

  /** Nothing passes between this member and the others, in either direction. */
  isolate(id: number): void {
    for (const other of this.#handlers.keys()) {
      this.#cut.add(`${id} ${other}`);
      this.#cut.add(`${other} ${id}`);
    }
  }

  heal(): void {
    this.#cut.clear();
  }

  #send(from: number, batch: readonly Message[]): void {
    const passing = throughWire(batch).filter(({ to }) => !this.#cut.has(`${from} ${to}`));
    setImmediate(() => {
      for (const message of passing) this.#handlers.get(message.to)?.onMessages([message]);
    });
  }

  async #sendSnapshot(from: number, message: InstallSnapshot, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const handler = this.#handlers.get(message.to);
    if (!handler || this.#cut.has(`${from} ${message.to}`)) throw new Error('the link is cut');
    await handler.onSnapshot(throughWire([message])[0] as InstallSnapshot, chunks);
  }
}

export interface Member {
  readonly info: MemberInfo;
  readonly replica: Replica;
  readonly disk: Disk;
}

/** A cluster in this process: fast ticks, memory for disks. */
export class MemoryCluster {
  readonly links = new Links();
  readonly members: Member[] = [];
  readonly #settings: ReplicaSettings;

  constructor(settings: Partial<ReplicaSettings> = {}) {
    this.#settings = replicaSettings({ heartbeatMs: 15, electionTimeoutMs: 150, ...settings });
  }

  /** The first member begins the cluster; the others join it. Resolves when the new one votes. */
  async add(disk: Disk = new MemoryDisk()): Promise<Member> {
    const id = this.members.length + 1;
    const info: MemberInfo = { id, name: `m${id}`, addrs: [`memory:${id}`] };
    const world = { clock: systemClock, random: seededRandom(id * 7_919 + systemRandom(1_000)), logger: silentLogger };
    if (id === 1) await bootstrap(disk, { clusterId: 'c', lineage: 'l', members: [info] }, world);
    const seeds = this.members.map((member) => member.info);
    const replica = await loadReplica({
      identity: { id, name: info.name },
      disk,
      network: this.links.network(id),
      settings: this.#settings,
      world,
      seeds,
    });
    const member = { info, replica, disk };
    if (id > 1) await (await this.leader()).replica.addMember(info);
    this.members.push(member);
    await until(`${info.name} votes`, () => replica.isVoter);
    await replica.caughtUp(5_000);
    return member;
  }

  async leader(among: readonly Member[] = this.members): Promise<Member> {
    let found: Member | undefined;
    await until('a leader', () => (found = among.find(({ replica }) => replica.isLeader)) !== undefined);
    return found as Member;
  }

  /** Waits until all have applied the same version. */
  async level(): Promise<number> {
    await until(
      'all members are level',
      () => new Set(this.members.map(({ replica }) => replica.store.version)).size === 1,
    );
    return this.members[0]?.replica.store.version ?? 0;
  }

  async close(): Promise<void> {
    await Promise.all(this.members.map(({ replica }) => replica.close()));
  }
}
