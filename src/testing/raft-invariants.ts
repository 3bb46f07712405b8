import { bytesEqual } from '../base/plain.js';
import type { ConfChange, ConfState, Entry, EntryId, Message, Ready, Role, Status } from '../raft/index.js';
import type { StoredState } from '../replica/index.js';
import type { SimDisk } from './sim-disk.js';

/** A promise of the system was broken. */
export class Violation extends Error {
  /** Rule that does not hold. */
  readonly invariant: string;

  constructor(invariant: string, message: string) {
    super(`${invariant}: ${message}`);
    this.name = 'Violation';
    this.invariant = invariant;
  }
}

/** Log of one process of a member, as its Readys say. */
interface LogMirror {
  base: EntryId;
  entries: Entry[];
  term: number;
  commit: number;
  applied: number;
  role: Role;
  /** The last membership change that it has applied. */
  configAt: number;
}

export interface RaftCounts {
  leaders: number;
  conflicts: number;
  configs: number;
}

/**
 * The safety of raft, seen from outside: what members say to each other, what their Readys hold, and what is on their
 * disks. Every check costs as much as what has just happened, not as much as the log.
 * @see the Raft thesis, figure 3.2
 */
export class RaftInvariants {
  readonly counts: RaftCounts = { leaders: 0, conflicts: 0, configs: 0 };
  readonly #disks: ReadonlyMap<number, SimDisk>;
  readonly #logs = new Map<number, LogMirror>();
  readonly #leaders = new Map<number, number>();
  /** Entries and the term of the one before each, by term, then by index. */
  readonly #entries = new Map<number, Map<number, { readonly entry: Entry; readonly before: number }>>();
  readonly #committed = new Map<number, Entry>();
  /** Furthest entry whose commitment was seen in a term, by term. */
  readonly #committedIn = new Map<number, EntryId>();
  readonly #votes = new Map<string, number>();
  /** Configurations, by the index of the entry that made each. */
  readonly #configs = new Map<number, string>();
  readonly #voters: Set<number>;
  readonly #learners = new Set<number>();

  constructor(disks: ReadonlyMap<number, SimDisk>, voters: readonly number[]) {
    this.#disks = disks;
    this.#voters = new Set(voters);
  }

