import { describe, expect, it } from 'vitest';
import { printable, terminalSafe } from '../../src/base/terminal.js';

const actives = '\u001b\u0007\u007f\u009b\u00ad\u200b\u200e\u202e\u2028\u2066\ufeff\ud800\u{e0041}';

describe('text for a terminal', () => {
  it('has escapes where a terminal would do something', () => {
    expect(terminalSafe(actives)).toBe(
      String.raw`\u001b\u0007\u007f\u009b\u00ad\u200b\u200e\u202e\u2028\u2066\ufeff\ud800\udb40\udc41`,
    );
    expect(terminalSafe('é ü 漢字 😀 \t\n"')).toBe('é ü 漢字 😀 \t\n"');
  });

  it('is the same JSON', () => {
    const value = { [`name${actives}`]: [`${actives}\n\t\\`] };
    for (const indent of [0, 2]) {
      const json = JSON.stringify(value, null, indent);
      expect(JSON.parse(terminalSafe(json))).toEqual(value);
    }
  });

  it('is one line where it must be', () => {
    expect(printable('a\nb\tc\u202e')).toBe(String.raw`a\u000ab\u0009c\u202e`);
  });
});
