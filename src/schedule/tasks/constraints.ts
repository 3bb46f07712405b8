import {
  constraintsMax,
  type ConstraintText,
  type Node,
  type NodeProperty,
  readConstraint,
} from '../../kinds/index.js';
import { SchedulingError } from '../errors.js';
import { type Address, isSameAddress, isWithin, parseAddress, parseSubnet } from './address.js';
import { factsOf, type NodeFacts } from './node-facts.js';

/** The facts about a node that constraints can name. */
export type ConstraintSubject = Pick<
  NodeFacts,
  'id' | 'hostname' | 'ip' | 'role' | 'os' | 'arch' | 'labels' | 'engineLabels'
>;

/** `key==value` or `key!=value`, read. A property that is `unknown` never matches. */
export interface Constraint extends ConstraintText {
  readonly holds: (node: ConstraintSubject) => boolean;
}

/**
 * Reads the constraints of a service. A key that names no property of a node is allowed, and matches no node: see
 * {@link NodeProperty}.
 * @throws {SchedulingError} `INVALID`. The message says what is expected; it is for the user as it is.
 */
export function parseConstraints(texts: readonly string[]): Constraint[] {
  if (texts.length > constraintsMax)
    throw invalid(`${texts.length} constraints are too many; give at most ${constraintsMax}`);
  return texts.map(parseConstraint);
}

/** Does a node meet all of these? Those that cannot be read are met by no node: a constraint must not vanish. */
export function meetsConstraints(node: Node, texts: readonly string[]): boolean {
  if (texts.length === 0) return true;
  const constraints = readConstraints(texts);
  if (constraints instanceof SchedulingError) return false;
  const facts = factsOf(node);
  return constraints.every(({ holds }) => holds(facts));
}

/** Reads constraints that were accepted before, or returns the error. */
export function readConstraints(texts: readonly string[]): Constraint[] | SchedulingError {
  try {
    return parseConstraints(texts);
  } catch (error) {
    if (error instanceof SchedulingError) return error;
    throw error;
  }
}

function parseConstraint(text: string): Constraint {
  const read = readConstraint(text);
  if (typeof read === 'string') throw invalid(read);
  const is = matcherOf(read.property, read.value);
  const wanted = read.operator === '==';
  const holds = (node: ConstraintSubject) => {
    const matches = is(node);
    return matches !== undefined && matches === wanted;
  };
  return { ...read, holds };
}

/** Returns the value of a property; a label that is missing is the empty text. */
export function valueOf({ of, label }: NodeProperty, node: ConstraintSubject): string {
  if (of === 'unknown') return '';
  if (of === 'label') return labelOf(node.labels, label);
  if (of === 'engineLabel') return labelOf(node.engineLabels, label);
  return node[of];
}

const labelOf = (labels: Readonly<Record<string, string>>, name: string) =>
  Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';

/** Makes the test whether a property has the value; `undefined` when neither operator can hold. */
function matcherOf(property: NodeProperty, value: string): (node: ConstraintSubject) => boolean | undefined {
  if (property.of === 'unknown') return () => undefined;
  if (property.of === 'ip') return addressMatcherOf(value);
  const folded = value.toLowerCase();
  return (node) => valueOf(property, node).toLowerCase() === folded;
}

function addressMatcherOf(value: string): (node: ConstraintSubject) => boolean | undefined {
  const address = parseAddress(value);
  if (address) return matching((other) => isSameAddress(address, other));
  const subnet = parseSubnet(value);
  if (subnet) return matching((other) => isWithin(subnet, other));
  return () => undefined;
}

const matching =
  (matches: (address: Address) => boolean) =>
  ({ ip }: ConstraintSubject) => {
    const address = parseAddress(ip);
    return address !== undefined && matches(address);
  };

const invalid = (message: string) => new SchedulingError('INVALID', message);
