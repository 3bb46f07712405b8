/**
 * Makes src/wire/generated/ from proto/: the descriptor, and for every message its TypeScript type and the code that
 * encodes and decodes it, by the three habits that proto/skep/v1/objects.proto states.
 *
 * `--check` only says whether what is there is fresh.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import protobuf from 'protobufjs';
import { codecsModule } from './generate/codecs.js';
import { words } from './generate/names.js';

const root = join(import.meta.dirname, '..');
const protoDir = join(root, 'proto');
const outDir = join(root, 'src/wire/generated');

const scalars: Record<string, string> = { string: 'string', bool: 'boolean', bytes: 'Uint8Array' };

function typeOf(field: protobuf.Field): string {
  field.resolve();
  if (field instanceof protobuf.MapField) return `Readonly<Record<string, ${scalars[field.type] ?? 'number'}>>`;
  const single = field.resolvedType ? field.resolvedType.name : (scalars[field.type] ?? 'number');
  return field.repeated ? `readonly ${single}[]` : single;
}

function comment(text: string | null, indent = ''): string {
  return text ? `${indent}/** ${text.replaceAll('\n', ' ')} */\n` : '';
}

function isOptional(field: protobuf.Field): boolean {
  return Boolean(field.partOf);
}

function declare(type: protobuf.Type): string {
  const [only] = type.oneofsArray;
  const fields = type.fieldsArray.map((field) => field.resolve());
  const isUnion =
    only && type.oneofsArray.length === 1 && only.fieldsArray.length === fields.length && fields.length > 1;
  if (isUnion) {
    return `${comment(type.comment)}export type ${type.name} =\n${fields.map((field) => `  | { readonly ${field.name}: ${typeOf(field)} }`).join('\n')};\n`;
  }
  const lines = fields.map(
    (field) =>
      `${comment(field.comment, '  ')}  readonly ${field.name}${isOptional(field) ? '?' : ''}: ${typeOf(field)};`,
  );
  return `${comment(type.comment)}export interface ${type.name} {\n${lines.join('\n')}\n}\n`;
}

/** Returns a tree as JSON with one line for each message, enum and service: short, and a change shows where it is. */
function compact(tree: protobuf.NamespaceBase): string {
  const { nested = {}, ...rest } = tree.toJSON() as { readonly nested?: Record<string, object> };
  const lines = Object.entries(nested).map(([name, item]) => {
    const inner = tree.get(name);
    const isPackage =
      inner instanceof protobuf.Namespace && !(inner instanceof protobuf.Type || inner instanceof protobuf.Service);
    return `${JSON.stringify(name)}: ${isPackage ? compact(inner) : JSON.stringify(item)}`;
  });
  const own = Object.entries(rest).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)},\n`);
  return `{\n${own.join('')}"nested": {\n${lines.join(',\n')}\n}}`;
}

async function main(): Promise<void> {
  const files = (await readdir(join(protoDir, 'skep/v1'))).filter((name) => name.endsWith('.proto')).sort();
  const tree = new protobuf.Root();
  tree.resolvePath = (_, target) => join(protoDir, target);
  // One after another: the order of what is made must not depend on which file is read first.
  const options = { keepCase: false, alternateCommentMode: true };
  for (const name of files) tree.loadSync(`skep/v1/${name}`, options);
  tree.resolveAll();
  const namespace = tree.lookup('skep.v1') as protobuf.Namespace;
  const notice = '// Made by scripts/generate.ts from proto/. Do not edit.\n';
  const declarations = namespace.nestedArray.map((item) => {
    if (item instanceof protobuf.Enum)
      return `${comment(item.comment)}export type ${item.name} = ${words(item)
        .map(({ word }) => `'${word}'`)
        .join(' | ')};\n`;
    return item instanceof protobuf.Type ? declare(item) : '';
  });
  const types = namespace.nestedArray
    .filter((item) => item instanceof protobuf.Type)
    .map(({ name }) => `  ${name}: ${name};`);
  const messages = `${notice}\n${declarations.filter(Boolean).join('\n')}\n/** Every message by its name. */\nexport interface Messages {\n${types.join('\n')}\n}\n`;
  const descriptor = `${notice}\nexport const descriptor: object = ${compact(tree)};\n`;

  const codecs = `${notice}\n${codecsModule(namespace)}`;
  const wanted = { 'messages.ts': messages, 'descriptor.ts': descriptor, 'codecs.ts': codecs };
  await mkdir(outDir, { recursive: true });
  for (const [name, text] of Object.entries(wanted)) {
    const path = join(outDir, name);
    const stale = (await readFile(path, 'utf8').catch(() => '')) !== text;
    if (stale && process.argv.includes('--check'))
      throw new Error(`src/wire/generated/${name} is not fresh: run npm run generate`);
    if (stale) await writeFile(path, text);
  }
}

await main();
