import type { EntryId } from '../raft/index.js';
import type { Reach } from './log-mark.js';
import type { Arrival, LogState } from './log-records.js';

/** Facts from each part of a directory, as far as they can be read. */
export interface Testimony {
  readonly ballot?: { readonly sequence: number; readonly term: number; readonly batches: number } | undefined;
  readonly mark?: Reach | undefined;
  /** The place in the log that the first entry follows. */
  readonly base?: EntryId | undefined;
  /** The last entry; the base when there is none. */
  readonly last?: EntryId | undefined;
  readonly state?: (LogState & { readonly batches: number }) | undefined;
  /** The newest; index 0 when there is none. */
  readonly snapshot?: (Arrival & { readonly batches: number }) | undefined;
  /** Term of the log's entry at the snapshot's index. */
  readonly termAtSnapshot?: number | undefined;
  /** Snapshot that the log announced as its replacement. */
  readonly arrival?: Arrival | undefined;
}

export interface Contradiction {
  /** The part that is wrong, when the others are right. */
  readonly part: 'ballot' | 'log' | 'snapshots';
  readonly what: string;
}

/** Finds whole parts of different times: an old copy, or a log that lost its end. Skips unknown ones. */
export function contradictions(testimony: Testimony): readonly Contradiction[] {
  const { ballot, mark, base, last, state, snapshot } = testimony;
  const found: Contradiction[] = [];
  const say = (part: Contradiction['part'], what: string) => found.push({ part, what });
  if (ballot && state && state.ballotSequence > ballot.sequence)
    say('ballot', 'the ballot is an old copy: this member may have voted since');
  if (base && snapshot && base.index > snapshot.index)
    say('snapshots', `the log begins after entry ${base.index} and the newest snapshot is of ${snapshot.index}`);
  const batches = Math.max(mark?.batches ?? 0, ballot?.batches ?? 0, snapshot?.batches ?? 0);
  if (state && state.batches < batches)
    say('log', `the log has ${state.batches} of at least ${batches} writes: its end is lost, or it is an old copy`);
  const reached = last && snapshot && Math.max(last.index, snapshot.index);
  if (mark && last && reached !== undefined && reached < mark.index)
    say('log', `the log ends at entry ${last.index} and had reached ${mark.index}`);
  if (state && last && reached !== undefined && reached < state.commit)
    say('log', `the log ends at entry ${last.index} and ${state.commit} was committed`);
  if (base && snapshot && base.index <= snapshot.index && !isCovered(testimony) && !isArriving(testimony))
    say(
      'log',
      `the log does not have entry ${snapshot.index}, which the snapshot ends with: one of them is an old copy`,
    );
  const lastTerm = Math.max(last?.term ?? 0, snapshot?.term ?? 0);
  if (ballot && lastTerm > ballot.term)
    say('ballot', `the ballot is of term ${ballot.term} and log or snapshot reach term ${lastTerm}`);
  return found;
}

/** Tells whether the log continues from the snapshot, or includes it. */
export function isCovered({ snapshot, termAtSnapshot }: Testimony): boolean {
  return snapshot?.index === 0 || snapshot?.term === termAtSnapshot;
}

/**
 * Tells whether a crash came between the two steps of installing it: the snapshot is published, and the log not yet
 * emptied.
 */
function isArriving({ snapshot, arrival }: Testimony): boolean {
  return (
    arrival !== undefined &&
    snapshot?.index === arrival.index &&
    snapshot.term === arrival.term &&
    snapshot.size === arrival.size &&
    snapshot.checksum === arrival.checksum
  );
}
