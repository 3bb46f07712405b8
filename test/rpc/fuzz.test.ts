import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { abuse } from '../../scripts/abuse/client.js';
import { ProbedManager } from '../../scripts/abuse/manager.js';
import { allMethods } from '../../scripts/abuse/messages.js';
import { Channel, methodOf } from '../../src/rpc/index.js';

/** How long messages are sent, and from which seed: more of both by hand. */
const seconds = Number(process.env.SKEP_FUZZ_SECONDS ?? 15);
const seed = Number(process.env.SKEP_FUZZ_SEED ?? 1);

/** What one turn may cost, milliseconds of a processor: the probe does not count the time in which others had it. */
const stallMaxMs = 200;
const bytesMax = 900 * 1024 * 1024;

describe('a manager that is sent whatever the descriptor allows', () => {
  let manager: ProbedManager | undefined;
  afterEach(() => manager?.kill());

  it('answers every method, stands still for no message, and ends only when it is told to', { timeout: (seconds + 300) * 1_000 }, async () => {
    if (!existsSync(join(import.meta.dirname, '../../dist/main.js'))) throw new Error('dist/ is missing: run npm run build first');
    manager = await ProbedManager.start();

    const { messages, methods, codes, unanswered } = await abuse([manager.addr], seededRandom(seed), AbortSignal.timeout(seconds * 1_000));
    expect(manager.exitCode, manager.complaints).toBeNull();
    const channel = new Channel(manager.addr);
    await channel.unary(methodOf('control', 'Kinds'), {}, { timeoutMs: 10_000 });
    channel.close();
    const { stallMs, bytes } = await manager.most();
    const code = await manager.stop();
    console.log(`fuzz: seed ${seed}, ${methods} methods, ${messages} messages in ${seconds} s, longest stall ${Math.round(stallMs)} ms, ${Math.round(bytes / 2 ** 20)} MiB, exit code ${code}, ${JSON.stringify(codes)}`);

    expect(code, manager.complaints).toBe(0);
    expect(methods).toBe(allMethods().length);
    expect(messages).toBeGreaterThan(allMethods().length);
    expect(stallMs).toBeLessThan(stallMaxMs);
    expect(bytes).toBeLessThan(bytesMax);
    expect(unanswered).toEqual([]);
    expect(codes.UNKNOWN).toBeUndefined(); // a mistake of ours
    expect(codes.INTERNAL).toBeUndefined();
  }); // prettier-ignore
});
