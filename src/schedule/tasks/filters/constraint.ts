import { constraintKeys } from '../../../kinds/index.js';
import { SchedulingError } from '../../errors.js';
import type { Refusal, Rule } from '../../filter.js';
import { type Constraint, readConstraints, valueOf } from '../constraints.js';
import type { TaskNodeView } from '../node-view.js';
import type { WantedTask } from '../wanted.js';
import { nodesText, type TaskFilter } from './filter.js';

type Place = Pick<TaskNodeView, 'name' | 'facts'>;

/** Refuses nodes that do not meet all constraints of the service. */
export const taskConstraintFilter: TaskFilter<Pick<WantedTask, 'constraints'>, Place> = {
  name: 'constraint',
  summary: (count) => `scheduling constraints not satisfied on ${nodesText(count)}`,
  rule: ({ constraints: texts }) => {
    if (texts.length === 0) return undefined;
    const constraints = readConstraints(texts);
    return constraints instanceof SchedulingError ? refusingAll(texts, constraints) : ruleOf(constraints);
  },
};

/** Makes the rule for constraints that cannot be read. The API refuses them; a restored state may hold some. */
function refusingAll(asks: readonly string[], { message }: SchedulingError): Rule<Place> {
  const refusal = { missing: asks.length, text: () => message };
  return { asks, soft: false, refusal: () => refusal };
}

function ruleOf(constraints: readonly Constraint[]): Rule<Place> {
  return {
    asks: constraints.map(shown),
    soft: false,
    refusal: (node) => {
      if (constraints.every(({ holds }) => holds(node.facts))) return undefined;
      return new Unmet(constraints, node);
    },
  };
}

/** Refusal that finds out more only when asked: most nodes are judged without that. */
class Unmet implements Refusal {
  readonly #constraints: readonly Constraint[];
  readonly #node: Place;

  constructor(constraints: readonly Constraint[], node: Place) {
    this.#constraints = constraints;
    this.#node = node;
  }

  get #failing(): readonly Constraint[] {
    return this.#constraints.filter(({ holds }) => !holds(this.#node.facts));
  }

  get missing(): number {
    return this.#failing.length;
  }

  text(): string {
    return this.#failing.map((one) => why(one, this.#node)).join(', ');
  }

  get help(): (() => string) | undefined {
    const helps = this.#failing.map((one) => helpOf(one, this.#node.name));
    return helps.includes(undefined) ? undefined : () => helps.join(' and ');
  }
}

const shown = ({ key, operator, value }: Constraint) => `${key}${operator}${value}`;

function why(constraint: Constraint, { facts }: Pick<Place, 'facts'>): string {
  const { property, key } = constraint;
  if (property.of === 'unknown')
    return `${shown(constraint)}: there is no ${key}; use one of ${constraintKeys.join(', ')}`;
  const has = valueOf(property, facts);
  if (property.of === 'ip') return `${shown(constraint)}: its address is ${has === '' ? 'not known' : has}`;
  if (has !== '') return `${shown(constraint)}: ${key} is ${has}`;
  const isLabel = property.of === 'label' || property.of === 'engineLabel';
  return `${shown(constraint)}: ${isLabel ? `it has no label ${property.label}` : `${key} is not known`}`;
}

/** Says what to do about a constraint; `undefined` for a property that cannot be changed. */
function helpOf({ property: { of, label }, operator, value }: Constraint, node: string): string | undefined {
  const wanted = operator === '==';
  if (of === 'label') return wanted ? `add label ${label}=${value} to ${node}` : `change label ${label} of ${node}`;
  if (of === 'engineLabel') {
    return wanted ? `add engine label ${label}=${value} to ${node}` : `change engine label ${label} of ${node}`;
  }
  if (of !== 'role') return undefined;
  return (value.toLowerCase() === 'manager') === wanted ? `promote ${node} to manager` : `demote ${node} to worker`;
}
