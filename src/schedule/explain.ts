import { passes, type Verdict } from './judge.js';
import type { NodeView, Wanted } from './node-view.js';
import { decide, type SchedulerOptions } from './scheduler.js';

/** Says what a decision makes of one node. */
export type Explained =
  | {
      readonly node: NodeView;
      readonly fits: true;
      /** Place in the order of the strategy, the best is 1. Chance is no reason: under `random` it says nothing. */
      readonly rank: number;
    }
  | {
      readonly node: NodeView;
      readonly fits: false;
      /** Name of the first filter that refuses it. */
      readonly filter: string;
      /** Reason, by how much: `memory 1.2 of 2 GiB free, asks 1.5`. */
      readonly text: string;
    };

/**
 * Explains a decision: every node, with the first filter that refuses it and by how much. Nodes that fit come first, in
 * the order in which they would be taken; then the nearest, which pass most filters and miss the next by least. Same
 * rules as {@link select}, held against nodes by the same code.
 * @throws {SchedulingError} `INVALID` where the container's own rules cannot be read.
 */
export function explain(wanted: Wanted, nodes: readonly NodeView[], options: SchedulerOptions): Explained[] {
  const { rules, verdicts } = decide(wanted, nodes, options);
  const fitting = verdicts.filter(passes).map(({ node }) => node);
  const ranked = options.strategy.rank(wanted, fitting, options.random);
  return [
    ...ranked.map((node, i): Explained => ({ node, fits: true, rank: i + 1 })),
    ...verdicts
      .filter((verdict) => !passes(verdict))
      .sort(byDistance)
      .map(({ node, passed, refusal }): Explained => ({
        node,
        fits: false,
        filter: rules[passed]?.filter ?? '',
        text: refusal?.text() ?? '',
      })),
  ];
}

function byDistance(a: Verdict<NodeView>, b: Verdict<NodeView>): number {
  const further = b.passed - a.passed || (a.refusal?.missing ?? 0) - (b.refusal?.missing ?? 0);
  return further || (a.node.name < b.node.name ? -1 : a.node.name > b.node.name ? 1 : 0);
}
