/**
 * Refuses options that do not exist: a misspelt one must not be taken for one that was left out. Throws a `TypeError` that
 * names those that do.
 */
export function refuseUnknown(what: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new TypeError(`${what}: there is no option "${unknown}": known are ${known.join(', ')}`);
}
