import { locks, queued, readyKey } from '../../kinds/index.js';
import type { QueuedRecord, QueuePorts } from './ports.js';

/** Objects that are looked at for one claim: several, because other processes claim too. */
const lookedAt = 16;

/** Prefix of the names of the locks of a queue. */
export const lockPrefix = (queue: string): string => `queue ${queue} `;

/** Objects that can be claimed now. */
export interface Candidates {
  /** In the order in which they should be claimed. */
  readonly records: readonly QueuedRecord[];
  /** Locks of claims by id of the object's place, of this lease. */
  readonly version: number;
  /** Moment from which the next one can be claimed, when there is none now. */
  readonly nextAt: number | undefined;
}

/** Looks for what is ready. */
export async function readyOnes(
  { client, clock }: QueuePorts,
  queue: string,
  signal?: AbortSignal,
): Promise<Candidates> {
  const where = { indexes: [{ index: 'ready', prefix: `${queue} ` }] };
  const { objects, version } = await client.list(queued, where, { limit: lookedAt, signal });
  const now = clock.now();
  const records = objects.filter(({ at }) => at <= now);
  const [first] = objects;
  return { records, version, nextAt: records.length === 0 ? first?.at : undefined };
}

/** Finds objects that are claimed although their lock is gone: by a worker that died, or by this lease without its knowing. */
export async function leftOnes(
  { client }: QueuePorts,
  queue: string,
  own: { readonly lease: string; readonly held: ReadonlySet<string> },
  signal?: AbortSignal,
): Promise<{ readonly orphans: readonly QueuedRecord[]; readonly ours: readonly QueuedRecord[] }> {
  // First the claims, then the locks: a lock that is not there any more will not come back.
  const claimed = await client.list(queued, { indexes: [{ index: 'claimed', is: queue }] }, { signal });
  if (claimed.objects.length === 0) return { orphans: [], ours: [] };
  const found = await client.list(locks, { indexes: [{ index: 'lock', prefix: lockPrefix(queue) }] }, { signal });
  const byId = new Map(found.objects.map((lock) => [lock.id, lock]));
  const orphans = claimed.objects.filter(({ claim }) => !byId.has(claim));
  const ours = claimed.objects.filter(({ id, claim }) => byId.get(claim)?.lease === own.lease && !own.held.has(id));
  const first = (a: QueuedRecord, b: QueuedRecord) => a.at - b.at;
  return { orphans: [...orphans].sort(first), ours };
}

/** Tells whether something of the queue is ready at this moment, by its index. */
export const isReady = (record: QueuedRecord, now: number): boolean =>
  record.state === 'ready' && readyKey(record.queue, record.at) <= readyKey(record.queue, now);
