import { type Schema, SchemaError } from './schema.js';

/**
 * The part that we use of Standard Schema, the interface that zod, valibot, arktype and others share (version 1).
 * @see https://standardschema.dev
 */
export interface StandardSchema<Output = unknown> {
  /** Interface between the libraries. */
  readonly '~standard': {
    readonly version: 1;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

type StandardResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

interface StandardIssue {
  readonly message: string;
  readonly path?: readonly unknown[] | undefined;
}

export function isStandard(schema: unknown): schema is StandardSchema {
  return (typeof schema === 'object' || typeof schema === 'function') && schema !== null && '~standard' in schema;
}

/** The schema of another library as one of ours. */
export function fromStandard(schema: StandardSchema): Schema<unknown> {
  return {
    canonical(input) {
      const result = schema['~standard'].validate(input);
      if (result instanceof Promise) {
        result.catch(() => undefined);
        throw new TypeError('a schema that must wait cannot be used in a transaction');
      }
      const [issue] = result.issues ?? [];
      if (issue) throw schemaErrorOf(issue);
      return 'value' in result ? result.value : undefined;
    },
  };
}

function schemaErrorOf({ message, path = [] }: StandardIssue): SchemaError {
  const parts = path.map(pathPart);
  const [field] = parts;
  if (field !== 'id' && field !== 'meta') return new SchemaError(message, parts);
  return new SchemaError(
    `${message}: ${field} is a field of the store, which a schema is not given; leave it out of the schema`,
    parts,
  );
}

/** A key, or an object that carries one. */
function pathPart(part: unknown): string | number {
  const key = typeof part === 'object' && part !== null && 'key' in part ? part.key : part;
  return typeof key === 'number' ? key : String(key);
}
