// Makes dist/ from src/: the package's code and types, and an executable `skep`.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import process from 'node:process';
import { bundle } from './bundle.mjs';
import { compile, root } from './compile.mjs';
import { buildPage } from './page.mjs';

const { exports, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const declarations = join(root, '.types');

/** What users of the package can import, and the command: modules of src/ without `.ts`. */
const open = Object.values(exports).flatMap(({ types }) => types?.replace(/^\.\/dist\/(.*)\.d\.ts$/, '$1') ?? []);
const command = bin.skep.replace(/^dist\/(.*)\.js$/, '$1');

/** Adds a file of types and those that it imports. The types of what nobody can import stay out. */
function addTypes(path, files) {
  if (files.has(path) || !existsSync(join(declarations, path))) return;
  const text = readFileSync(join(declarations, path), 'utf8');
  files.set(path, text);
  for (const [, specifier] of text.matchAll(/(?:\bfrom |\bimport\(|\bimport )["'](\.[^"']+)\.js["']/g))
    addTypes(posix.join(posix.dirname(path), `${specifier}.d.ts`), files);
}

if (!compile('tsconfig.build.json', relative(root, declarations))) process.exit(1);
const files = await bundle(root, [...open, command]);
for (const name of open) addTypes(`${name}.d.ts`, files);
rmSync(join(root, 'dist'), { recursive: true, force: true });
for (const [path, content] of files) {
  const file = join(root, 'dist', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
await buildPage();
chmodSync(join(root, bin.skep), 0o755);