  /** A process has read its disk. */
  onLoad(id: number, { hardState, snapshot, before, entries }: StoredState): void {
    const { index, term } = snapshot.metadata;
    this.#logs.set(id, {
      base: before,
      entries: [...entries],
      term: hardState.term,
      commit: hardState.commit,
      applied: index,
      role: 'follower',
      configAt: 0,
    });
    if (term > hardState.term) throw new Violation('MonotonicTermCommitApplied', `member ${id} forgot its term`);
  }

  onBallot(id: number, { term, vote }: { readonly term: number; readonly vote: number }): void {
    const known = this.#votes.get(`${id} ${term}`);
    if (known !== undefined && known !== 0 && known !== vote)
      throw new Violation('VoteOnce', `member ${id} voted in term ${term} for ${known} and for ${vote}`);
    this.#votes.set(`${id} ${term}`, vote);
  }

  /** Checks a Ready before it is carried out. `confState` is the configuration that the member has applied. */
  onReady(id: number, ready: Ready, confState: () => ConfState): void {
    const log = this.#logs.get(id);
    if (!log) return;
    const committed = log.commit; // what comes with this Ready may replace what was not
    this.#takeHardState(id, log, ready);
    if (ready.softState) log.role = ready.softState.role;
    if (ready.softState?.role === 'leader') this.#elected(id, log);
    if (ready.snapshot) {
      const { index, term } = ready.snapshot.metadata;
      log.base = { index, term };
      log.entries = [];
      log.applied = index;
      log.configAt = 0; // it may know of changes that this member has not seen
    }
    this.#append(id, log, ready.entries, committed);
    if (log.role === 'leader' && log.commit > committed && termAt(log, log.commit) !== log.term)
      throw new Violation(
        'LeaderCompleteness',
        `leader ${id} commits entry ${log.commit} of an older term by counting (§5.4.2)`,
      );
    let news: Entry | undefined;
    for (const entry of ready.committedEntries) if (this.#commit(id, log, entry)) news = entry;
    if (news) this.#checkDurable(news, confState());
  }

  /** Checks that the configuration is what all committed changes make. */
  onApplied(id: number, { confState, applied, commit }: Pick<Status, 'confState' | 'applied' | 'commit'>): void {
    const log = this.#logs.get(id);
    // A snapshot that has been accepted and not yet handed out counts already.
    if (!log || log.configAt === 0 || applied < log.configAt || commit > log.commit) return;
    const expected = this.#configs.get(log.configAt);
    if (expected === undefined) return;
    const { voters, learners } = confState;
    const told = `voters ${ascending(voters)}, learners ${ascending(learners)}`;
    if (told !== expected)
      throw new Violation(
        'ConfigSafety',
        `after entry ${log.configAt} member ${id} has ${told}; the log says ${expected}`,
      );
  }

  /** Checks a message: it may not say more than is on its sender's disk. */
  onSend(message: Message): void {
    const { from, term } = message;
    const disk = this.#disks.get(from);
    if (!disk) return;
    switch (message.type) {
      case 'appendEntries':
      case 'heartbeat':
      case 'installSnapshot':
      case 'timeoutNow':
        this.#leads(from, term);
        return;
      case 'requestVote':
        this.#checkBallot(disk, from, term, from);
        return;
      case 'requestVoteResponse':
        if (message.granted) this.#checkBallot(disk, from, term, message.to);
        return;
      case 'appendEntriesResponse': {
        const ballot = disk.durableBallot;
        if (ballot && ballot.term < term)
          throw new Violation(
            'CommittedIsDurable',
            `member ${from} answers in term ${term} and has ${ballot.term} on disk`,
          );
        // Of an older term: a later leader may have replaced the entry meanwhile, and whom it elected has what was committed.
        const current = ballot?.term === term;
        if (current && !message.rejected && message.index > 0 && disk.durableTermAt(message.index) === 0)
          throw new Violation(
            'CommittedIsDurable',
            `member ${from} acknowledges entry ${message.index} before it is on disk`,
          );
        return;
      }
      default:
    }
  }

  #leads(id: number, term: number): void {
    const other = this.#leaders.get(term);
    if (other === undefined) this.#leaders.set(term, id);
    else if (other !== id)
      throw new Violation('ElectionSafety', `members ${other} and ${id} both lead in term ${term}`);
  }

  #checkBallot(disk: SimDisk, id: number, term: number, vote: number): void {
    const ballot = disk.durableBallot;
    if (!ballot) return;
    const kept = ballot.term > term || (ballot.term === term && ballot.vote === vote);
    if (!kept)
      throw new Violation(
        'VoteOnce',
        `member ${id} speaks of its vote for ${vote} in term ${term}; on disk are term ${ballot.term}, vote ${ballot.vote}`,
      );
  }

  #takeHardState(id: number, log: LogMirror, { hardState }: Ready): void {
    if (!hardState) return;
    const { term, commit } = hardState;
    if (term < log.term || commit < log.commit)
      throw new Violation(
        'MonotonicTermCommitApplied',
        `member ${id} went back from term ${log.term}, commit ${log.commit} to ${term}, ${commit}`,
      );
    log.term = term;
    log.commit = commit;
  }

  /** LeaderCompleteness: each leader has all entries that were committed in earlier terms. */
  #elected(id: number, log: LogMirror): void {
    this.counts.leaders++;
    this.#leads(id, log.term);
    for (const [term, { index, term: of }] of this.#committedIn) {
      if (term >= log.term) continue;
      const own = termAt(log, index);
      if (own !== of && index > log.base.index)
        throw new Violation(
          'LeaderCompleteness',
          `member ${id} leads in term ${log.term} without entry ${index} of term ${of}, committed in term ${term}`,
        );
    }
  }

  #append(id: number, log: LogMirror, entries: readonly Entry[], committed: number): void {
    const first = entries[0];
    if (!first) return;
    const end = log.base.index + log.entries.length;
    if (first.index <= end) {
      this.counts.conflicts++;
      if (log.role === 'leader')
        throw new Violation('LeaderAppendOnly', `leader ${id} replaces its entries from ${first.index} on`);
      if (first.index <= committed && first.term !== termAt(log, first.index))
        throw new Violation('StateMachineSafety', `member ${id} replaces the committed entry ${first.index}`);
    }
    if (log.role === 'leader') this.#checkOneChange(id, log, entries);
    let before = termAt(log, first.index - 1) ?? 0;
    for (const entry of entries) {
      this.#match(entry, before);
      before = entry.term;
    }
    const kept = Math.max(0, first.index - log.base.index - 1);
    if (kept < log.entries.length) log.entries.length = kept;
    for (const entry of entries) log.entries.push(entry);
  }

  /** Raft thesis §4.1: no membership change while another one is not applied. */
  #checkOneChange(id: number, log: LogMirror, entries: readonly Entry[]): void {
    const change = entries.find(({ kind }) => kind === 'confChange');
    if (!change) return;
    const waiting = log.entries.slice(Math.max(0, log.applied - log.base.index));
    const other = [...waiting, ...entries].find((entry) => entry.kind === 'confChange' && entry.index < change.index);
    const twice = entries.filter(({ kind }) => kind === 'confChange').length > 1;
    if (other || twice)
      throw new Violation(
        'ConfigSafety',
        `leader ${id} begins change ${change.index} while ${other?.index} is under way`,
      );
  }

  /** LogMatching, step by step: the same index and term is the same entry after the same entry. */
  #match(entry: Entry, before: number): void {
    let ofTerm = this.#entries.get(entry.term);
    if (!ofTerm) {
      ofTerm = new Map<number, { readonly entry: Entry; readonly before: number }>();
      this.#entries.set(entry.term, ofTerm);
    }
    const known = ofTerm.get(entry.index);
    if (!known) {
      ofTerm.set(entry.index, { entry, before });
      return;
    }
    if (known.before !== before || !sameEntry(known.entry, entry))
      throw new Violation(
        'LogMatching',
        `two entries ${entry.index} of term ${entry.term} differ, or what is before them`,
      );
  }

  /** Returns true at its first commit on any member. */
  #commit(id: number, log: LogMirror, entry: Entry): boolean {
    if (entry.index !== log.applied + 1)
      throw new Violation('MonotonicTermCommitApplied', `member ${id} applies ${entry.index} after ${log.applied}`);
    log.applied = entry.index;
    if (entry.kind === 'confChange') log.configAt = entry.index;
    const known = this.#committed.get(entry.index);
    if (known) {
      if (!sameEntry(known, entry))
        throw new Violation('StateMachineSafety', `member ${id} applies another entry ${entry.index} than others did`);
      return false;
    }
    this.#committed.set(entry.index, entry);
    this.#committedIn.set(log.term, { index: entry.index, term: entry.term });
    if (entry.kind === 'confChange') this.#change(entry.index, entry.change);
    return true;
  }

  #change(index: number, { changes }: ConfChange): void {
    for (const { type, nodeId } of changes) {
      if (type === 'update') continue;
      this.#voters.delete(nodeId);
      this.#learners.delete(nodeId);
      if (type === 'addVoter') this.#voters.add(nodeId);
      if (type === 'addLearner') this.#learners.add(nodeId);
    }
    this.counts.configs++;
    this.#configs.set(index, `voters ${ascending(this.#voters)}, learners ${ascending(this.#learners)}`);
  }

  /** Checks that a committed entry is on the disks of a majority, of both halves when the configuration is joint. */
  #checkDurable({ index, term }: Entry, { voters, votersOutgoing }: ConfState): void {
    for (const half of [voters, votersOutgoing]) {
      if (half.length === 0) continue;
      const holders = half.filter((id) => {
        const durable = this.#disks.get(id)?.durableTermAt(index);
        return durable === 'covered' || durable === term;
      });
      if (holders.length * 2 <= half.length)
        throw new Violation(
          'CommittedIsDurable',
          `entry ${index} is committed and on the disks of ${holders.join(', ') || 'no member'} of ${half.join(', ')}`,
        );
    }
  }
}

function termAt({ base, entries }: LogMirror, index: number): number | undefined {
  return index === base.index ? base.term : entries[index - base.index - 1]?.term;
}

const ascending = (ids: Iterable<number>) => [...ids].sort((a, b) => a - b).join(' ');

function sameEntry(a: Entry, b: Entry): boolean {
  if (a === b) return true;
  if (a.index !== b.index || a.term !== b.term || a.kind !== b.kind) return false;
  if (a.kind === 'normal' && b.kind === 'normal') return a.data === b.data || bytesEqual(a.data, b.data);
  return JSON.stringify(a) === JSON.stringify(b);
}
