import {
  asksForVote,
  type ConfState,
  type Entry,
  MemoryStorage,
  type Message,
  type RaftConfig,
  RawNode,
  type Ready,
} from '../../src/raft/index.js';
import { bytesOf, textOfBytes, textOfEntries, textOfMessage } from './raft-text.js';

/** Something that a reader of a test wants to know of: what was sent, and what came of it. */
export interface Happening {
  readonly kind: 'message' | 'fact';
  readonly text: string;
}

export interface ClusterOptions {
  readonly members: ConfState;
  /** Who runs; those who are not members yet wait to be added. */
  readonly ids: readonly number[];
  readonly config?: Partial<RaftConfig>;
  /** The draw of a member's election timeout. By default member 3 draws 3. */
  readonly random?: (id: number, n: number) => number;
  readonly onHappening?: (happening: Happening) => void;
  /** Called while a Ready of this member is outstanding: whatever it does to the member is legal there. */
  readonly meanwhile?: (id: number) => void;
}

/** Where a member may crash while it handles a Ready. */
export type CrashPoint = 'before writing' | 'after writing' | 'after sending';

/** What a member's disk and application hold. The application is a list of payloads. */
export class ClusterMember {
  readonly storage = new MemoryStorage();
  node: RawNode;
  /** What was applied, entry by entry: `2.5 x`. Empty after a snapshot up to where that reached. */
  state: string[] = [];
  appliedIndex = 0;
  readonly id: number;
  readonly #config: (id: number) => RaftConfig;
  #before = '';

  constructor(id: number, members: ConfState, config: (id: number) => RaftConfig) {
    this.id = id;
    this.#config = config;
    this.storage.setConfState(members);
    this.node = this.#open();
  }

  /** Starts again from what is on disk: the newest snapshot and the log behind it. */
  restart(): void {
    const { metadata, data } = this.storage.snapshot();
    if (metadata.index > 0) this.storage.setConfState(metadata.confState);
    this.state = metadata.index > 0 ? (JSON.parse(textOfBytes(data)) as string[]) : [];
    this.appliedIndex = metadata.index;
    this.#before = '';
    this.node = this.#open();
  }

  /** Makes a snapshot of what is applied, and gives up the log before it but for `keep` entries. */
  snapshot(keep = 0): void {
    this.#capture();
    this.storage.compact(Math.max(this.appliedIndex - keep, 0));
  }

  persist(ready: Ready): void {
    if (ready.snapshot) this.storage.applySnapshot(ready.snapshot);
    this.storage.append(ready.entries);
    if (ready.hardState) this.storage.setHardState(ready.hardState);
  }

  apply(ready: Ready, meanwhile: () => void): void {
    if (ready.snapshot) {
      this.state = JSON.parse(textOfBytes(ready.snapshot.data)) as string[];
      this.appliedIndex = ready.snapshot.metadata.index;
    }
    for (const entry of ready.committedEntries) {
      meanwhile();
      if (entry.index !== this.appliedIndex + 1)
        throw new Error(`${this.id} is to apply ${entry.index} after ${this.appliedIndex}`);
      this.state.push(textOfEntries([entry]).slice(1, -1));
      this.appliedIndex = entry.index;
      if (entry.kind === 'confChange') this.node.applyConfChange(entry.change);
    }
  }

  /** The role, if it is another one than the last time. */
  news(): string | undefined {
    const { role, term, leader } = this.node.status();
    const now =
      role === 'leader'
        ? `leads term ${term}`
        : role === 'follower'
          ? leader === 0
            ? `follows nobody in term ${term}`
            : `follows ${leader} in term ${term}`
          : role === 'candidate'
            ? `campaigns in term ${term}`
            : `asks around in term ${term}`;
    const changed = now !== this.#before && (this.#before !== '' || role !== 'follower' || leader !== 0);
    this.#before = now;
    return changed ? `${this.id} ${now}` : undefined;
  }

  #capture(): void {
    const { confState } = this.node.status();
    if (this.storage.snapshot().metadata.index >= this.appliedIndex) return;
    this.storage.createSnapshot(this.appliedIndex, confState, bytesOf(JSON.stringify(this.state)));
  }

  /** A snapshot is made when it is asked for, of what is applied by then: it must know the peer that it is for. */
  #open(): RawNode {
    const { storage } = this;
    const view = {
      initialState: () => storage.initialState(),
      firstIndex: () => storage.firstIndex(),
      lastIndex: () => storage.lastIndex(),
      term: (index: number) => storage.term(index),
      entries: (lo: number, hi: number, max: number) => storage.entries(lo, hi, max),
      snapshot: () => {
        this.#capture();
        return storage.snapshot();
      },
    };
    return new RawNode({ ...this.#config(this.id), applied: this.appliedIndex }, view);
  }
}

/**
 * Members in one process, with a network whose every message waits to be delivered or dropped. No clock and no chance
 * of its own: the same commands give the same happenings.
 */
export class Cluster {
  readonly members = new Map<number, ClusterMember>();
  /** On their way, oldest first. */
  network: Message[] = [];
  readonly #cut = new Set<string>();
  readonly #options: ClusterOptions;

