/** Time since a moment, for people: `8s`, `3m`, `5h`, `2d`. */
export function ageText(since: number, now: number): string {
  if (since <= 0) return '';
  const seconds = Math.max(0, Math.floor((now - since) / 1_000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

/** Joins words as a sentence does: `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A number with its noun: `1 task`, `2 tasks`. */
export const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

const collator = new Intl.Collator('en', { numeric: true });

/** Orders names as people do: `web.2` comes before `web.10`. */
export const compareNames = (a: string, b: string): number => collator.compare(a, b);
