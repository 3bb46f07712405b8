import type { Cancel, Clock } from '../base/clock.js';

/**
 * Calls `tick` about every `intervalMs`.
 *
 * After a stall of the event loop there is one tick, not as many as were missed, and before it one turn in which
 * messages that wait in the sockets are read: a member that was paused must not campaign against a leader that it has
 * merely not heard yet.
 */
export function startTicker(clock: Clock, intervalMs: number, tick: () => void): Cancel {
  let cancel: Cancel = () => undefined;
  let stopped = false;
  const arm = (dueAt: number) => {
    cancel = clock.schedule(Math.max(1, dueAt - clock.monotonic()), () => {
      const late = clock.monotonic() - dueAt > intervalMs;
      if (late) cancel = clock.schedule(0, () => run(clock.monotonic()));
      else run(dueAt);
    });
  };
  const run = (dueAt: number) => {
    if (stopped) return;
    arm(Math.max(dueAt + intervalMs, clock.monotonic()));
    tick();
  };
  arm(clock.monotonic() + intervalMs);
  return () => {
    stopped = true;
    cancel();
  };
}
