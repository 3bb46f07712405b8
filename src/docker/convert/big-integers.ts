/**
 * JSON whose integers keep their digits. Docker's are of 64 bits; a number of JavaScript rounds those above 2^53, and a
 * rounded one may be too large for the client to read.
 */

const mark = '\u0000int:';
const writtenMark = JSON.stringify(mark).slice(1, -1);
/** Texts, which are left alone, and long integers outside of them. */
const tokens = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/gs;
const marked = new RegExp(`"${writtenMark.replaceAll('\\', '\\\\')}(-?\\d+)"`, 'g');

/** Parses JSON; integers of more than 15 digits become texts that {@link jsonText} writes as they were. */
export function parseJson(text: string): unknown {
  if (text.includes(writtenMark)) return JSON.parse(text);
  return JSON.parse(text.replace(tokens, (token) => (token.startsWith('"') ? token : `"${writtenMark}${token}"`)));
}

/** Writes what {@link parseJson} has read. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(marked, '$1');
}
