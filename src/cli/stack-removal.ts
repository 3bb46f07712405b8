import type { Clock } from '../base/clock.js';
import { isStoreError } from '../base/store-error.js';
import { pause } from '../base/waiting.js';
import type { Client, messages, WriteOptions } from '../client/index.js';
import { stackLabel } from '../compose/index.js';

/** An object of a stack that a removal takes away. */
export interface StackObject {
  readonly kind: 'service' | 'secret' | 'config' | 'network';
  readonly id: string;
  readonly name: string;
}

/** Interval at which objects are tried again that tasks still use, ms. */
const againMs = 300;

/** Finds everything that has the label of the stack. */
export async function stackObjects(client: Client, stack: string): Promise<StackObject[]> {
  const found: StackObject[] = [];
  for (const kind of ['service', 'secret', 'config', 'network'] as const) {
    const { objects } = await client.list(kind);
    for (const { id, spec } of objects)
      if (spec.annotations.labels[stackLabel] === stack) found.push({ kind, id, name: spec.annotations.name });
  }
  return found;
}

/** Removal of a stack: what is gone, and what was still in use at the end. */
export interface Removal {
  readonly removed: readonly StackObject[];
  readonly left: readonly StackObject[];
  /** Reason for which the first of them is left. */
  readonly because?: string;
}

/**
 * Removes the services of a stack, and then what they used, as soon as their tasks have ended. Objects that other services
 * use stay.
 */
export async function removeStack(
  client: Client,
  objects: readonly StackObject[],
  { clock, limitMs, said, signal }: { clock: Clock; limitMs: number; said: WriteOptions; signal: AbortSignal },
): Promise<Removal> {
  const services = objects.filter(({ kind }) => kind === 'service');
  if (services.length > 0) await client.apply(services.map(removalOf), said);
  const removed = [...services];
  let left = objects.filter(({ kind }) => kind !== 'service');
  const until = clock.monotonic() + limitMs;
  for (;;) {
    let because: string | undefined;
    const stuck: StackObject[] = [];
    for (const object of left) {
      const refusal = await tryRemoval(client, object, said);
      if (refusal === undefined) removed.push(object);
      else stuck.push(object);
      because ??= refusal;
    }
    left = stuck;
    if (left.length === 0) return { removed, left };
    if (clock.monotonic() >= until || signal.aborted) return { removed, left, ...(because && { because }) };
    await pause(clock, againMs, signal);
  }
}

const removalOf = ({ kind, id }: StackObject): messages.Change => ({ op: 'remove', kind, id });

/** Removes an object, or returns the reason for which it is in use. One that is gone is no error. */
async function tryRemoval(client: Client, { kind, id }: StackObject, said: WriteOptions): Promise<string | undefined> {
  try {
    await client.remove(kind, id, said);
    return undefined;
  } catch (error) {
    if (isStoreError(error, 'IN_USE')) return error.message.replace(/^IN_USE: /, '');
    if (isStoreError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}
