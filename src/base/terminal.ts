/**
 * Characters that do something to a terminal or to what is read there, instead of being seen: controls (ESC, U+009B), those
 * that turn the direction of writing (U+202E), that have no width (U+200B), that end a line, and halves of characters.
 */
const active = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Without characters that a terminal acts on: written as `\uXXXX`, so that JSON stays the same JSON. Lines and tabs stay. */
export function terminalSafe(text: string): string {
  return text.replace(active, (char) => (char === '\n' || char === '\t' ? char : escaped(char)));
}

/** Does the same for text that must be one word of a line: users choose names freely. */
export function printable(text: string): string {
  return text.replace(active, escaped);
}

/** Each half of a character beyond U+FFFF by itself, as JSON has it. */
function escaped(char: string): string {
  return Array.from({ length: char.length }, (_, i) => `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`).join(
    '',
  );
}
