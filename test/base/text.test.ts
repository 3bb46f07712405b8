import { describe, expect, it } from 'vitest';
import { shortened } from '../../src/base/text.js';

describe('a text that is shortened', () => {
  it.each([
    ['', ''],
    ['abcdef', 'abcdef'],
    ['abcdefg', 'abcde…'],
    ['😀😀😀', '😀😀😀'],
    ['😀😀😀😀', '😀😀…'],
    ['abcde😀', 'abcde…'],
    ['abcd😀e', 'abcd…'],
    ['\uD83D', '\uFFFD'],
    ['a\uDE00b', 'a\uFFFDb'],
    ['\uDE00\uD83D', '\uFFFD\uFFFD'],
  ])('%j is %j in 6 characters, and can be encoded', (given, expected) => {
    expect(shortened(given, 6)).toBe(expected);
    expect(() => encodeURIComponent(shortened(given, 6))).not.toThrow();
  });
});
