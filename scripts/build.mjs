// Makes dist/ from src/: the package's code and types, and an executable `skep`.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const root = join(import.meta.dirname, '..');
const info = join(root, 'dist/.tsbuildinfo');
if (!existsSync(info)) rmSync(join(root, 'dist'), { recursive: true, force: true });
try {
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules/typescript/bin/tsc'),
      '-p',
      'tsconfig.build.json',
      '--incremental',
      '--tsBuildInfoFile',
      info,
    ],
    { cwd: root, stdio: ['ignore', 2, 2] },
  );
} catch {
  process.exit(1);
}
chmodSync(join(root, 'dist/main.js'), 0o755);
