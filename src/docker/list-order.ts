const placeMax = 2 ** 20;

/**
 * Places of `items` in the order of their times, newest first; equal ones as they are. Times are whole seconds.
 *
 * A comparing sort of 30,000 containers holds the event loop for longer than a slice may last. Time and place fit into one
 * number together, and numbers sort without calls.
 */
export function newestFirst<T>(items: readonly T[], secondsOf: (item: T) => number): T[] {
  if (items.length > placeMax) return [...items].sort((a, b) => secondsOf(b) - secondsOf(a));
  const keys = new Float64Array(items.length);
  items.forEach((item, place) => {
    const seconds = Math.min(2 ** 32, Math.max(0, Math.trunc(secondsOf(item)) || 0));
    keys[place] = seconds * placeMax + (placeMax - 1 - place);
  });
  keys.sort().reverse();
  return Array.from(keys, (key) => items[placeMax - 1 - (key % placeMax)] as T);
}
