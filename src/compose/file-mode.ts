import type { Reader } from './reader.js';

const modeMax = 0o7777;

/** Reads a file mode: `0440` and `0o440` are octal, as in YAML 1.1; other numbers are decimal, as Docker has it. */
export function modeOf(reader: Reader): number | undefined {
  if (reader.absent) return undefined;
  const text = reader.text();
  const mode = /^0o?[0-7]{1,6}$/.test(text)
    ? parseInt(text.replace('o', ''), 8)
    : /^\d{1,6}$/.test(text)
      ? Number(text)
      : NaN;
  return mode <= modeMax ? mode : reader.fail(`must be a file mode like 0440, is "${text.slice(0, 100)}"`);
}
