import type { Clock } from '../../base/clock.js';
import { refuseUnknown } from '../../base/options.js';
import { systemRandom } from '../../base/random.js';
import { isStoreErrorOf, type StoreErrorCode } from '../../base/store-error.js';
import { pause } from '../../base/waiting.js';
import { KindSet, type Tx } from '../../kinds/index.js';
import { type Draft, makeDraft, type ObjectChange } from '../../state/index.js';
import type { messages } from '../../wire/index.js';
import type { Client, WriteOptions } from '../client.js';
import { changeOf } from '../requests.js';
import { RemoteReads } from './reads.js';

/** Options of {@link Client.transaction}. */
export interface TransactionOptions extends WriteOptions {
  /** Most attempts while other writers change what the transaction reads. Default 10. */
  readonly attempts?: number;
}

const attemptsDefault = 10;
/** Bounds of the wait before another attempt, milliseconds: each may be twice as long as the one before. */
const [againFirstMs, againMostMs] = [10, 1_000];

/** The circumstances of all attempts of one transaction. */
interface Running {
  readonly client: Client;
  readonly clock: Clock;
  readonly kinds: KindSet;
  readonly options: WriteOptions;
}

/** Runs a transaction on a remote store. @see Client.transaction */
export async function runTransaction<T>(
  client: Client,
  clock: Clock,
  write: (tx: Tx) => T,
  options: TransactionOptions,
): Promise<T> {
  refuseUnknown('transaction', options, ['attempts', 'actor', 'reason', 'requestId', 'signal']);
  const { attempts = attemptsDefault, ...rest } = options;
  if (!(Number.isSafeInteger(attempts) && attempts >= 1)) throw new TypeError('attempts must be a whole number from 1');
  const running: Running = { client, clock, kinds: new KindSet(), options: rest };
  const { signal } = options;
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await attemptOnce(running, write);
    } catch (error) {
      if (!(error instanceof Outdated)) throw error;
      if (attempt >= attempts) throw error.cause;
      const most = Math.min(againMostMs, againFirstMs * 2 ** attempt);
      await pause(clock, 1 + systemRandom(most), signal);
    }
  }
}

/** Says that something which was read has changed: another attempt may be luckier. */
class Outdated extends Error {}

async function attemptOnce<T>(running: Running, write: (tx: Tx) => T): Promise<T> {
  const reads = new RemoteReads(running.kinds);
  const outcome = await orOutdated(draft(running, reads, write));
  const { client, options } = running;
  const conditions = { conditions: reads.conditions, lookups: reads.lookups };
  // One read alone is of one moment; several are when all of them still hold.
  const certain = conditions.conditions.length + conditions.lookups.length <= 1;
  if ('error' in outcome) {
    if (!certain) await orOutdated(client.apply([], { ...conditions, signal: options.signal }));
    throw outcome.error;
  }
  const { value, changes, seal } = outcome.draft;
  if (changes.length === 0) {
    if (!certain) await orOutdated(client.apply([], { ...conditions, signal: options.signal }));
    return value;
  }
  const { version, time } = await orOutdated(client.apply(changes.map(wireChange), { ...conditions, ...options }), [
    'CONDITION_FAILED',
    'NAME_CONFLICT', // it was free when the callback asked
  ]);
  seal({ version, time });
  return value;
}

type Outcome<T> = { readonly draft: Draft<T> } | { readonly error: unknown };

/** Runs the callback until it has all that it reads. */
async function draft<T>(running: Running, reads: RemoteReads, write: (tx: Tx) => T): Promise<Outcome<T>> {
  const { client, clock, kinds, options } = running;
  const drafting = { kinds, reads, newId: () => reads.newId(), time: clock.now() };
  for (;;) {
    options.signal?.throwIfAborted();
    reads.begin();
    let outcome: Outcome<T>;
    try {
      outcome = { draft: makeDraft(reads.state.root, drafting, write) };
    } catch (error) {
      outcome = { error };
    }
    // The callback may have caught what was thrown through it: it went on without knowing what it read.
    const { missing } = reads;
    if (!missing) return outcome;
    await missing.fetch(client, { signal: options.signal });
  }
}

async function orOutdated<T>(promise: Promise<T>, codes: readonly StoreErrorCode[] = ['CONDITION_FAILED']): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    if (isStoreErrorOf(error, codes)) throw new Outdated(error.message, { cause: error });
    throw error;
  }
}

/** A change of a draft as `Apply` takes it. */
export function wireChange({ action, kind, object }: ObjectChange): messages.Change {
  return action === 'delete' ? { op: 'remove', kind, id: object.id } : changeOf(action, kind, object);
}
