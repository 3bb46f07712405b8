import { parseDuration } from '../base/duration.js';

/** Bytes of a size such as `300M`; `undefined` for what is no size. */
export function bytesOf(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)\s*(b|[kmgt](?:i?b)?)?$/i.exec(text) ?? [];
  return count === undefined
    ? undefined
    : Math.round(Number(count) * 1024 ** 'bkmgt'.indexOf(unit.toLowerCase()[0] ?? 'b'));
}

/** Not a number for what is no duration. */
export function durationMs(text: string): number {
  try {
    return parseDuration(text);
  } catch {
    return NaN;
  }
}
