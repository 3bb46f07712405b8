/**
 * `npm run demo:threads [-- --block-ms 3000 --election-ms 1000 --json]`: the application of the leader blocks its thread;
 * its member first shares that thread, and then has one of its own. The exit code is 0 only if every claim holds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { factsOf } from './facts.js';
import { run } from './run.js';

const { values } = parseArgs({
  options: {
    'block-ms': { type: 'string', default: '3000' },
    'election-ms': { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
  },
});
const dir = await mkdtemp(join(tmpdir(), 'skep-threads-'));
let good = true;
try {
  for (const mode of ['inside', 'worker'] as const) {
    const options = { dir, electionTimeoutMs: Number(values['election-ms']), blockMs: Number(values['block-ms']) };
    const seen = await run(mode, options);
    const facts = factsOf(seen);
    good &&= [...facts.values()].every((holds) => holds);
    if (values.json) console.log(JSON.stringify({ mode, facts: Object.fromEntries(facts) }));
    else {
      const { before, after, woken, acknowledged, failed, longestWaitMs } = seen;
      console.log(`\n── a member ${mode === 'inside' ? 'on the thread of its application' : 'in a thread of its own'}`);
      console.log(`the application of ${before.name}, which leads in term ${before.term}, blocks its thread`);
      console.log(`for ${Math.round(woken.blockedMs)} ms; then ${after.name} leads, in term ${after.term}`);
      console.log(
        `${acknowledged.length} writes of a client meanwhile, one of which took ${Math.round(longestWaitMs)} ms`,
      );
      if (failed.length > 0) console.log(`writes of the client that failed: ${failed.join(', ')}`);
      for (const [claim, holds] of facts) console.log(`${holds ? '✓' : '✗'} ${claim}`);
    }
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}
process.exitCode = good ? 0 : 1;
