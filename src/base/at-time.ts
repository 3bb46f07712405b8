import { type Cancel, type Clock, timerMaxMs } from './clock.js';

/** Runs at a time that may be further away than a timer can wait. */
export function atTime(clock: Clock, time: number, run: () => void): Cancel {
  let cancel: Cancel = () => undefined;
  const wait = () => {
    const left = time - clock.now();
    if (left <= 0) run();
    else cancel = clock.schedule(Math.min(left, timerMaxMs), wait);
  };
  cancel = clock.schedule(Math.min(Math.max(time - clock.now(), 1), timerMaxMs), wait);
  return () => cancel();
}
