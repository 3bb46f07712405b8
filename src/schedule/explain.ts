import { type NamedRule, passes, type Verdict } from './judge.js';
import type { NodeView, Wanted } from './node-view.js';
import { decide, type SchedulerOptions } from './scheduler.js';

/** A node that a decision can take. */
export interface Fitting<Node> {
  readonly node: Node;
  readonly fits: true;
  /** Place in the order of the strategy; the best is 1. The strategy `random` draws it anew each time. */
  readonly rank: number;
}

/** A node that a decision cannot take, or passes over for nodes that meet soft conditions. */
export interface Refused<Node> {
  readonly node: Node;
  readonly fits: false;
  /** Name of the first filter that refuses it. */
  readonly filter: string;
  /** Reason, and by how much: `memory 1.2 of 2 GiB free, asks 1.5`. */
  readonly text: string;
}

/** Result of a decision for one node. */
export type Explained<Node = NodeView> = Fitting<Node> | Refused<Node>;

/**
 * Explains a decision: every node, with the first filter that refuses it and by how much. Nodes that fit come first, in
 * the order in which {@link select} returns them; then the refused, the nearest first.
 * @throws {SchedulingError} `INVALID` when what is wanted cannot be read.
 */
export function explain(wanted: Wanted, nodes: readonly NodeView[], options: SchedulerOptions): Explained[] {
  const { rules, verdicts } = decide(wanted, nodes, options);
  const fitting = verdicts.filter(passes).map(({ node }) => node);
  const ranked = options.strategy.rank(wanted, fitting, options.random);
  return [...ranked.map((node, i): Explained => ({ node, fits: true, rank: i + 1 })), ...nearestFirst(rules, verdicts)];
}

/** Returns the refused nodes: first those that pass most rules, and of these the ones that miss the next by least. */
export function nearestFirst<Node extends { readonly name: string }>(
  rules: readonly NamedRule<Node>[],
  verdicts: readonly Verdict<Node>[],
): Refused<Node>[] {
  return verdicts
    .flatMap(({ node, passed, refusal }) => (refusal ? [{ node, passed, refusal }] : []))
    .sort(
      (a, b) => b.passed - a.passed || a.refusal.missing - b.refusal.missing || (a.node.name < b.node.name ? -1 : 1),
    )
    .map(({ node, passed, refusal }) => ({
      node,
      fits: false,
      filter: rules[passed]?.filter ?? '',
      text: refusal.text(),
    }));
}
