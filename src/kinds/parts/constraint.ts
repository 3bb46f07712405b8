import { shortened } from '../../base/text.js';

/** `key==value` or `key!=value`, in its parts. */
export interface ConstraintText {
  /** Key as the user wrote it. */
  readonly key: string;
  readonly operator: '==' | '!=';
  readonly value: string;
  /** Property that the key names. */
  readonly property: NodeProperty;
}

/** A property of a node that a key names. */
export interface NodeProperty {
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
const shownMax = 128;

/** Maximum number of constraints of a service. */
export const constraintsMax = 256;

/** Reads a constraint, or returns what is wrong with it: a sentence for the user. */
export function readConstraint(text: string): ConstraintText | string {
  const [, left, operator, right] = /^(.*?)(==|!=)(.*)$/s.exec(text) ?? [];
  if (left === undefined || right === undefined)
    return `constraint '${shown(text)}' has no operator; write it as KEY==VALUE or KEY!=VALUE`;
  const key = left.trim();
  const value = right.trim();
  if (key.length > lengthMax || !keySyntax.test(key))
    return `key '${shown(key)}' of constraint '${shown(text)}' is invalid; use one of ${constraintKeys.join(', ')}`;
  if (value === '') return `constraint '${shown(text)}' has no value; write one after ${operator}`;
  if (value.length > lengthMax || !valueSyntax.test(value)) {
    return (
      `value '${shown(value)}' of constraint '${shown(text)}' is invalid; ` +
      'use ASCII letters, digits, spaces and any of :-_.*()?+[]\\^$|/'
    );
  }
  return { key, operator: operator === '==' ? '==' : '!=', value, property: propertyOf(key) };
}

const fixedKeys: ReadonlyMap<string, NodeProperty['of']> = new Map([
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
export function propertyOf(key: string): NodeProperty {
  const folded = key.toLowerCase();
  const fixed = fixedKeys.get(folded);
  if (fixed !== undefined) return { of: fixed, label: '' };
  for (const [prefix, of] of labelPrefixes) {
    if (folded.startsWith(prefix) && key.length > prefix.length) return { of, label: key.slice(prefix.length) };
  }
  return { of: 'unknown', label: '' };
}

const shown = (text: string) => shortened(text, shownMax);
