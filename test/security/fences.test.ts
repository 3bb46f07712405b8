import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fences } from '../../scripts/fences/list.js';

/* The list of fences stays true to the source; "npm run security:fences" switches each off and runs its test. */

const root = join(import.meta.dirname, '../..');

it.each(fences)('stands where the list says: $name', ({ file, find, replace, test }) => {
  expect(readFileSync(join(root, 'src', file), 'utf8').split(find)).toHaveLength(2);
  expect(replace).not.toBe(find);
  expect(existsSync(join(root, 'test', test))).toBe(true);
});
