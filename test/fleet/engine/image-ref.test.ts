import { describe, expect, it } from 'vitest';
import { parseImageRef } from '../../../src/fleet/index.js';

describe('parseImageRef', () => {
  it.each([
    ['busybox', 'busybox', 'latest'],
    ['busybox:1', 'busybox', '1'],
    ['library/busybox', 'library/busybox', 'latest'],
    ['localhost:5000/a/b', 'localhost:5000/a/b', 'latest'],
    ['localhost:5000/a/b:2', 'localhost:5000/a/b', '2'],
    ['a@sha256:00ff', 'a', 'sha256:00ff'],
    ['a:1@sha256:00ff', 'a', 'sha256:00ff'],
    ['r:5/a:1@sha256:00ff', 'r:5/a', 'sha256:00ff'],
  ])('splits %s into %s and %s', (ref, name, tag) => {
    expect(parseImageRef(ref)).toEqual({ name, tag });
  });

  it.each(['', ':1', 'a:', 'a@', 'a b'])('refuses "%s"', (ref) => {
    expect(() => parseImageRef(ref)).toThrow('image must be');
  });
});
