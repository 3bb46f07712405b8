import { expect } from 'vitest';
import type { Logger } from '../../src/base/log.js';
import { type Event, isStoreError, MemoryStore, type StoreErrorCode, type StoreOptions } from '../../src/index.js';
import { FakeClock } from './state-clock.js';

/** The code of the error that `promise` rejects with; fails the test when it does not. */
export async function codeOf(promise: Promise<unknown>): Promise<StoreErrorCode> {
  const error: unknown = await promise.then(
    (value) => expect.fail(`expected a rejection, got ${String(value)}`),
    (reason: unknown) => reason,
  );
  return codeOfError(error);
}

export function codeOfError(error: unknown): StoreErrorCode {
  if (!isStoreError(error)) throw error;
  return error.code;
}

/** The code of the error that `run` throws. */
export function thrownCode(run: () => unknown): StoreErrorCode {
  try {
    run();
  } catch (error) {
    return codeOfError(error);
  }
  return expect.fail('expected a StoreError');
}

/** An event in one line: `create node n1 @3`, `commit @3`. */
export function line(event: Event): string {
  if (event.action === 'commit') return `commit @${event.version}`;
  return `${event.action} ${event.kind} ${event.object.id} @${event.version}`;
}

/** Subscribes, and keeps what came. */
export function record(source: {
  subscribe(observer: { next(event: Event): void; error(error: unknown): void; complete(): void }): {
    unsubscribe(): void;
  };
}): { lines: string[]; events: Event[]; errors: unknown[]; completed: boolean; stop(): void } {
  const seen = { lines: [] as string[], events: [] as Event[], errors: [] as unknown[], completed: false };
  const subscription = source.subscribe({
    next(event) {
      seen.events.push(event);
      seen.lines.push(line(event));
    },
    error: (error) => seen.errors.push(error),
    complete: () => {
      seen.completed = true;
    },
  });
  return Object.assign(seen, { stop: () => subscription.unsubscribe() });
}

/** Has the promise settled, once everything that is due has run? */
export async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(
    () => (done = true),
    () => (done = true),
  );
  await flush();
  return done;
}

/** Lets every microtask run that is due. */
export function flush(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function newStore(options: StoreOptions = {}): { store: MemoryStore; clock: FakeClock; logged: string[] } {
  const clock = new FakeClock();
  const logged: string[] = [];
  const log = (message: string) => void logged.push(message);
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  return { store: new MemoryStore({ clock, logger, ...options }), clock, logged };
}

/** Reads `count` events. */
export async function take(events: AsyncIterator<Event>, count: number): Promise<string[]> {
  const lines: string[] = [];
  for (let i = 0; i < count; i++) {
    const next = await events.next();
    if (next.done) return [...lines, 'done'];
    lines.push(line(next.value));
  }
  return lines;
}
