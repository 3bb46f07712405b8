import { describe, expect, it } from 'vitest';
import type { Screen } from '../../src/cli/screen.js';
import { shownTransfer } from '../../src/cli/transfer.js';
import { FakeClock } from '../support/state-clock.js';

const mebibyte = 1024 * 1024;

/** Pieces of a mebibyte, each a while after the one before. */
async function* pieces(clock: FakeClock, count: number, apartMs: number, failure?: Error) {
  for (let made = 0; made < count; made++) {
    clock.advance(apartMs);
    yield await Promise.resolve(new Uint8Array(mebibyte));
  }
  if (failure) throw failure;
}

async function shown(options: { count: number; apartMs: number; bytes?: number; failure?: Error; terminal?: boolean }) {
  const { count, apartMs, bytes, failure, terminal = true } = options;
  const clock = new FakeClock();
  const lines: string[] = [];
  const screen: Screen = { show: (some) => void lines.push(some.join('|')) };
  const transfer = {
    screen: terminal ? screen : undefined,
    clock,
    doing: 'saving',
    ...(bytes !== undefined && { bytes }),
  };
  let passed = 0;
  let failed: unknown;
  try {
    for await (const piece of shownTransfer(pieces(clock, count, apartMs, failure), transfer)) passed += piece.length;
  } catch (error) {
    failed = error;
  }
  return { passed, lines, failed };
}

describe('a transfer', () => {
  it('shows how much has passed, and removes its line at the end', async () => {
    const { passed, lines } = await shown({ count: 3, apartMs: 100 });
    expect(passed).toBe(3 * mebibyte);
    expect(lines).toEqual(['saving  1.0 MiB', 'saving  2.0 MiB', 'saving  3.0 MiB', '']);
  });

  it('has a bar where the whole is known', async () => {
    const { lines } = await shown({ count: 2, apartMs: 100, bytes: 4 * mebibyte });
    expect(lines).toEqual([
      `saving  [${'█'.repeat(5)}${'░'.repeat(15)}]  1.0 MiB of 4.0 MiB`,
      `saving  [${'█'.repeat(10)}${'░'.repeat(10)}]  2.0 MiB of 4.0 MiB`,
      '',
    ]);
  });

  it('changes its line ten times a second at most', async () => {
    const { lines } = await shown({ count: 40, apartMs: 10 });
    expect(lines).toHaveLength(5);
  });

  it('removes its line when it fails, too', async () => {
    const failure = new RangeError('the disk is full');
    const { lines, failed } = await shown({ count: 1, apartMs: 0, failure });
    expect(failed).toBe(failure);
    expect(lines.at(-1)).toBe('');
  });

  it('shows nothing without a terminal', async () => {
    expect(await shown({ count: 3, apartMs: 100, terminal: false })).toEqual({
      passed: 3 * mebibyte,
      lines: [],
      failed: undefined,
    });
  });
});
