/** Name of a setting among the values that flags give: without `Addr`, which every address would have. */
export function flagKey(name: string): string {
  return name.replace(/Addr$/, '');
}

/** Name as a flag, without its dashes, and as a key in a file: `dataDir` is `data-dir`, `listenAddr` is `listen`. */
export function flagName(name: string): string {
  return flagKey(name).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Name as an environment variable: `SKEP_DATA_DIR`. */
export function variableName(name: string): string {
  return `SKEP_${flagName(name).replaceAll('-', '_').toUpperCase()}`;
}

/** Most letters that may differ between a word and the one that was meant. */
const lettersMax = 2;

/** Finds the flag's name that was probably meant, however its words are joined; `undefined` when none is near. */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const wanted = letters(given.replace(/^SKEP_/, '').replace(/Addr$/, ''));
  const near = known.map((word) => ({ word, away: distance(wanted, letters(word)) }));
  return near.filter(({ away }) => away <= lettersMax).sort((a, b) => a.away - b.away)[0]?.word;
}

function letters(word: string): string {
  return word.toLowerCase().replace(/[^a-z]/g, '');
}

/** Counts the letters to insert, remove and replace (Levenshtein). */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...a].entries()) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++)
      row.push(Math.min((above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1, (above[j] ?? 0) + (letter === b[j] ? 0 : 1)));
    above = row;
  }
  return above[b.length] ?? 0;
}
