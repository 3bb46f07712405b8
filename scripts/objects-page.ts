/** Prints docs/objects.md: every field of every kind with its default, read from the schemas. */
import { kindNames, kindOf } from '../src/kinds/index.js';

interface AnySchema {
  readonly canonical: (input: unknown) => unknown;
  readonly optional?: true;
  readonly inner?: AnySchema;
  readonly fields?: Readonly<Record<string, AnySchema>>;
}

function rows(schema: AnySchema, path: string, optional: boolean): string[] {
  if (schema.optional && schema.inner) return rows(schema.inner, path, true);
  if (schema.fields) {
    const own = optional ? [`| \`${path}\` | absent |`] : [];
    return [
      ...own,
      ...Object.entries(schema.fields).flatMap(([name, field]) =>
        rows(field, path === '' ? name : `${path}.${name}`, false),
      ),
    ];
  }
  return [`| \`${path}\` | ${optional ? 'absent' : `\`${JSON.stringify(schema.canonical(undefined))}\``} |`];
}

export function objectsPage(): string {
  const parts = kindNames.map((kind) => {
    const body = kindOf(kind).body as unknown as AnySchema;
    return `## ${kind}\n\n| field | unless given |\n|---|---|\n${rows(body, '', false).join('\n')}\n`;
  });
  return `# Objects

Plain, frozen data. Every object has an \`id\` (made up when it is not given: 25 characters a–z0–9) and \`meta\`: the \`version\` of the
transaction that last wrote it, \`createdAt\` and \`updatedAt\` in milliseconds since the epoch. Fields that are not given take what
is shown here; fields that are \`absent\` are not there at all. Below an absent field stand the values that its parts take when it
is given. Lists hold whole objects of the same shape; their parts are in the package's types.

Made by \`scripts/objects-page.ts\` from the schemas.

${parts.join('\n')}`;
}

if (process.argv[1] === import.meta.filename) process.stdout.write(objectsPage());
