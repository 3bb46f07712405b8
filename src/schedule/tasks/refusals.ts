import { type NamedRule, rulesPassed } from '../judge.js';
import { taskFilters } from './filters/index.js';
import type { TaskNodeView } from './node-view.js';

/**
 * Says why nodes are refused, in the words of SwarmKit: each reason with its number of nodes, the most frequent first.
 * Every node counts once, for the first rule that refuses it. Empty when no node is refused.
 */
export function refusalsText(rules: readonly NamedRule<TaskNodeView>[], nodes: readonly TaskNodeView[]): string {
  const counts = rules.map(({ filter }) => ({ filter, count: 0 }));
  for (const node of nodes) {
    const refusing = counts[rulesPassed(rules, node, false)];
    if (refusing) refusing.count++;
  }
  return counts
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
    .map(({ filter, count }) => summaries.get(filter)?.(count) ?? filter)
    .join('; ');
}

const summaries = new Map(taskFilters.map(({ name, summary }) => [name, summary]));

/** Returns the reason for which a task waits, as its status has it. */
export function waitingText(refusals: string): string {
  return refusals === '' ? 'no suitable node' : `no suitable node (${refusals})`;
}
