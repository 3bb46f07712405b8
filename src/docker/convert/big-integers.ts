/**
 * JSON whose integers keep their digits. Docker's are of 64 bits; a number of JavaScript rounds those above 2^53, and a
 * rounded one may be too large for the client to read.
 */

/** Beginning of the text that stands for a long integer, as JSON has it. Texts that begin so get {@link plain} after it. */
const mark = '\\u0000int:';
const plain = 'text:';

/** Texts, and long integers outside of them. */
const tokens = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/gs;
const marked = /(?<!\\)"\\u0000int:(?:text:|(-?\d+)")/g;

/** Parses JSON; integers of more than 15 digits become texts that {@link jsonText} writes as they were. */
export function parseJson(text: string): unknown {
  return JSON.parse(
    text.replace(tokens, (token) => {
      if (!token.startsWith('"')) return `"${mark}${token}"`;
      return token.startsWith(`"${mark}`) ? `"${mark}${plain}${token.slice(mark.length + 1)}` : token;
    }),
  );
}

/** Writes what {@link parseJson} has read. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(marked, (_, digits: string | undefined) => digits ?? `"${mark}`);
}
