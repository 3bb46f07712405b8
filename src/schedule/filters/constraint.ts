import { shortened } from '../../base/text.js';
import { type Compiled, compileExpressions } from '../expression.js';
import type { Filter } from '../filter.js';
import type { NodeView, Wanted } from '../node-view.js';
import { type Meaning, ruleOfExpressions } from './expressions.js';

type Place = Pick<NodeView, 'id' | 'name' | 'labels'>;

const shownMax = 64;

/** Refuses nodes whose name, id (`node`) or labels are not what is asked. A label that is not there is empty. */
export const constraintFilter: Filter<Pick<Wanted, 'constraints'>, Place> = {
  name: 'constraint',
  rule: ({ constraints }) => ruleOfExpressions(compileExpressions(constraints), meaning),
};

const meaning: Meaning<Place, Compiled> = {
  holds: ({ key, operator, matches }, { id, name, labels }) => {
    const found = key === 'node' ? matches(id) || matches(name) : matches(labelOf(labels, key) ?? '');
    return found === (operator === '==');
  },
  why: ({ key, operator, value }, { name, labels }) => {
    const has = key === 'node' ? name : labelOf(labels, key);
    const asked = `${key}${operator}${value}`;
    return has === undefined ? `${asked}: it has no label ${key}` : `${asked}: ${key} is ${quoted(has)}`;
  },
};

const labelOf = (labels: Readonly<Record<string, string>>, key: string) =>
  Object.hasOwn(labels, key) ? labels[key] : undefined;

const quoted = (value: string) =>
  /^[\w.:|/-]+$/.test(value) ? shortened(value, shownMax) : JSON.stringify(shortened(value, shownMax));
