import { defineKind, type SystemKind } from '../custom-kind.js';
import { objectOf } from '../object-of.js';
import { int, oneOfWords, text, uint } from '../schema.js';

/** States of an object in a work queue. */
export type QueuedState = 'ready' | 'claimed' | 'dead';

/** Fields of one object in a work queue. */
export interface QueuedBody {
  /** Name of the queue. */
  readonly queue: string;
  /** Kind of the object. */
  readonly kind: string;
  /** Id of the object. */
  readonly item: string;
  /** `ready` to be claimed, `claimed`, or `dead` after too many attempts. */
  readonly state: QueuedState;
  /** Moment from which it may be claimed, milliseconds since the epoch. */
  readonly at: number;
  /** Number of claims so far. */
  readonly attempts: number;
  /** Id of the lock of the claim; empty while it is not claimed. */
  readonly claim: string;
  /** Reason why the last attempt failed. */
  readonly error: string;
}

/** Values of the indexes of {@link queued}. */
export interface QueuedIndexes {
  /** Name of the queue. */
  readonly queue: string;
  /** Queue and moment of what is ready, in the order in which it is claimed. */
  readonly ready: string | undefined;
  /** Queue of what is claimed. */
  readonly claimed: string | undefined;
  /** Queue of what is dead. */
  readonly dead: string | undefined;
  /** Queue and id of the object: unique. */
  readonly object: string;
}

/** Value of the index `ready`: sorts by moment. */
export const readyKey = (queue: string, at: number): string => `${queue} ${String(Math.max(0, at)).padStart(16, '0')}`;

/** One object that waits in a work queue, or is being worked on. */
export const queued: SystemKind<QueuedBody, QueuedIndexes, 'queued'> = defineKind({
  name: 'queued',
  plural: 'queued',
  schema: objectOf<QueuedBody>()({
    queue: text(),
    kind: text(),
    item: text(),
    state: oneOfWords(['ready', 'claimed', 'dead'], 'ready'),
    at: int(),
    attempts: uint(),
    claim: text(),
    error: text(),
  }),
  indexes: {
    queue: (one) => one.queue,
    ready: (one) => (one.state === 'ready' ? readyKey(one.queue, one.at) : undefined),
    claimed: (one) => (one.state === 'claimed' ? one.queue : undefined),
    dead: (one) => (one.state === 'dead' ? one.queue : undefined),
    object: (one) => `${one.queue} ${one.item}`,
  },
  unique: ['object'],
  validate: ({ queue }) => (/^[\w.-]+$/.test(queue) ? undefined : 'queue must have letters, digits, ., - and _ only'),
});
