import { describe, expect, it } from 'vitest';
import { digitsOf, keyOf, parseEvent, sinceText } from '../../../src/fleet/engine/event.js';

describe('parseEvent', () => {
  it('keeps the digits of timeNano, which a number cannot hold', () => {
    const text = '{"Type":"container","Action":"start","time":1796021723,"timeNano":1796021723157752476}';
    expect(parseEvent(text)).toEqual({
      Type: 'container',
      Action: 'start',
      time: 1_796_021_723,
      timeNano: '1796021723157752476',
    });
    expect(String(JSON.parse(text).timeNano)).not.toBe('1796021723157752476');
  });

  it('leaves timeNano out where an engine sends none', () => {
    expect(parseEvent('{"status":"start","id":"a","time":5}')).toEqual({ status: 'start', id: 'a', time: 5 });
  });

  it('refuses what is not JSON', () => {
    expect(() => parseEvent('{a}')).toThrow('not JSON');
  });
});

describe('digitsOf', () => {
  it.each([
    ['{"n":12}', '12'],
    ['{ "n" : 12 }', '12'],
    ['{"a":{"n":1},"n":2}', '2'],
    ['{"a":[{"n":1}],"b":"\\"n\\":3","n":2}', '2'],
    ['{"a":"n","n":2}', '2'],
    ['{"a":{"n":1}}', undefined],
    ['{"n":"1"}', undefined],
    [`{"a":"${'\\"{'.repeat(300_000)}","n":7}`, '7'],
  ])('finds the outermost n: case %#', (text, digits) => {
    expect(digitsOf(text, 'n')).toBe(digits);
  });
});

describe('sinceText', () => {
  it.each([
    ['1796021723157752476', '1796021723.157752476'],
    ['1000000001', '1.000000001'],
    ['5', '0.000000005'],
  ])('writes %s as %s', (nanos, text) => {
    expect(sinceText(nanos)).toBe(text);
  });
});

describe('keyOf', () => {
  const event = { Type: 'container', Action: 'start', Actor: { ID: 'a' }, timeNano: '5' };

  it('is the same for one event, and for the words of old engines', () => {
    expect(keyOf({ ...event, extra: 1 })).toBe(keyOf(event));
    expect(keyOf({ status: 'start', id: 'a', time: 5 })).toBe(keyOf({ status: 'start', id: 'a', time: 5 }));
  });

  it.each([{ timeNano: '6' }, { Action: 'die' }, { Type: 'network' }, { Actor: { ID: 'b' } }])(
    'differs by %o',
    (other) => {
      expect(keyOf({ ...event, ...other })).not.toBe(keyOf(event));
    },
  );
});
