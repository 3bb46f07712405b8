/** Half of a character that takes two (a surrogate without its pair): it cannot be written as UTF-8. */
const half = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/**
 * `text` with at most `charactersMax` characters (of UTF-16), an ellipsis in the place of what is left out. Always text that
 * can be encoded: no character is cut in two, and halves that were in it before become U+FFFD.
 */
export function shortened(text: string, charactersMax: number): string {
  const cut = text.length <= charactersMax ? text : `${withoutHalf(text.slice(0, charactersMax - 1))}…`;
  return cut.replace(half, '\uFFFD');
}

const withoutHalf = (text: string) => text.replace(/[\uD800-\uDBFF]$/, '');
