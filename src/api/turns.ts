import { systemClock } from '../base/clock.js';
import { Turns } from '../base/turns.js';

/** Turns for the work of the API. One for the process, as its event loop is one. */
export const turns = new Turns(systemClock);

/** Steps that are taken at a time: less than a millisecond. */
const stepsAtATime = 16;

/** Runs steps to their end, a few in each turn that they get. */
export async function inTurns<T>(steps: Generator<undefined, T>): Promise<T> {
  const some = () => {
    let step = steps.next();
    for (let taken = 1; !step.done && taken < stepsAtATime; taken++) step = steps.next();
    return step;
  };
  for (;;) {
    const step = await turns.do(some);
    if (step.done) return step.value;
  }
}

let following: Promise<void> | undefined;

/** Resolves in the next turn of the event loop, after what has arrived by then: once for all who wait in this turn. */
export function nextTurn(): Promise<void> {
  return (following ??= new Promise((resolve) => {
    setImmediate(() => {
      following = undefined;
      resolve();
    });
  }));
}
