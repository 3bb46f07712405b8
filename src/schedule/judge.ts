import type { Filter, Refusal, Rule } from './filter.js';

/** A rule of one decision, and the filter that made it. */
export interface NamedRule<Node> extends Rule<Node> {
  readonly filter: string;
}

/** Says of one node whether all rules let it pass, or which is the first that does not. */
export interface Verdict<Node> {
  readonly node: Node;
  /** Place of the rule that refuses it in the order of rules; their number when it passes. */
  readonly passed: number;
  readonly refusal: Refusal | undefined;
}

/** Makes the rules of one decision. Filters that do not apply are not among them and cost nothing. */
export function rulesOf<Wanted, Node>(
  wanted: Wanted,
  nodes: readonly Node[],
  filters: readonly Filter<Wanted, Node>[],
): NamedRule<Node>[] {
  return filters.flatMap(({ name, rule }) => {
    const made = rule(wanted, nodes);
    return made ? [{ ...made, filter: name }] : [];
  });
}

/** Holds nodes against the rules, each until the first that refuses it. */
export function judge<Node>(rules: readonly Rule<Node>[], nodes: readonly Node[], soft: boolean): Verdict<Node>[] {
  return nodes.map((node) => {
    for (const [passed, { refusal }] of rules.entries()) {
      const refused = refusal(node, soft);
      if (refused) return { node, passed, refusal: refused };
    }
    return { node, passed: rules.length, refusal: undefined };
  });
}

/** Returns the place of the first rule that refuses a node; their number when it passes all. */
export function rulesPassed<Node>(rules: readonly Rule<Node>[], node: Node, soft: boolean): number {
  for (let passed = 0; passed < rules.length; passed++) {
    if (rules[passed]?.refusal(node, soft)) return passed;
  }
  return rules.length;
}

/**
 * Holds nodes against the rules with their soft conditions, and without them when no node meets all. So a soft condition
 * never keeps a container from running.
 */
export function judgeSoftly<Node>(rules: readonly Rule<Node>[], nodes: readonly Node[]): Verdict<Node>[] {
  if (rules.some(({ soft }) => soft)) {
    const verdicts = judge(rules, nodes, true);
    if (verdicts.some(passes)) return verdicts;
  }
  return judge(rules, nodes, false);
}

export const passes = ({ refusal }: Verdict<unknown>) => refusal === undefined;
