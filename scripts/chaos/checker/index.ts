import type { History } from '../history.js';
import { brokenFinalRules } from './finals.js';
import { brokenOrder } from './linear.js';
import { brokenVersionRules } from './versions.js';
import { brokenWatchRules } from './watches.js';

export { emptiness, type Floor } from './floor.js';

/** Everything that is wrong with a history, as sentences; none when it is right. */
export function checkHistory(history: History): string[] {
  return [
    ...brokenVersionRules(history.operations),
    ...brokenOrder(history),
    ...brokenWatchRules(history),
    ...brokenFinalRules(history),
  ];
}