  constructor(options: ClusterOptions) {
    this.#options = options;
    for (const id of options.ids) this.members.set(id, this.#member(id));
  }

  member(id: number): ClusterMember {
    const member = this.members.get(id);
    if (!member) throw new Error(`there is no member ${id}`);
    return member;
  }

  node(id: number): RawNode {
    return this.member(id).node;
  }

  /** Does what every Ready of everyone asks for; what they send waits in the network. */
  work(): void {
    for (let busy = true; busy;) {
      busy = false;
      for (const id of this.members.keys()) busy = this.workOf(id) || busy;
    }
  }

  /** Handles what one member has ready. With `crash`, the member stops there and starts again. */
  workOf(id: number, crash?: CrashPoint): boolean {
    const member = this.member(id);
    const meanwhile = () => this.#options.meanwhile?.(id);
    let worked = false;
    while (member.node.hasReady()) {
      worked = true;
      const ready = member.node.ready();
      this.#tell(member.news());
      meanwhile();
      this.#send(ready.messages.filter((message) => !asksForVote(message)));
      if (crash === 'before writing') return this.#crashed(member);
      member.persist(ready);
      if (crash === 'after writing') return this.#crashed(member);
      this.#send(ready.messages.filter(asksForVote));
      this.#send(ready.messagesAfterPersist);
      if (crash === 'after sending') return this.#crashed(member);
      if (ready.snapshot) this.#tell(`${id} takes the snapshot of ${ready.snapshot.metadata.index}`);
      if (ready.committedEntries.length > 0) this.#tell(`${id} applies ${textOfEntries(ready.committedEntries)}`);
      member.apply(ready, meanwhile);
      meanwhile();
      for (const { index, context } of ready.readStates)
        this.#tell(`${id} may answer read ${textOfBytes(context)} at ${index}`);
      member.node.advance(ready);
    }
    this.#tell(member.news());
    return worked;
  }

  /** Ticks one member, and does what follows from it at once. */
  tick(id: number, times = 1): void {
    for (let i = 0; i < times; i++) {
      this.node(id).tick();
      this.work();
    }
  }

  /** Delivers until nothing is on its way. */
  deliver(): void {
    for (let count = 0; this.network.length > 0; count++) {
      if (count > 10_000) throw new Error('the members never stop talking');
      this.deliverOne(0);
    }
  }

  /** Delivers the message at this place in the network, or loses it where the way is cut. */
  deliverOne(at: number): void {
    const [message] = this.network.splice(at, 1);
    if (!message) return;
    const lost = this.isCut(message.from, message.to) || !this.members.has(message.to);
    this.#report(message, !lost);
    if (lost) return;
    this.node(message.to).step(message);
    this.work();
  }

  /** Lets a member hear what is on its way to it at this place, without doing what follows from it. */
  hear(at: number): void {
    const [message] = this.network.splice(at, 1);
    if (!message) return;
    this.#report(message, true);
    this.node(message.to).step(message);
  }

  /** Loses the message at this place. */
  dropOne(at: number): void {
    const [message] = this.network.splice(at, 1);
    if (message) this.#report(message, false);
  }

  /** Loses everything that is on its way to or from one member. */
  dropAllOf(id: number): void {
    const lost = this.network.filter(({ from, to }) => from === id || to === id);
    this.network = this.network.filter((message) => !lost.includes(message));
    for (const message of lost) this.#report(message, false);
  }

  cut(a: number, b: number): void {
    this.#cut.add(`${a}-${b}`).add(`${b}-${a}`);
  }

  isolate(id: number): void {
    for (const other of this.members.keys()) if (other !== id) this.cut(id, other);
  }

  heal(): void {
    this.#cut.clear();
  }

  isCut(from: number, to: number): boolean {
    return this.#cut.has(`${from}-${to}`);
  }

  restart(id: number): void {
    this.#crashed(this.member(id));
    this.work();
  }

  /** Adds a process that is not a member yet. Its disk knows the first configuration, as everyone's does. */
  start(id: number): void {
    this.members.set(id, this.#member(id));
  }

  leaders(): number[] {
    return [...this.members.keys()].filter((id) => this.node(id).status().role === 'leader');
  }

  entriesOf(id: number): readonly Entry[] {
    const { storage } = this.member(id);
    return storage.entries(storage.firstIndex(), storage.lastIndex() + 1, Infinity);
  }

  #crashed(member: ClusterMember): true {
    member.restart();
    this.#tell(`${member.id} starts again`);
    return true;
  }

  /** What a transport tells the sender of a snapshot: that it has arrived, or that it was lost. */
  #report(message: Message, arrived: boolean): void {
    if (message.type !== 'installSnapshot') return;
    this.members.get(message.from)?.node.reportSnapshot(message.to, arrived);
  }

  #send(messages: readonly Message[]): void {
    for (const message of messages) {
      this.#options.onHappening?.({ kind: 'message', text: textOfMessage(message) });
      this.network.push(message);
    }
  }

  #tell(text: string | undefined): void {
    if (text !== undefined) this.#options.onHappening?.({ kind: 'fact', text });
  }

  #member(id: number): ClusterMember {
    const { random = (who: number, n: number) => who % n, config } = this.#options;
    return new ClusterMember(id, this.#options.members, (who) => ({
      electionTicks: 10,
      heartbeatTicks: 1,
      ...config,
      id: who,
      random: (n) => random(who, n),
    }));
  }
}
