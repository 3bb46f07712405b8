import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mutants } from '../../scripts/mutants/list.js';

it.each(mutants)('the mutant "$name" is still a change of one place', ({ file, find, replace }) => {
  const text = readFileSync(join(import.meta.dirname, '../../src', file), 'utf8');
  expect(text.split(find)).toHaveLength(2);
  expect(replace).not.toBe(find);
});
