/** Matches the space between words; `#` begins a comment at the start of a word. */
const gap = String.raw`(?<gap>(?:^|[ \t\r\n]+)#[^\n]*|[ \t\r\n]+)`;
const quoted = String.raw`\\(?<escaped>[^])|"(?<double>(?:[^"\\]+|\\[^])*)"|'(?<single>[^']*)'`;
const plain = String.raw`(?<plain>[^ \t\r\n"'\\]+)`;

/**
 * Splits a line into words as a shell does. Quotes group. A backslash escapes the next character (in double quotes only
 * `$`, `` ` ``, `"` and itself). A backslash at the end of a line joins it with the next. A `#` that begins a word
 * drops the rest of its line. Docker does the same except for the backslash, of which it makes arguments with newlines
 * in them.
 */
export function splitWords(text: string, fail: (what: string) => never): string[] {
  const piece = new RegExp(`${gap}|${quoted}|${plain}`, 'y');
  const words: string[] = [];
  let word: string | undefined;
  while (piece.lastIndex < text.length) {
    const at = piece.lastIndex;
    const { groups } =
      piece.exec(text) ?? fail(text[at] === '\\' ? 'ends with a backslash' : 'has a quote that is not closed');
    if (groups?.gap === undefined) word = added(word, groups ?? {});
    else {
      if (word !== undefined) words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

function added(
  word: string | undefined,
  { escaped, double, single, plain }: Readonly<Record<string, string | undefined>>,
) {
  if (escaped === '\n') return word;
  const text = double?.replace(/\\([$`"\\\n])/g, (_whole, char: string) => (char === '\n' ? '' : char));
  return (word ?? '') + (escaped ?? text ?? single ?? plain ?? '');
}
