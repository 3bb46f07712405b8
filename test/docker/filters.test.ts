import { describe, expect, it } from 'vitest';
import { ListFilters } from '../../src/docker/filters.js';

const known = ['name', 'label', 'status', 'dangling'];
const parse = (value: unknown) => ListFilters.parse(typeof value === 'string' ? value : JSON.stringify(value), known);

describe('ListFilters', () => {
  it.each([
    ['as the command line writes them', { name: { a: true, b: true } }],
    ['as libraries write them', { name: ['a', 'b'] }],
  ])('reads values %s', (_, given) => {
    expect(parse(given).values('name')).toEqual(['a', 'b']);
  });

  it('lets everything pass without filters', () => {
    const filters = ListFilters.parse(null, known);
    expect(filters.exact('name', 'x') && filters.matches('name', 'x') && filters.labels({})).toBe(true);
    expect(parse({ name: [] }).exact('name', 'x')).toBe(true);
  });

  it.each([
    [{ colour: ['red'] }, "Invalid filter 'colour'"],
    [{ constructor: ['red'] }, "Invalid filter 'constructor'"],
    ['{"name":', 'invalid filters: they are not JSON'],
    ['[]', 'invalid filters: they must be an object'],
    ['null', 'invalid filters: they must be an object'],
    [{ name: 'a' }, "Invalid filter 'name': its values must be a list of texts"],
    [{ name: [1] }, "Invalid filter 'name': its values must be a list of texts"],
    [{ name: ['x'.repeat(2_000)] }, "Invalid filter 'name': a value is longer than 1024 characters"],
  ])('refuses %j', (given, message) => {
    expect(() => parse(given)).toThrow(message);
  });

  // Docker finds a name's value anywhere, as a regular expression.
  it.each([
    ['we', 'web', true],
    ['^web$', 'web', true],
    ['^web$', 'web2', false],
    ['w.b', 'web', true],
    ['(a+)+$', 'web', false],
    ['db|web', 'my-web', true],
  ])('a pattern %s on %s: %s', (pattern, name, found) => {
    expect(parse({ name: [pattern] }).matches('name', name)).toBe(found);
  });

  it('is not held up by a pattern that tries everything', () => {
    const filters = parse({ name: ['^(a|aa)+$'] });
    expect(filters.matches('name', `${'a'.repeat(5_000)}!`)).toBe(false);
  });

  it('says which pattern is none', () => {
    expect(() => parse({ name: ['(web'] }).matches('name', 'web')).toThrow("Invalid filter 'name=(web'");
  });

  it.each([
    [['a'], true],
    [['a=1'], true],
    [['a=2'], false],
    [['a', 'b=x=y'], true],
    [['toString'], false],
    [['a', 'c'], false],
  ])('labels a=1 and b=x=y against %j: %s', (wanted, passes) => {
    expect(parse({ label: wanted }).labels({ a: '1', b: 'x=y' })).toBe(passes);
  });

  it('reads flags, and refuses both at once', () => {
    expect(parse({ dangling: ['true'] }).flag('dangling')).toBe(true);
    expect(parse({ dangling: ['0'] }).flag('dangling')).toBe(false);
    expect(parse({}).flag('dangling')).toBeUndefined();
    expect(() => parse({ dangling: ['true', 'false'] }).flag('dangling')).toThrow('write true or false');
    expect(() => parse({ dangling: ['maybe'] }).flag('dangling')).toThrow("Invalid filter 'dangling=maybe'");
  });

  it('names the values that there are', () => {
    expect(() => parse({ status: ['asleep'] }).oneOf('status', ['running', 'exited'])).toThrow(
      "Invalid filter 'status=asleep': write one of running, exited",
    );
  });
});
