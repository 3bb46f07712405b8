import type { NamedRule } from '../judge.js';
import { taskFilters } from './filters/index.js';

/** The nodes that the rules of one decision refuse, counted by the first rule that refuses each. */
export class Refusals {
  readonly #rules: readonly NamedRule<never>[];
  readonly #counts: number[];

  constructor(rules: readonly NamedRule<never>[]) {
    this.#rules = rules;
    this.#counts = rules.map(() => 0);
  }

  /** Counts a node that the rule at this place refuses; no node may be counted twice. */
  count(place: number): void {
    this.#counts[place] = (this.#counts[place] ?? 0) + 1;
  }

  /** Says why no node fits, in the words of SwarmKit: the most frequent reason first. Empty without nodes. */
  text(): string {
    return this.#rules
      .map(({ filter }, place) => ({ filter, count: this.#counts[place] ?? 0 }))
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count - a.count)
      .map(({ filter, count }) => summaries.get(filter)?.(count) ?? filter)
      .join('; ');
  }
}

const summaries = new Map(taskFilters.map(({ name, summary }) => [name, summary]));

/** The reason for which a task waits, as its status has it. */
export function waitingText(refusals: string): string {
  return refusals === '' ? 'no suitable node' : `no suitable node (${refusals})`;
}
