/** `npm run chaos`: breaks real managers under load. Exits with 0 only if enough happened and everything was right. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { messageOf } from '../../src/base/errors.js';
import { parseArguments } from './arguments.js';
import { scenarios } from './faults/index.js';
import { Recorder } from './history.js';
import { killEverything } from './manager.js';
import { run } from './run.js';

const options = parseArguments(process.argv.slice(2), process.stderr);
if (typeof options === 'number') process.exit(options);

let recorder: Recorder;
try {
  recorder = new Recorder(options.history);
} catch (error) {
  console.error(`error: --history ${options.history} cannot be written: ${messageOf(error)}`);
  process.exit(2);
}
const dir = mkdtempSync(join(tmpdir(), 'skep-chaos-'));
// However this process ends, nothing of it is left.
process.on('exit', () => {
  killEverything();
  scenarios[options.scenario].cleanUp?.();
  rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

const problems = await run(options, { dir, recorder, say: (line) => console.log(line) });
for (const problem of problems) console.log(`✗ ${problem}`);
console.log(problems.length === 0 ? 'chaos: everything holds' : `chaos: FAILED, history in ${options.history}`);
process.exit(problems.length === 0 ? 0 : 1);
