// Makes dist/ from src/: the package's code and types, and an executable `skep`.
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { compile, root } from './compile.mjs';

if (!compile('tsconfig.build.json', 'dist')) process.exit(1);
// What tsc made of a source that is gone would go into the package.
for (const file of readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })) {
  const [, name] = /^(.+?)(?:\.d\.ts|\.js(?:\.map)?)$/.exec(file) ?? [];
  if (name !== undefined && !existsSync(join(root, 'src', `${name}.ts`))) rmSync(join(root, 'dist', file));
}
chmodSync(join(root, 'dist/main.js'), 0o755);
