import { setTimeout as delay } from 'node:timers/promises';

/** Waits; ends early, and quietly, when the run is over. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined);
}
