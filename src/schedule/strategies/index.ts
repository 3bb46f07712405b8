import { SchedulingError } from '../errors.js';
import { binpackStrategy } from './binpack.js';
import { randomStrategy } from './random.js';
import { spreadStrategy } from './spread.js';
import type { Strategy } from './strategy.js';

const strategies: readonly Strategy[] = [spreadStrategy, binpackStrategy, randomStrategy];

/** Names that a strategy had before. */
const aliases = new Map([['binpacking', 'binpack']]);

/** Names for `--strategy`; the first is the one that is used unless the user chooses. */
export const strategyNames: readonly string[] = strategies.map(({ name }) => name);

/**
 * Returns the strategy of this name.
 * @throws {SchedulingError} `NOT_SUPPORTED` when there is none.
 */
export function strategyNamed(name: string): Strategy {
  const strategy = strategies.find((one) => one.name === (aliases.get(name) ?? name));
  if (!strategy) throw new SchedulingError('NOT_SUPPORTED', 'strategy not supported');
  return strategy;
}
