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
    return `## ${kind}\n\n| field | default |\n|---|---|\n${rows(body, '', false).join('\n')}\n`;
  });
  return `# Objects

The fields of the built-in kinds, with their defaults. Objects are plain, frozen data; \`create\` fills in the defaults:

\`\`\`ts
import { MemoryStore } from 'skep';

const store = new MemoryStore();
const node = await store.update((tx) => tx.nodes().create({ description: { hostname: 'alpha' } }));
console.log(node.id.length, node.meta.version, node.spec.availability); // 25 1 active
\`\`\`

- Every object has an \`id\`. Without one, \`create\` makes one of 25 characters a–z0–9.
- Every object has a \`meta\`. Its \`version\` is that of the transaction that last wrote the object. \`createdAt\` and \`updatedAt\` are
  milliseconds since the epoch.
- An \`absent\` field does not exist unless it is given. The rows below it show the defaults of its parts when it is.
- A list holds complete objects of one shape. Their fields are in the types of the package.

\`scripts/objects-page.ts\` makes this page from the schemas.

${parts.join('\n')}`;
}

if (process.argv[1] === import.meta.filename) process.stdout.write(objectsPage());
