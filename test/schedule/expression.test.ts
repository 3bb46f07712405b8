import { describe, expect, it } from 'vitest';
import { compileExpressions, parseExpression, parseExpressions } from '../../src/schedule/expression.js';
import { randomText, thrown } from './made.js';

describe('an expression', () => {
  it.each([
    ['node==node1', { key: 'node', operator: '==', value: 'node1', soft: false }],
    ['node!=node1', { key: 'node', operator: '!=', value: 'node1', soft: false }],
    ['node==~node1', { key: 'node', operator: '==', value: 'node1', soft: true }],
    ['node!=~/slow/', { key: 'node', operator: '!=', value: '/slow/', soft: true }],
    ['_node==_node1', { key: '_node', operator: '==', value: '_node1', soft: false }],
    ['com.example.tier==a b', { key: 'com.example.tier', operator: '==', value: 'a b', soft: false }],
    ['Node==*node*', { key: 'Node', operator: '==', value: '*node*', soft: false }],
    ['node==/(?i)^[a-b]+c*(n|b)$/', { key: 'node', operator: '==', value: '/(?i)^[a-b]+c*(n|b)$/', soft: false }],
    ['node===x', { key: 'node', operator: '==', value: '=x', soft: false }],
  ])('%s is read', (text, expected) => {
    expect(parseExpression(text)).toEqual(expected);
  });

  it.each([
    ['1node', 'One of operator ==, != is expected'],
    ['node=node1', 'One of operator ==, != is expected'],
    ['1node==a', "Key '1node' is invalid"],
    ['node ==node1', "Key 'node ' is invalid"],
    ['no*de==node1', "Key 'no*de' is invalid"],
    ['n==node1', "Key 'n' is invalid"],
    ['==node1', "Key '' is invalid"],
    ['a!=b==c', "Key 'a!=b' is invalid"],
    ['node==', "Value '' is invalid"],
    ['node==~', "Value '~' is invalid"],
    ['node==a{2}', "Value 'a{2}' is invalid"],
    ['node==a,b', "Value 'a,b' is invalid"],
    ['node==é', "Value 'é' is invalid"],
  ])('%s is refused: %s', (text, message) => {
    expect(thrown(() => parseExpression(text))).toEqual({ code: 'INVALID', message });
  });

  it('is refused when it is long, and shown short', () => {
    const { code, message } = thrown(() => parseExpression(`node==${'a'.repeat(5_000)}`));
    expect(code).toBe('INVALID');
    expect(message.length).toBeLessThan(200);
  });

  it('is refused when there are too many', () => {
    expect(thrown(() => parseExpressions(Array.from({ length: 257 }, () => 'node==a'))).code).toBe('INVALID');
  });

  it('is refused when its value is no pattern', () => {
    expect(thrown(() => compileExpressions(['node==/(/'])).message).toBe("Value '/(/' is invalid; missing )");
  });

  it('is refused when it takes too long to match', () => {
    const [costly] = compileExpressions([`node==/(a|b)*a${'(a|b)'.repeat(60)}c/`]);
    const text = randomText(60_000);
    const { code, message } = thrown(() => costly?.matches(text));
    expect(code).toBe('INVALID');
    expect(message).toMatch(/is invalid; it takes too long to match, simplify it$/);
  });
});
