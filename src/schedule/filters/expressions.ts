import { askedText, type Expression } from '../expression.js';
import type { Rule } from '../filter.js';

/** Meaning of a kind of expression. */
export interface Meaning<Node, One extends Expression> {
  readonly holds: (expression: One, node: Node) => boolean;
  /** Says why it does not hold. */
  readonly why: (expression: One, node: Node) => string;
}

/** Makes the rule that all of several expressions hold. */
export function ruleOfExpressions<Node, One extends Expression>(
  expressions: readonly One[],
  { holds, why }: Meaning<Node, One>,
): Rule<Node> | undefined {
  if (expressions.length === 0) return undefined;
  return {
    asks: expressions.map(askedText),
    soft: expressions.some(({ soft }) => soft),
    refusal: (node, soft) => {
      const fails = (one: One) => (soft || !one.soft) && !holds(one, node);
      if (!expressions.some(fails)) return undefined;
      const failing = expressions.filter(fails);
      return { missing: failing.length, text: () => failing.map((one) => why(one, node)).join(', ') };
    },
  };
}
