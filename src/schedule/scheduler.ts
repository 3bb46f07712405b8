import type { Random } from '../base/random.js';
import { SchedulingError } from './errors.js';
import { healthFilter, noHealthyNode } from './filters/health.js';
import type { ContainerFilter } from './filters/index.js';
import { judgeSoftly, type NamedRule, passes, rulesOf, type Verdict } from './judge.js';
import type { NodeView, Wanted } from './node-view.js';
import type { Strategy } from './strategies/strategy.js';

/** The rules of a cluster about where its containers go. */
export interface Rules {
  readonly filters: readonly ContainerFilter[];
  readonly strategy: Strategy;
}

/** The rules, and the chance that a strategy may need. */
export interface SchedulerOptions extends Rules {
  readonly random: Random;
}

/** Everything that a decision rests on. */
export interface Decision {
  readonly rules: readonly NamedRule<NodeView>[];
  readonly verdicts: readonly Verdict<NodeView>[];
}

/**
 * Finds the nodes that may take a container, the best first.
 * @throws {SchedulingError} when there is none. Its message is for users, in the words of Docker Swarm.
 */
export function select(
  wanted: Wanted,
  nodes: readonly NodeView[],
  { filters, strategy, random }: SchedulerOptions,
): NodeView[] {
  const decision = decide(wanted, nodes, { filters, strategy });
  const candidates = decision.verdicts.filter(passes).map(({ node }) => node);
  if (candidates.length === 0) throw refused(decision, strategy);
  return strategy.rank(wanted, candidates, random);
}

/** Holds every node against the filters and the strategy's own rule. */
export function decide(wanted: Wanted, nodes: readonly NodeView[], { filters, strategy }: Rules): Decision {
  const rules = rulesOf(wanted, nodes, strategy.needs ? [...filters, strategy.needs] : filters);
  return { rules, verdicts: judgeSoftly(rules, nodes) };
}

/** Makes the error of a decision that found no node: of the rule that refused the last ones. */
function refused({ rules, verdicts }: Decision, { needs }: Strategy): SchedulingError {
  if (verdicts.length === 0) return new SchedulingError('NO_NODES', 'No nodes available in the cluster');
  const last = verdicts.reduce((most, { passed }) => Math.max(most, passed), 0);
  const filter = rules[last]?.filter;
  if (filter === healthFilter.name) return new SchedulingError('NO_HEALTHY_NODE', noHealthyNode);
  if (filter !== undefined && filter === needs?.name) {
    return new SchedulingError('NO_RESOURCES', 'no resources available to schedule container');
  }
  const asked = rules.slice(0, last + 1).filter(({ asks }) => asks.length > 0);
  const conditions = asked.map(({ asks }) => `\n[${asks.join(' ')}]`).join('');
  return new SchedulingError(
    'NO_CANDIDATE',
    `Unable to find a node that satisfies the following conditions ${conditions}`,
  );
}
