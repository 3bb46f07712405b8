import {
  type Entry,
  MemoryStorage,
  type Message,
  type MessageType,
  type RaftConfig,
  RawNode,
  type Ready,
  type Storage,
} from '../../src/raft/index.js';
import { bytesOf, parseConfState, textOfEntry, textOfMessage } from './raft-text.js';

/** How a member begins: what its disk holds, and how it is configured where that differs from the plain defaults. */
export interface Beginning extends Partial<RaftConfig> {
  /** As `1 2 3 learners 4`. */
  readonly members?: string;
  /** The terms of the entries of the log, as `1 1 2`. They begin behind the snapshot. */
  readonly log?: string;
  readonly term?: number;
  readonly vote?: number;
  readonly commit?: number;
  /** What the log begins behind, as `1.3`; its configuration is `members`. */
  readonly snapshot?: string;
  /** Stands between the core and the memory, for storages with a temper of their own. */
  readonly wrap?: (storage: MemoryStorage) => Storage;
}

export function parseId(text: string): { term: number; index: number } {
  const [term, index] = text.split('.').map(Number);
  return { term: term as number, index: index as number };
}

/** Entries behind `before` with these terms: `entriesAfter(3, '2 2')` are 2.4 and 2.5. */
export function entriesAfter(before: number, terms: string): Entry[] {
  const words = terms.split(/\s+/).filter((it) => it !== '');
  return words.map((word, i) => {
    const index = before + 1 + i;
    return { kind: 'normal', term: Number(word), index, data: bytesOf(`e${index}`) };
  });
}

/** One member with its disk, without a network: what it sends is kept here to be looked at. */
export class Member {
  readonly storage = new MemoryStorage();
  readonly node: RawNode;
  readonly id: number;
  /** Everything that was sent and not yet taken. */
  sent: Message[] = [];
  readonly applied: Entry[] = [];
  readonly reads: { index: number; context: Uint8Array }[] = [];

  constructor(beginning: Beginning = {}) {
    const { members = '1 2 3', log = '', term, vote = 0, commit = 0, snapshot, wrap, ...config } = beginning;
    const confState = parseConfState(members);
    if (snapshot) {
      const metadata = { ...parseId(snapshot), confState };
      this.storage.applySnapshot({ metadata, data: bytesOf(`state ${snapshot}`) });
    } else {
      this.storage.setConfState(confState);
    }
    const before = snapshot ? parseId(snapshot) : { term: 0, index: 0 };
    const entries = entriesAfter(before.index, log);
    this.storage.append(entries);
    const lastTerm = entries.at(-1)?.term ?? before.term;
    this.storage.setHardState({ term: term ?? lastTerm, vote, commit: Math.max(commit, before.index) });
    this.id = config.id ?? 1;
    this.node = new RawNode(
      { id: this.id, electionTicks: 10, heartbeatTicks: 1, random: () => 0, ...config },
      wrap ? wrap(this.storage) : this.storage,
    );
  }

  /** Does what a Ready asks for, up to and including `advance`. */
  handle(ready: Ready): Ready {
    this.persist(ready);
    this.sent.push(...ready.messages, ...ready.messagesAfterPersist);
    this.reads.push(...ready.readStates);
    for (const entry of ready.committedEntries) {
      this.applied.push(entry);
      if (entry.kind === 'confChange') this.node.applyConfChange(entry.change);
    }
    this.node.advance(ready);
    return ready;
  }

  persist(ready: Ready): void {
    if (ready.snapshot) this.storage.applySnapshot(ready.snapshot);
    this.storage.append(ready.entries);
    if (ready.hardState) this.storage.setHardState(ready.hardState);
  }

  /** Handles everything that is ready, and takes what was sent since the last time. */
  drain(): Message[] {
    while (this.node.hasReady()) this.handle(this.node.ready());
    return this.sent.splice(0);
  }

  /** As {@link drain}, in words; with `types`, only those. */
  says(...types: MessageType[]): string[] {
    const wanted = (message: Message) => types.length === 0 || types.includes(message.type);
    return this.drain().filter(wanted).map(textOfMessage);
  }

  tick(times = 1): this {
    for (let i = 0; i < times; i++) this.node.tick();
    return this;
  }

  /** Hears a message; `to` is this member and `term` its current one, unless said. */
  hears(message: Spoken): this {
    this.node.step({ to: this.id, term: this.node.status().term, ...message });
    return this;
  }

  /** Campaigns and gets the votes of `voters`, and has written the first entry of its term. */
  lead(...voters: number[]): this {
    this.node.campaign();
    this.drain();
    for (const from of voters) this.hears({ type: 'requestVoteResponse', from, granted: true });
    this.drain();
    return this;
  }

  /** A peer says that it has everything up to `index`. */
  acked(from: number, index: number): this {
    return this.hears({ type: 'appendEntriesResponse', from, index, rejected: false });
  }

  propose(...payloads: string[]): ReturnType<RawNode['propose']> {
    return this.node.propose(...payloads.map(bytesOf));
  }

  get status() {
    return this.node.status();
  }

  /** The log on disk: the terms behind the snapshot. */
  get terms(): string {
    const { storage } = this;
    const entries = storage.entries(storage.firstIndex(), storage.lastIndex() + 1, Infinity);
    return entries.map(({ term }) => term).join(' ');
  }

  get appliedText(): string[] {
    return this.applied.map(textOfEntry);
  }

  progress(id: number) {
    const progress = this.status.progress?.get(id);
    if (!progress) throw new Error(`${this.id} keeps no progress of ${id}`);
    return progress;
  }
}

export type Spoken = Message extends infer M
  ? M extends Message
    ? Omit<M, 'to' | 'term'> & { readonly to?: number; readonly term?: number }
    : never
  : never;

/** An append from `from`: `append(2, '1.3', '2 2', 3)` is term 2, behind 1.3, two entries, leader's commit index 3. */
export function append(term: number, after: string, terms: string, leaderCommit = 0, from = 2): Spoken {
  const prev = parseId(after);
  const entries = entriesAfter(prev.index, terms);
  return { type: 'appendEntries', from, term, prevLogIndex: prev.index, prevLogTerm: prev.term, entries, leaderCommit };
}
