import { describe, expect, it } from 'vitest';
import { assigned, parseAssignment, parsePath, pathText, withField } from '../../src/cli/object-path.js';

describe('a path', () => {
  it.each([
    ['a', ['a']],
    ['a.b.c', ['a', 'b', 'c']],
    ['ports[0].target', ['ports', 0, 'target']],
    ['labels["com.example.tier"]', ['labels', 'com.example.tier']],
    ['a["x=y"][2]', ['a', 'x=y', 2]],
  ])('%s is read, and written as it was', (text, path) => {
    expect(parsePath(text)).toEqual(path);
    expect(pathText(path)).toBe(text);
  });

  it.each(['', '.a', 'a.', 'a..b', 'a[', 'a[x]', 'a["b]', '__proto__.x'])('is not %j', (text) => {
    expect(() => parsePath(text)).toThrow('INVALID_OBJECT');
  });
});

describe('an assignment', () => {
  it.each([
    ['a=web', 'web'],
    ['a=', ''],
    ['a=b=c', 'b=c'],
    ['a=3', 3],
    ['a=true', true],
    ['a=null', null],
    ['a="3"', '3'],
    ['a=[1,2]', [1, 2]],
    ['a={"b":1}', { b: 1 }],
    ['a={b', '{b'],
  ])('%s gives %j', (text, value) => {
    expect(parseAssignment(text).value).toEqual(value);
  });

  it.each(['a', '=b', ''])('is not %j', (text) => {
    expect(() => parseAssignment(text)).toThrow('must be PATH=VALUE');
  });

  it.each([
    [{ a: { b: 1 } }, ['a.b=2'], { a: { b: 2 } }],
    [{}, ['a.b.c=x'], { a: { b: { c: 'x' } } }],
    [{ a: 'old' }, ['a=3'], { a: '3' }],
    [{ a: [1, 2] }, ['a[1]=5', 'a[2]=6'], { a: [1, 5, 6] }],
    [{}, ['a[0].b=1'], { a: [{ b: 1 }] }],
  ])('changes %j by %j', (object, texts, made) => {
    const before = structuredClone(object);
    expect(assigned(object, texts.map(parseAssignment))).toEqual(made);
    expect(object).toEqual(before);
  });

  it.each([
    [{ a: [1] }, 'a[2]=x', 'the next is [1]'],
    [{ a: [1] }, 'a.b=x', 'no place in a list'],
    [{ a: 'text' }, 'a.b=x', 'has no fields'],
  ])('of %j by %s is refused', (object, text, why) => {
    expect(() => assigned(object, [parseAssignment(text)])).toThrow(why);
  });

  it('removes fields, and items of lists', () => {
    expect(withField({ a: { b: 1, c: 2 } }, ['a', 'b'], undefined)).toEqual({ a: { c: 2 } });
    expect(withField({ a: [1, 2, 3] }, ['a', 1], undefined)).toEqual({ a: [1, 3] });
  });
});
