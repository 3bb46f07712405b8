import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/base/duration.js';

describe('a time as Go has it', () => {
  it.each([
    ['60s', 60_000], ['1m30s', 90_000], ['1.5h', 5_400_000], ['.5s', 500], ['1.s', 1_000], ['1h2m3.5s', 3_723_500],
    ['-5s', -5_000], ['+5s', 5_000], ['0', 0], ['-0', 0], ['1ms', 1], ['1us', 0.001], ['1µs', 0.001], ['1ns', 0.000001], ['1h', 3_600_000], ['250ms', 250], ['1μs', 0.001],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  }); // prettier-ignore

  it.each([
    ['', 'time: invalid duration ""'],
    ['soon', 'time: invalid duration "soon"'],
    ['-', 'time: invalid duration "-"'],
    ['.s', 'time: invalid duration ".s"'],
    ['60', 'time: missing unit in duration "60"'],
    ['1m30', 'time: missing unit in duration "1m30"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
    ['1constructor', 'time: unknown unit "constructor" in duration "1constructor"'],
  ])('is not %j: %s', (text, message) => {
    expect(() => parseDuration(text)).toThrow(message);
  });

  it.each([
    [0, '0s'], [500, '500ms'], [1_000, '1s'], [1_500, '1.5s'], [60_000, '1m0s'], [90_500, '1m30.5s'], [3_600_000, '1h0m0s'],
  ])('of %d ms is written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  }); // prettier-ignore
});
