import type { Cancel } from './clock.js';

interface Waiting {
  readonly all: Set<() => void>;
  readonly tell: () => void;
}

const waiting = new WeakMap<AbortSignal, Waiting>();

/**
 * Calls `run` when `signal` aborts, at once when it already has. Returns a function that removes the listener.
 *
 * A signal compares each new listener with all existing ones, and Node warns of more than ten. So each signal gets one
 * listener from this module, however many callers wait for it.
 */
export function onAbort(signal: AbortSignal, run: () => void): Cancel {
  if (signal.aborted) {
    run();
    return () => undefined;
  }
  const { all, tell } = waitingFor(signal);
  const mine = () => run(); // the same function may wait twice
  all.add(mine);
  return () => {
    if (!all.delete(mine) || all.size > 0) return;
    signal.removeEventListener('abort', tell);
    waiting.delete(signal);
  };
}

function waitingFor(signal: AbortSignal): Waiting {
  const known = waiting.get(signal);
  if (known) return known;
  const all = new Set<() => void>();
  const tell = () => {
    waiting.delete(signal);
    for (const run of all) run();
  };
  const made = { all, tell };
  waiting.set(signal, made);
  signal.addEventListener('abort', tell, { once: true });
  return made;
}
