import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const script = join(root, 'scripts/damage/main.ts');

/** A run of the harness: its exit code, and the counts of each class by column. */
function damage(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, ...args], {
    encoding: 'utf8',
    cwd: root,
  });
  const lines = stdout.trimEnd().split('\n');
  const heading = lines.find((line) => line.startsWith('damage ')) ?? '';
  const columns = heading.split(/ {2,}/).slice(1);
  const rows = lines.slice(lines.indexOf(heading) + 1, -1).map((line) => {
    const [name = '', ...cells] = line.split(/ {2,}/);
    return [name, Object.fromEntries(columns.map((column, i) => [column, Number(cells[i])]))] as const;
  });
  return { status, says: `${stdout}\n${stderr}`, of: Object.fromEntries(rows) };
}

describe('data directories of real members, damaged on purpose', () => {
  it('are refused by name or hold everything, and doctor says the same', { timeout: 300_000 }, () => {
    const { status, says, of } = damage('--damages', '44', '--seed', '7');
    expect(status, says).toBe(0);
    expect(of['all'], says).toMatchObject({ SILENT: 0, HUNG: 0, 'NO CODE': 0, 'doctor differs': 0, total: 44 });
    // A run in which nothing was damaged would say the same.
    expect(of['part of another member']).toMatchObject({ DAMAGED: 4, total: 4 });
    expect(of['all']?.['DAMAGED']).toBeGreaterThan(20);
    expect(of['no rights']).toMatchObject({ 'other code': 4, total: 4 });
    expect(of['rolled back beside its leader']).toMatchObject({ DAMAGED: 1, total: 1 });
    expect(Object.keys(of)).toHaveLength(13);
  });
});
