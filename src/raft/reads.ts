import { jointIndex, type JointVoters } from './quorum.js';
import type { LogIndex, NodeId } from './types.js';

/** Request to read: its sender, and the context to answer with. */
export interface ReadRequest {
  readonly from: NodeId;
  readonly context: Uint8Array;
}

interface PendingRead extends ReadRequest {
  /** Counts the reads of this leadership: 1, 2, 3, … */
  readonly position: number;
  /** The commit index when it was asked. */
  readonly index: LogIndex;
}

/**
 * Reads that wait for a quorum to confirm that we still lead (ReadIndex, Raft thesis §6.4).
 *
 * Heartbeats carry a position of ours, not the caller's context: a context that is used twice, or an answer to an older
 * round, must not confirm a newer read.
 */
export class PendingReads {
  #queue: PendingRead[] = [];
  #position = 0;
  readonly #acked = new Map<NodeId, number>();

  add(index: LogIndex, { from, context }: ReadRequest): void {
    this.#queue.push({ from, context, position: ++this.#position, index });
  }

  /** Returns the context of the next heartbeat, so that its answers count; `undefined` without waiting reads. */
  context(): Uint8Array | undefined {
    const last = this.#queue.at(-1);
    return last && encodePosition(last.position);
  }

  acked(id: NodeId, context: Uint8Array): void {
    this.#acked.set(id, Math.max(this.#acked.get(id) ?? 0, decodePosition(context)));
  }

  /** Takes out the reads that a quorum has confirmed; `self` always agrees. */
  confirmed(voters: JointVoters, self: NodeId): readonly PendingRead[] {
    const upTo = jointIndex(voters, (id) => (id === self ? Infinity : this.#acked.get(id)));
    const count = this.#queue.findIndex(({ position }) => position > upTo);
    return this.#queue.splice(0, count < 0 ? this.#queue.length : count);
  }
}

function encodePosition(position: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(position));
  return bytes;
}

/** 0, which confirms nothing, for what we did not write. */
function decodePosition(context: Uint8Array): number {
  if (context.length !== 8) return 0;
  return Number(new DataView(context.buffer, context.byteOffset, 8).getBigUint64(0));
}
