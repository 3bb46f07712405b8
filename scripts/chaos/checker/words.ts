import type { Operation } from '../history.js';

/** Microseconds as people read them. */
export const seconds = (time: number): string => (Number.isFinite(time) ? `${(time / 1e6).toFixed(6)} s` : 'the end');

/** One operation, as it is told to people. */
export function told({ client, node, op, key, value, expect, rev, call, return: returned, result }: Operation): string {
  const what = [
    `${op} ${key}`,
    value === undefined ? '' : ` = ${JSON.stringify(value)}`,
    expect === undefined ? '' : ` if it is "${expect}"`,
    rev === undefined ? '' : ` at version ${rev}`,
  ].join('');
  return `${what} (client ${client} at ${node}, ${result}, ${seconds(call)} to ${seconds(returned)})`;
}

/** The first few of many sentences, and how many more there are. */
export function firstFew(sentences: readonly string[], most = 5): string[] {
  if (sentences.length <= most) return [...sentences];
  return [...sentences.slice(0, most), `… and ${sentences.length - most} more of that kind`];
}
