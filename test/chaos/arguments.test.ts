import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../scripts/chaos/arguments.js';
import type { Operation } from '../../scripts/chaos/history.js';
import { failoverTimes } from '../../scripts/chaos/summary.js';

/** What a run is told, and what it tells; nothing here runs. */

function parsed(line: string): { result: unknown; said: string } {
  let said = '';
  const result = parseArguments(line.split(' '), { write: (text) => (said += text) });
  return { result, said };
}

describe('the command line of a chaos run', () => {
  it('has defaults for what is not said', () => {
    expect(parsed('--scenario kill --seconds 20 --history h.jsonl').result).toEqual({
      scenario: 'kill',
      seconds: 20,
      history: 'h.jsonl',
      members: 3,
      writers: 4,
      readers: 4,
    });
  });

  it('takes what is said', () => {
    const line = '--scenario disk-full --seconds 5 --history h --members 5 --writers 1 --readers 9';
    expect(parsed(line).result).toMatchObject({ scenario: 'disk-full', members: 5, writers: 1, readers: 9 });
  });

  it.each([
    { line: '--seconds 20 --history h', says: '--scenario' },
    { line: '--scenario kill --history h', says: '--seconds' },
    { line: '--scenario kill --seconds 20', says: '--history' },
    {
      line: '--scenario flood --seconds 20 --history h',
      says: 'kill, pause, partition, disk-full, damage, membership',
    },
    { line: '--scenario kill --seconds 0 --history h', says: 'a whole number from 1' },
    { line: '--scenario kill --seconds soon --history h', says: 'a whole number from 1' },
    { line: '--scenario kill --seconds 9 --history h --members 4', says: '3, 5' },
    { line: '--scenario kill --seconds 9 --history h --writers -1', says: 'a whole number from 1' },
    { line: '--scenario kill --seconds 9 --history h more', says: 'too many arguments' },
    { line: '--scenario kill --seconds 9 --history h --fast', says: "unknown option '--fast'" },
  ])('is refused with exit code 2: $line', ({ line, says }) => {
    const { result, said } = parsed(line);
    expect(result).toBe(2);
    expect(said).toContain(says);
  });
});

describe('the time of a failover', () => {
  const write = (call: number, returned: number, result: Operation['result']): Operation => ({
    ...{ client: 1, node: 'm1', op: 'write', key: 'x', value: `${call}` },
    ...{ call, return: returned, result },
  });

  it('ends with the first acknowledged write that began after the loss', () => {
    const operations = [
      write(0, 900, 'ok'),
      write(600, 700, 'unknown'),
      write(800, 2_500, 'ok'),
      write(1_000, 1_600, 'ok'),
    ];
    expect(failoverTimes(operations, [{ by: 'SIGKILL', at: 500 }])).toEqual([1.1]);
  });

  it('is not known when there was none', () => {
    expect(failoverTimes([write(0, 900, 'ok')], [{ by: 'SIGKILL', at: 500 }])).toEqual([undefined]);
  });
});
