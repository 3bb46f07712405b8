import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { Folder, openMember, type Ran, skep } from '../support/cli-run.js';

let member: OpenReplica;
let folder: Folder;
const on = (...args: string[]): Promise<Ran> => skep(['--host', member.addr, ...args]);
const rowsOf = ({ out }: Ran) => out.trimEnd().split('\n').map((line) => line.trim().replace(/ {2,}/g, '|')); // prettier-ignore
const spec = (replicas: number) => ({ annotations: { name: 'web' }, mode: { replicated: { replicas } } });

beforeAll(async () => {
  member = await openMember();
  folder = await Folder.make();
  const { store } = member;
  await store.update((tx) => tx.services().create({ id: 'svc1', spec: spec(1) }), { actor: 'ann', reason: 'first' });
  await store.update((tx) => tx.services().update({ id: 'svc1', spec: spec(3) }), { actor: 'bob' });
  await store.update((tx) => tx.services().update({ id: 'svc1', spec: spec(3) }));
  await store.update((tx) => tx.nodes().create({ id: 'n1' }));
  await store.update((tx) => tx.nodes().delete('n1'), { reason: 'worn out' });
});
afterAll(async () => {
  await member.close();
  await folder.remove();
});

describe('skep history', () => {
  it('is a table of who changed it, when, why and how', async () => {
    const { code, err } = await on('history', 'service/web');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const time = (version: number) => new Date(member.store.transaction(version)?.time ?? 0).toISOString();
    expect(rowsOf(await on('history', 'services/svc1'))).toEqual([
      'VERSION|TIME|ACTION|ACTOR|REASON|CHANGES',
      `1|${time(1)}|create|ann|first`,
      `2|${time(2)}|update|bob|spec.mode.replicated.replicas: 1 → 3`,
      `3|${time(3)}|update|nothing`,
    ]);
  });

  it('is what there was, for what is gone', async () => {
    const rows = JSON.parse((await on('history', 'node/n1', '-o', 'json')).out) as object[];
    expect(rows).toMatchObject([
      { version: 4, op: 'create' },
      { version: 5, op: 'delete', reason: 'worn out' },
    ]);
    expect(rowsOf(await on('history', 'node/n1')).at(-1)).toMatch(/^5\|[^|]+\|delete\|worn out$/);
  });

  it('has values, not texts of values, in json and ndjson', async () => {
    const rows = JSON.parse((await on('history', 'service/web', '-o', 'json')).out) as { fields: object[] }[];
    expect(rows[1]?.fields).toEqual([{ path: 'spec.mode.replicated.replicas', old: 1, new: 3 }]);
    const lines = (await on('history', 'service/web', '-o', 'ndjson')).out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(rows);
    expect((await on('history', 'service/web', '-o', 'name')).out).toBe('1\n2\n3\n');
  });

  it('is cut to the newest', async () => {
    expect((await on('history', 'service/web', '--limit', '2', '-o', 'name')).out).toBe('2\n3\n');
  });

  it.each([
    ['a kind that is not there', ['things/1'], 3, 'there is no kind "things"'],
    ['no id', ['service'], 7, 'must be KIND/ID'],
    ['a limit that is no number', ['service/web', '--limit', '1.5'], 2, 'whole number'],
    ['a limit below zero', ['service/web', '--limit', '-1'], 2, 'whole number'],
  ])('says so when given %s', async (_what, args, code, says) => {
    const ran = await on('history', ...args);
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toContain(says);
  });

  it('says that nothing is known of what never was', async () => {
    const { code, out, err } = await on('history', 'service/nobody', '-o', 'json');
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toBe('skep: NOT_FOUND: history has no change of service nobody after version 0\n');
  });

  it('does not take a beginning that fits several for a name', async () => {
    await member.store.update((tx) => {
      for (const id of ['same1', 'same2']) tx.nodes().create({ id });
    });
    const ran = await on('history', 'node/same');
    expect(ran).toMatchObject({ code: 7, out: '' });
    expect(ran.err).toContain('matches more than one node');
  });

  it('says that nobody answers when nobody does, and does so once', async () => {
    const ran = await skep(['--host', '127.0.0.1:1', '--timeout', '300ms', 'history', 'service/web']);
    expect(ran).toMatchObject({ code: 5, out: '' });
  });
});

describe('skep apply --dry-run', () => {
  it('shows the fields that would change, and changes nothing', async () => {
    const one = await folder.write('one.yaml', 'services:\n  a: {image: one}\n  b: {image: one}\n');
    const two = await folder.write('two.yaml', 'services:\n  a: {image: two}\n  c: {image: one}\n');
    await on('apply', one, '--stack', 's');
    const { version } = member.store;
    const ran = await on('apply', two, '--stack', 's', '--prune', '--dry-run');
    expect(ran.code).toBe(0);
    expect(ran.err).toContain('stack s: this would be done\n');
    const rows = rowsOf(ran);
    expect(rows[0]).toBe('ACTION|KIND|NAME|ID|CHANGES');
    expect(rows.find((row) => row.startsWith('update'))).toMatch(
      /^update\|service\|s_a\|\w+\|.*spec\.task\.container\.image: "one" → "two"$/,
    );
    expect(rows.slice(1).map((row) => row.split('|')[0])).toEqual(
      expect.arrayContaining(['create', 'update', 'remove']),
    );
    expect(member.store.version).toBe(version);
    const asJson = JSON.parse((await on('apply', two, '--stack', 's', '--dry-run', '-o', 'json')).out) as { action: string; changes: string[] }[]; // prettier-ignore
    expect(asJson.find(({ action }) => action === 'update')?.changes).toContain(
      'spec.task.container.image: "one" → "two"',
    );
  });

  it('refuses what apply would refuse', async () => {
    const file = await folder.write('port.yaml', 'services:\n  p: {image: i, ports: ["9000:80"]}\n');
    await on('apply', file, '--stack', 'first');
    const { version } = member.store;
    for (const flags of [['--dry-run'], []]) {
      const ran = await on('apply', file, '--stack', 'second', ...flags);
      expect(ran).toMatchObject({ code: 4, out: '' });
      expect(ran.err).toContain('9000/tcp is published by service first_p already');
    }
    expect(member.store.version).toBe(version);
  });
});
