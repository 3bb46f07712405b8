/**
 * Refuses options that do not exist: a misspelt one must not be taken for one that was left out. Throws a `TypeError` that
 * names those that do, also when no options are given at all.
 */
export function refuseUnknown(what: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null)
    throw new TypeError(`${what} takes an object of options: known are ${known.join(', ')}`);
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new TypeError(`${what}: there is no option "${unknown}": known are ${known.join(', ')}`);
}
