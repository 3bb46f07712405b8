// Durations as Go writes them, on the command line and in Compose files.

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3, // U+00B5, the micro sign
  μs: 1e-3, // U+03BC, the Greek letter
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * The milliseconds of a duration: `1h`, `1m30s`, `250ms`, `1.5s`, `-5s`, `0`.
 * @throws {RangeError} with Go's words for what is wrong.
 */
export function parseDuration(text: string): number {
  const unsigned = text.replace(/^[+-]/, '');
  if (unsigned === '0') return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)[^\d.]*)+$/.test(unsigned)) throw new RangeError(`time: invalid duration "${text}"`);
  let ms = 0;
  for (const [, count, unit = ''] of unsigned.matchAll(/(\d+\.?\d*|\.\d+)([^\d.]*)/g)) {
    const factor = Object.hasOwn(unitMs, unit) ? unitMs[unit] : undefined;
    if (unit === '') throw new RangeError(`time: missing unit in duration "${text}"`);
    if (factor === undefined) throw new RangeError(`time: unknown unit "${unit}" in duration "${text}"`);
    ms += Number(count) * factor;
  }
  return text.startsWith('-') ? -ms : ms;
}

/** As Go prints it: `1m0s`, `500ms`, `1.5s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 1_000) return `${ms}ms`;
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = `${(ms % 60_000) / 1_000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
