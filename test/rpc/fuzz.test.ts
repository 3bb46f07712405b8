import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { abuse } from '../../scripts/abuse/client.js';
import { allMethods } from '../../scripts/abuse/messages.js';
import { Channel, methodOf } from '../../src/rpc/index.js';

/** How long messages are sent, and from which seed: more of both by hand. */
const seconds = Number(process.env.SKEP_FUZZ_SECONDS ?? 15);
const seed = Number(process.env.SKEP_FUZZ_SEED ?? 1);

/** What one turn may cost, milliseconds of a processor: 200 on a machine of its own, more where others run beside. */
const stallMaxMs = 1_000;
const bytesMax = 900 * 1024 * 1024;

const root = join(import.meta.dirname, '../..');
const binary = join(root, 'dist/main.js');
const probe = join(root, 'scripts/abuse/probe.mjs');

interface Said {
  readonly stallMs: number;
  readonly bytes: number;
}

describe('a manager that is sent whatever the descriptor allows', () => {
  const dir = mkdtempSync(join(tmpdir(), 'skep-fuzz-'));
  let child: ChildProcess | undefined;
  afterEach(() => {
    if (child?.exitCode === null) child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  });

  it('answers every method, stands still for no message, and ends only when it is told to', { timeout: (seconds + 60) * 1_000 }, async () => {
    if (!existsSync(binary)) throw new Error('dist/ is missing: run npm run build first');
    const args = ['--import', probe, binary, 'manager', '--name', 'm1', '--listen', '127.0.0.1:0', '--data-dir', join(dir, 'm1'), '--log-level', 'error'];
    const manager = (child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }));
    let complaints = '';
    manager.stderr?.on('data', (text: Buffer) => (complaints = (complaints + text.toString()).slice(-4_000)));
    const begun = once(createInterface({ input: manager.stdout as NodeJS.ReadableStream }), 'line') as Promise<[string]>;
    const [line] = await Promise.race([begun, once(manager, 'exit').then(() => [complaints])]);
    const addr = /[\d.]+:\d+/.exec(line)?.[0] ?? '';
    const most = { stallMs: 0, bytes: 0 };
    manager.on('message', ({ stallMs, bytes }: Said) => {
      most.stallMs = Math.max(most.stallMs, stallMs);
      most.bytes = Math.max(most.bytes, bytes);
    });

    const { messages, methods, codes, unanswered } = await abuse([addr], seededRandom(seed), AbortSignal.timeout(seconds * 1_000));
    expect(manager.exitCode, complaints).toBeNull();
    const channel = new Channel(addr);
    await channel.unary(methodOf('control', 'Kinds'), {}, { timeoutMs: 10_000 });
    channel.close();
    const ended = once(manager, 'exit') as Promise<[number | null]>;
    manager.kill('SIGTERM');
    const [code] = await ended;
    console.log(`fuzz: seed ${seed}, ${methods} methods, ${messages} messages in ${seconds} s, longest stall ${Math.round(most.stallMs)} ms, ${Math.round(most.bytes / 2 ** 20)} MiB, exit code ${code}, ${JSON.stringify(codes)}`);

    expect(code, complaints).toBe(0);
    expect(methods).toBe(allMethods().length);
    expect(messages).toBeGreaterThan(allMethods().length);
    expect(most.stallMs).toBeLessThan(stallMaxMs);
    expect(most.bytes).toBeLessThan(bytesMax);
    expect(unanswered).toEqual([]);
    expect(codes.UNKNOWN).toBeUndefined(); // a mistake of ours
    expect(codes.INTERNAL).toBeUndefined();
  }); // prettier-ignore
});
