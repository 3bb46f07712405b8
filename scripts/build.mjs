// Makes dist/ from src/: the package's code and types, and an executable `skep`.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { compile, root } from './compile.mjs';

if (!compile('tsconfig.build.json', 'dist')) process.exit(1);
chmodSync(join(root, 'dist/main.js'), 0o755);
