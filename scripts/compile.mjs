import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

export const root = join(import.meta.dirname, '..');

/** Compiles a project into a directory, only what has changed since. False when it does not compile; tsc has said why. */
export function compile(project, outDir) {
  const info = join(root, outDir, '.tsbuildinfo');
  // Without its notes tsc does not know what lies there, and leaves what has no source any more.
  if (!existsSync(info)) rmSync(join(root, outDir), { recursive: true, force: true });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', project, '--incremental', '--tsBuildInfoFile', info], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  return status === 0;
}
