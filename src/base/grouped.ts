/** Limits of a group: a number of bytes or of items. The item that reaches a limit is still included. */
export interface GroupLimits {
  readonly bytes: number;
  readonly items?: number;
}

/** Cuts a list into groups of bounded size, made one at a time. None is empty. */
export function* grouped<T>(
  items: Iterable<T>,
  { bytes: bytesMax, items: itemsMax = Infinity }: GroupLimits,
  bytesOf: (item: T) => number,
): Generator<T[], void> {
  let group: T[] = [];
  let bytes = 0;
  for (const item of items) {
    group.push(item);
    bytes += bytesOf(item);
    if (bytes < bytesMax && group.length < itemsMax) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

/** Like the above, each group with a flag for the last one. An empty list gives one empty group. */
export function* groupedToLast<T>(
  items: Iterable<T>,
  limits: GroupLimits,
  bytesOf: (item: T) => number,
): Generator<{ readonly group: readonly T[]; readonly last: boolean }, void> {
  let held: T[] | undefined;
  for (const group of grouped(items, limits, bytesOf)) {
    if (held) yield { group: held, last: false };
    held = group;
  }
  yield { group: held ?? [], last: true };
}
