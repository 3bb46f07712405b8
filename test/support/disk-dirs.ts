import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

/** Temporary folders that go when the test does. */
export function tempDirs(): () => Promise<string> {
  const made: string[] = [];
  afterEach(async () => {
    for (const dir of made.splice(0)) await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  });
  return async () => {
    const dir = await mkdtemp(join(tmpdir(), 'skep-disk-'));
    made.push(dir);
    return dir;
  };
}
