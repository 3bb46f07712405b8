import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matcherOf, TooCostly } from '../../src/schedule/pattern/index.js';
import { randomText } from './made.js';

const plenty = () => ({ steps: 1e9 });
const matches = (value: string, text: string) => matcherOf(value, plenty())(text);

describe('a pattern', () => {
  it.each([
    ['node1', 'node1', true],
    ['node1', 'node10', false],
    ['node1', 'Node1', false],
    ['node*', 'node10', true],
    ['node*', 'a-node', false],
    ['*', '', true],
    ['ub*t*', 'ubuntu', true],
    ['f*o', 'fo', true],
    ['redis:3.2', 'redis:3.2', true],
    ['redis:3.2', 'redis:392', true], // a dot is any character, as it always was
    ['us-(east|west)', 'us-west', true],
    ['a|b', 'ab', false],
    ['node[0-9]', 'node7', true],
    ['node[^0-9]', 'node7', false],
    ['/ode/', 'node1', true],
    ['/^ode/', 'node1', false],
    ['/node1$/', 'a-node1', true],
    ['/^$/', '', true],
    ['//', 'anything', true],
    ['/', '/', true],
    ['/(?i)NODE/', 'node1', true],
    ['/(?i)^[a-b]+c*(n|b)$/', 'AABCCN', true],
    ['/(?i)[^a]/', 'A', false],
    ['/a(?i:b)c/', 'aBc', true],
    ['/a(?i:b)c/', 'aBC', false],
    ['/a(?i)b|C/', 'c', true],
    ['/a(?-i)b/', 'aB', false],
    ['/a.b/', 'a\nb', false],
    ['/(?s)a.b/', 'a\nb', true],
    ['/(?m)^b$/', 'a\nb\nc', true],
    ['/\\bssd\\b/', 'fast ssd here', true],
    ['/\\bssd\\b/', 'fastssd', false],
    ['/\\Assd\\z/', 'ssd', true],
    ['/[[:digit:]]\\s\\w\\D/', '1 ab', true],
    ['/[]a]/', ']', true],
    ['/[a-]/', '-', true],
    ['/[\\d.]+$/', 'v1.2', true],
    ['/[^\\W]/', '-', false],
    ['/^.$/', '😀', true],
    ['/a+?b??$/', 'aa', true],
  ])('%s on %j: %s', (value, text, expected) => {
    expect(matches(value, text)).toBe(expected);
  });

  it.each([
    '/(/',
    '/)/',
    '/a)/',
    '/[a/',
    '/[b-a]/',
    '/*a/',
    '/a**/',
    '/a++/',
    '/\\1/',
    '/\\/',
    '/(?<a/',
    '/[[:no:]]/',
    '[a',
    'a(',
  ])('%s is refused', (value) => {
    expect(() => matcherOf(value, plenty())).toThrow(SyntaxError);
  });

  it('is refused when it nests without end', () => {
    expect(() => matcherOf(`/${'('.repeat(2_000)}${')'.repeat(2_000)}/`, plenty())).toThrow(SyntaxError);
  });

  it('that would keep a backtracking engine busy for ever is answered', () => {
    const text = `${'a'.repeat(5_000)}!`;
    const budget = { steps: 1_000 };
    for (const value of ['/^(a+)+$/', '/^(a|a)*$/', '/^(a|aa)+$/', '*a*a*a*a*a*a*b']) {
      expect(matcherOf(value, budget)(text)).toBe(false);
    }
    expect(budget.steps).toBeGreaterThan(0);
  });

  it('that needs more steps than the budget has is given up', () => {
    const exploding = matcherOf(`/(a|b)*a${'(a|b)'.repeat(40)}c/`, { steps: 100_000 });
    const text = randomText(20_000);
    expect(() => exploding(text)).toThrow(TooCostly);
  });

  it('gives up what it has kept, and stays right', () => {
    const wide = matcherOf(`/a${'[ab]'.repeat(14)}c/`, plenty());
    const text = randomText(20_000);
    expect(wide(text)).toBe(false);
    expect(wide(`${text}abbbbbbbbbbbbbbc`)).toBe(true);
    expect(wide(text)).toBe(false);
  });

  it('says the same as a regular expression of JavaScript', () => {
    const single = fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]', '\\w', '\\b', '\\W', '^', '$', '-');
    const { pattern } = fc.letrec((tie) => ({
      pattern: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        single,
        fc.tuple(tie('pattern'), tie('pattern')).map((parts) => parts.join('')),
        fc.tuple(tie('pattern'), tie('pattern')).map((parts) => `(${parts.join('|')})`),
        fc
          .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '*?'))
          .map(([part, many]) => `(?:${part as string})${many}`),
      ),
    }));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'A', '-', '\n'), maxLength: 12 });
    fc.assert(
      fc.property(pattern, fc.array(text, { maxLength: 6 }), fc.boolean(), (source, texts, fold) => {
        const ours = matcherOf(`/${fold ? '(?i)' : ''}${source}/`, plenty());
        const theirs = new RegExp(source, fold ? 'i' : '');
        for (const one of texts) expect([one, ours(one)]).toEqual([one, theirs.test(one)]);
      }),
      { numRuns: 500 },
    );
  });
});
