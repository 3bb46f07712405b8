// Runs failed test files a second time: `node scripts/again.mjs REPORT`, the JSON report of vitest. Only those that work with
// real processes, engines and browsers, where a machine that stalls can make a test fail; a test of pure code or with a random
// seed that fails once has found something. A file that passes now is named: it has a fault of its own to be mended.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** Folders of tests that start processes, engines or browsers. */
const real = ['cli', 'daemon', 'docker', 'examples.test.ts', 'fleet', 'http', 'system'];
const mostFiles = 3;

const [report] = process.argv.slice(2);
const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
const failed = testResults.filter(({ status }) => status === 'failed').map(({ name }) => relative(root, name));
const allReal = failed.every((file) => real.includes(file.split('/')[1]));
if (failed.length === 0 || failed.length > mostFiles || !allReal) process.exit(1);

console.error(`\nonce more: ${failed.join(' ')}`);
const { status } = spawnSync('npx', ['--no-install', 'vitest', 'run', ...failed], { cwd: root, stdio: 'inherit' });
if (status === 0) console.error(`\nUNSTABLE, passed the second time, to be mended: ${failed.join(' ')}`);
process.exit(status ?? 1);
