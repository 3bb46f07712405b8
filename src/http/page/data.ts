import { useEffect, useRef, useState } from 'preact/hooks';
import type { ErrorShape, StreamTransactionShape } from '../shapes.js';
import { onChange } from './live.js';

/** Data of a path, as far as it has been read. */
export interface Data<T> {
  readonly value: T | undefined;
  readonly error: string | undefined;
  /** Reads it again. */
  readonly again: () => void;
}

/** Shortest time between two reads of the same data, milliseconds. */
const restMs = 250;

interface Freshness {
  /** Kinds whose changes make the data old; absent for all. */
  readonly kinds?: readonly string[];
  /** Interval at which it is read anyway, milliseconds. */
  readonly everyMs?: number;
}

/** Reads JSON, and reads it again when objects that it is about change. */
export function useData<T>(path: string, { kinds, everyMs }: Freshness = {}): Data<T> {
  const [state, setState] = useState<{ path: string; value?: T; error?: string | undefined }>({ path });
  const reading = useRef<{ again: () => void }>({ again: () => undefined });
  const about = kinds?.join();
  useEffect(() => {
    let gone = false;
    let busy = false;
    let old = false;
    const run = async () => {
      if (busy) {
        old = true;
        return;
      }
      busy = true;
      old = false;
      const next = await get<T>(path);
      if (gone) return;
      setState((before) => ({ ...(placeOf(before.path) === placeOf(path) ? before : {}), path, ...next }));
      await new Promise((resolve) => setTimeout(resolve, restMs));
      busy = false;
      if (old && !gone) void run();
    };
    reading.current.again = () => void run();
    void run();
    const wanted = about?.split(',');
    const stop = onChange((said) => {
      if (said === 'resync' || !wanted || touches(said, wanted)) void run();
    });
    const timer = everyMs === undefined ? undefined : setInterval(() => void run(), everyMs);
    return () => {
      gone = true;
      stop();
      clearInterval(timer);
    };
  }, [path, about, everyMs]);
  // Another page of the same list: the one before stays until it is there.
  const current = placeOf(state.path) === placeOf(path) ? state : undefined;
  return { value: current?.value, error: current?.error, again: () => reading.current.again() };
}

/** Path without its parameters. */
function placeOf(path: string): string | undefined {
  return path.split('?')[0];
}

function touches({ changes }: StreamTransactionShape, kinds: readonly string[]): boolean {
  return changes.some(({ kind }) => kinds.includes(kind));
}

async function get<T>(path: string): Promise<{ value: T; error: undefined } | { error: string }> {
  try {
    const response = await fetch(path, { headers: { Accept: 'application/json' } });
    const body = (await response.json()) as T | ErrorShape;
    return response.ok ? { value: body as T, error: undefined } : { error: (body as ErrorShape).error.message };
  } catch {
    return { error: 'The member does not answer. This page tries again.' };
  }
}
