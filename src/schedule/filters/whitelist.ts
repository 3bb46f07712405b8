import { SchedulingError } from '../errors.js';
import { type Expression, parseExpressions } from '../expression.js';
import type { Filter } from '../filter.js';
import type { NodeView, Wanted } from '../node-view.js';
import { ruleOfExpressions } from './expressions.js';

type Place = Pick<NodeView, 'name'>;

interface Whitelist extends Expression {
  readonly names: ReadonlySet<string>;
}

/** Refuses nodes whose names are not in the list `node==a|b|c`. Names are compared as they are, under any key. */
export const whitelistFilter: Filter<Pick<Wanted, 'whitelists'>, Place> = {
  name: 'whitelist',
  rule: ({ whitelists }) =>
    ruleOfExpressions<Place, Whitelist>(parseExpressions(whitelists).map(whitelistOf), {
      holds: ({ names }, { name }) => names.has(name),
      why: ({ key, value }) => `${key}==${value}: it is not in the list`,
    }),
};

function whitelistOf(expression: Expression): Whitelist {
  const { key, operator, value } = expression;
  if (operator === '!=') {
    throw new SchedulingError('INVALID', `whitelist ${key}!=${value} is invalid; use ==, or a constraint`);
  }
  return { ...expression, names: new Set(value.split('|')) };
}
