import type { messages } from '../wire/index.js';
import type { MemberInfo } from './status.js';

// Agreement on the first state of a cluster: single-decree Paxos ("Paxos Made Simple", Lamport 2001, §2.2) among
// members with the same list of peers. Pure: the caller writes the record down before the answer leaves.
//
// @see docs/design/formation.md

export type Genesis = messages.Genesis;
export type FormationBallot = messages.FormationBallot;

/** Durable state of a member: if it were lost, two clusters could begin. */
export interface FormationRecord {
  readonly promised?: FormationBallot;
  readonly accepted?: { readonly at: FormationBallot; readonly genesis: Genesis };
}

/** Step of the agreement: the record to write first, if it changed, and whether the request is granted. */
export interface FormationStep {
  readonly record: FormationRecord;
  readonly granted: boolean;
}

export function compareBallots(a: FormationBallot, b: FormationBallot): number {
  return a.round - b.round || a.by - b.by;
}

/** Promises to accept nothing below `ballot`, unless a higher ballot was promised already. */
export function promise(record: FormationRecord, ballot: FormationBallot): FormationStep {
  if (record.promised && compareBallots(ballot, record.promised) < 0) return { record, granted: false };
  return { record: { ...record, promised: ballot }, granted: true };
}

/** Accepts a genesis, unless a higher ballot was promised. */
export function accept(record: FormationRecord, ballot: FormationBallot, genesis: Genesis): FormationStep {
  if (record.promised && compareBallots(ballot, record.promised) < 0) return { record, granted: false };
  return { record: { promised: ballot, accepted: { at: ballot, genesis } }, granted: true };
}

/** The genesis that must be proposed because it may be chosen already; `undefined` when the proposer is free. */
export function bound(
  promises: readonly { readonly acceptedAt?: FormationBallot; readonly genesis?: Genesis }[],
): Genesis | undefined {
  let highest: { at: FormationBallot; genesis: Genesis } | undefined;
  for (const { acceptedAt: at, genesis } of promises)
    if (at && genesis && (!highest || compareBallots(at, highest.at) > 0)) highest = { at, genesis };
  return highest?.genesis;
}

/** More than half of a list of peers. */
export const majorityOf = (peers: readonly string[]): number => Math.floor(peers.length / 2) + 1;

/** Normal form of the list of peers, equal on all members: sorted, each address once. */
export const normalPeers = (peers: readonly string[]): readonly string[] => [...new Set(peers)].sort();

/** Tells whether this member is one of the first voters. */
export const isFounder = ({ members }: Genesis, { id }: MemberInfo): boolean =>
  members.some((member) => member.id === id);
