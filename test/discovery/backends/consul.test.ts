import { expect, it } from 'vitest';
import { createBackend } from '../../../src/discovery/index.js';

it.each([
  ['consul://a:1,b:2/path', 'consul does not support multiple endpoints'],
  ['consul://', 'at least one HOST:PORT'],
])('%s is refused', async (url, message) => {
  await expect(createBackend(url)).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringContaining(message) as string,
  });
});
