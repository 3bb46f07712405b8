import { messageOf } from '../base/errors.js';
import type { messages } from '../client/index.js';
import type { schema } from '../kinds/index.js';
import { type Kind, kindOf } from '../kinds/index.js';
import { type Format, printList, printOne, type Streams } from './output.js';

/** A field of a kind. */
export interface FieldAnswer {
  readonly path: string;
  /** Values that it takes. */
  readonly type: string;
  /** Value when it is left out; absent for an optional field. */
  readonly default?: unknown;
}

/** Answer about a kind; with `-o json` as it is. */
export interface KindAnswer {
  readonly kind: string;
  readonly plural: string;
  /** Names of its indexes, beside the id. */
  readonly indexes: readonly string[];
  /** Indexes whose values must be unique. */
  readonly unique: readonly string[];
  readonly fields: readonly FieldAnswer[];
}

type AnySchema = schema.Schema<unknown> & {
  readonly fields?: schema.ObjectSchema<unknown>['fields'];
  readonly inner?: AnySchema;
  readonly item?: AnySchema;
};

/** Describes a built-in kind by its definition: fields, defaults and indexes. */
export function explainKind(kind: Kind): KindAnswer {
  const { plural, table, unique, body } = kindOf(kind);
  const fields = fieldsOf(body, '');
  return { kind, plural, indexes: Object.keys(table.indexes), unique, fields };
}

function fieldsOf(given: AnySchema, path: string): FieldAnswer[] {
  const known = given.inner ?? given;
  if (known.fields)
    return Object.entries(known.fields).flatMap(([name, field]) =>
      fieldAnswers(field as AnySchema, path === '' ? name : `${path}.${name}`),
    );
  return known.item ? fieldsOf(known.item, `${path}[]`) : [];
}

function fieldAnswers(field: AnySchema, path: string): FieldAnswer[] {
  const known = field.inner ?? field;
  const inner = fieldsOf(known, path);
  const isOptional = field.inner !== undefined;
  const fallback = inner.length > 0 && !known.item ? undefined : field.canonical(undefined);
  return [
    {
      path,
      type: `${typeText(known)}${isOptional ? ', optional' : ''}`,
      ...(fallback !== undefined && { default: fallback }),
    },
    ...inner,
  ];
}

/** Value that no schema takes: the error names what it takes. */
const impossible = Symbol('impossible');

function typeText(known: AnySchema): string {
  try {
    known.canonical(impossible);
  } catch (error) {
    const [, text = 'a value'] = /must be (.+?)(?:[,;] is .*)?$/s.exec(messageOf(error)) ?? [];
    if (text !== 'an array') return text.replace('an object of plain data', 'a map');
    return known.item ? `a list of: ${typeText(known.item)}` : 'a list';
  }
  return 'a value';
}

/** Describes a custom kind as far as the cluster knows it. */
export function customKind({ kind, plural, indexes }: messages.KindUse): Omit<KindAnswer, 'fields'> {
  return { kind, plural, indexes, unique: [] };
}

/** Prints the fields of a kind as a table, or the whole answer as JSON. */
export function printKind(streams: Streams, output: Format, answer: KindAnswer): void {
  const { kind, plural, indexes, unique, fields } = answer;
  if (output === 'json' || output === 'ndjson') {
    printOne(streams, output, answer, '');
    return;
  }
  if (output === 'table') {
    const named = indexes.map((index) => (unique.includes(index) ? `${index} (unique)` : index));
    streams.out(`${kind} (${plural}); indexes: id (unique)${named.map((index) => `, ${index}`).join('')}\n`);
    if (fields.length === 0) streams.out(`its fields are those of its definition; skep ls ${plural} shows objects\n`);
    else streams.out('\n');
  }
  if (fields.length === 0) return;
  printList(streams, output, fields, {
    name: ({ path }) => path,
    columns: [
      ['FIELD', ({ path }) => path],
      ['TYPE', ({ type }) => type],
      ['DEFAULT', (field) => ('default' in field ? JSON.stringify(field.default) : '')],
    ],
  });
}
