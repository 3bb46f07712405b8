import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

describe('an application of the leader that blocks its thread', () => {
  it(
    'loses the leadership with the member on that thread, and keeps it with one in another',
    { timeout: 240_000 },
    async () => {
      // Waits for what must follow; the long timeout keeps a busy machine from an election of its own.
      const options = ['--json', '--election-ms', '2000', '--block-ms', '6000'];
      const { stdout, stderr } = await promisify(execFile)(
        join(root, 'node_modules/.bin/tsx'),
        [join(root, 'scripts/demo-threads/main.ts'), ...options],
        { cwd: root },
      );
      const both = {
        'writes of others are acknowledged meanwhile': true,
        'each of them is on every member': true,
        'the first read after it has them all': true,
        'its lock went to another application, with a higher epoch': true,
        'its own signal says so before anything else runs': true,
        'its fenced write is refused': true,
      };
      const runs = stdout.trim().split('\n').map((line) => JSON.parse(line) as unknown); // prettier-ignore
      expect(stderr).toContain('the event loop was blocked for'); // the log of the first one
      expect(runs).toEqual([
        {
          mode: 'inside',
          facts: {
            'another member leads, in a later term': true,
            'the member says that it leads when it wakes': true,
            'the store refuses what it writes then': true,
            'that write is on no member': true,
            ...both,
          },
        },
        { mode: 'worker', facts: { 'the same member leads, in the same term': true, ...both } },
      ]);
    },
  );
});
