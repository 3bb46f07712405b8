import { shortened } from '../../base/text.js';
import type { Node } from '../../kinds/index.js';
import { SchedulingError } from '../errors.js';
import { type Address, isSameAddress, isWithin, parseAddress, parseSubnet } from './address.js';
import { factsOf, type NodeFacts } from './node-facts.js';

/** The facts about a node that constraints can name. */
export type ConstraintSubject = Pick<
  NodeFacts,
  'id' | 'hostname' | 'ip' | 'role' | 'os' | 'arch' | 'labels' | 'engineLabels'
>;

/** `key==value` or `key!=value`, read. */
export interface Constraint {
  /** Key as the user wrote it. */
  readonly key: string;
  readonly operator: '==' | '!=';
  readonly value: string;
  /** Property that the key names; `unknown` never matches. */
  readonly property: Property;
  readonly holds: (node: ConstraintSubject) => boolean;
}

/** A property of a node that a key names. */
export interface Property {
  readonly of: 'id' | 'hostname' | 'ip' | 'role' | 'os' | 'arch' | 'label' | 'engineLabel' | 'unknown';
  /** Name of the label, for the two kinds of labels. */
  readonly label: string;
}

/** Keys for people. */
export const constraintKeys: readonly string[] = [
  'node.id',
  'node.hostname',
  'node.ip',
  'node.role',
  'node.platform.os',
  'node.platform.arch',
  'node.labels.NAME',
  'engine.labels.NAME',
];

const keySyntax = /^[a-z_][\w.-]+$/i;
const valueSyntax = /^[\w:\-\s.*()?+[\]\\^$|/]+$/;
const lengthMax = 4_096;
const countMax = 256;
const shownMax = 128;

/**
 * Reads the constraints of a service. A key that names no property of a node is allowed, and matches no node: see
 * {@link Property}.
 * @throws {SchedulingError} `INVALID`. The message says what is expected; it is for the user as it is.
 */
export function parseConstraints(texts: readonly string[]): Constraint[] {
  if (texts.length > countMax) throw invalid(`${texts.length} constraints are too many; give at most ${countMax}`);
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
  const [, left, operator, right] = /^(.*?)(==|!=)(.*)$/s.exec(text) ?? [];
  if (left === undefined || right === undefined) {
    throw invalid(`constraint '${shown(text)}' has no operator; write it as KEY==VALUE or KEY!=VALUE`);
  }
  const key = left.trim();
  const value = right.trim();
  if (key.length > lengthMax || !keySyntax.test(key)) {
    throw invalid(
      `key '${shown(key)}' of constraint '${shown(text)}' is invalid; use one of ${constraintKeys.join(', ')}`,
    );
  }
  if (value === '') throw invalid(`constraint '${shown(text)}' has no value; write one after ${operator}`);
  if (value.length > lengthMax || !valueSyntax.test(value)) {
    throw invalid(
      `value '${shown(value)}' of constraint '${shown(text)}' is invalid; ` +
        'use ASCII letters, digits, spaces and any of :-_.*()?+[]\\^$|/',
    );
  }
  const property = propertyOf(key);
  const is = matcherOf(property, value);
  const wanted = operator === '==';
  const holds = (node: ConstraintSubject) => {
    const matches = is(node);
    return matches !== undefined && matches === wanted;
  };
  return { key, operator: wanted ? '==' : '!=', value, property, holds };
}

const fixedKeys: ReadonlyMap<string, Property['of']> = new Map([
  ['node.id', 'id'],
  ['node.hostname', 'hostname'],
  ['node.ip', 'ip'],
  ['node.role', 'role'],
  ['node.platform.os', 'os'],
  ['node.platform.arch', 'arch'],
]);

const labelPrefixes = [
  ['node.labels.', 'label'],
  ['engine.labels.', 'engineLabel'],
] as const;

/** Finds the property that a key names. Keys have no case; names of labels do. */
export function propertyOf(key: string): Property {
  const folded = key.toLowerCase();
  const fixed = fixedKeys.get(folded);
  if (fixed !== undefined) return { of: fixed, label: '' };
  for (const [prefix, of] of labelPrefixes) {
    if (folded.startsWith(prefix) && key.length > prefix.length) return { of, label: key.slice(prefix.length) };
  }
  return { of: 'unknown', label: '' };
}

/** Returns the value of a property; a label that is missing is the empty text. */
export function valueOf({ of, label }: Property, node: ConstraintSubject): string {
  if (of === 'unknown') return '';
  if (of === 'label') return labelOf(node.labels, label);
  if (of === 'engineLabel') return labelOf(node.engineLabels, label);
  return node[of];
}

const labelOf = (labels: Readonly<Record<string, string>>, name: string) =>
  Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';

/** Makes the test whether a property has the value; `undefined` when neither operator can hold. */
function matcherOf(property: Property, value: string): (node: ConstraintSubject) => boolean | undefined {
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
const shown = (text: string) => shortened(text, shownMax);
