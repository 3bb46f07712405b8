import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { defineKind, schema } from '../../src/kinds/index.js';
import { openMember, type Ran, Running, skep } from '../support/cli-run.js';

const jobs = defineKind({
  name: 'job',
  schema: schema.object({ name: schema.text(), queue: schema.text(), priority: schema.int(), urgent: schema.flag() }),
  indexes: { name: ({ name }) => name, queue: (job) => job.queue, priority: (job) => job.priority, urgent: (job) => job.urgent },
}); // prettier-ignore

let member: OpenReplica;
const on = (...args: string[]): Promise<Ran> => skep(['--host', member.addr, ...args]);
const rowsOf = ({ out }: Ran) => out.trimEnd().split('\n').map((line) => line.trim().replace(/ +/g, ' ')); // prettier-ignore

beforeAll(async () => {
  member = await openMember({ kinds: [jobs] });
  await member.store.update((tx) => {
    tx.kind(jobs).create({ id: 'j1', name: 'nightly', queue: 'mail', priority: 1 });
    tx.kind(jobs).create({ id: 'j2', name: 'weekly', queue: '5', priority: 5, urgent: true });
    tx.kind(jobs).create({ id: 'k3', name: 'x'.repeat(100), queue: 'true', priority: -2 });
    tx.services().create({ id: 'svc1', spec: { annotations: { name: 'web' } } });
    tx.tasks().create({ id: 't1', serviceId: 'svc1', slot: 2 });
  });
});
afterAll(() => member.close());

describe('skep rm', () => {
  it('takes whole ids and names only: given twice it does not remove another object', async () => {
    await member.store.update((tx) => {
      tx.kind(jobs).create({ id: 'r-1', queue: 'rm' });
      tx.kind(jobs).create({ id: 'r-17', queue: 'rm' });
    });
    expect(await on('rm', 'job/r-1')).toEqual({ code: 0, out: 'job/r-1\n', err: '' });
    expect(await on('rm', 'job/r-1')).toMatchObject({ code: 3, out: '' });
    expect((await on('inspect', 'job/r-1', '-o', 'name')).out).toBe('job/r-17\n'); // reading may guess
    expect(JSON.parse((await on('rm', 'job/r-17', '-o', 'json')).out)).toEqual([{ kind: 'job', id: 'r-17' }]);
    await member.store.update((tx) => {
      tx.nodes().create({ id: 'nn1' });
      tx.nodes().create({ id: 'nn17' });
    });
    expect(await on('node', 'rm', 'nn1')).toMatchObject({ code: 0, out: 'nn1\n' });
    expect(await on('node', 'rm', 'nn1')).toMatchObject({ code: 3, out: '' });
    expect(await on('node', 'rm', 'nn17')).toMatchObject({ code: 0 });
  });
});

describe('-o name', () => {
  it('prints what rm takes: of ls, of inspect, and of rm itself', async () => {
    await member.store.update((tx) => {
      tx.kind(jobs).create({ id: 'n-1', queue: 'named' });
      tx.kind(jobs).create({ id: 'n-2', queue: 'named' });
      tx.nodes().create({ id: 'tw1', description: { hostname: 'twins' } });
      tx.nodes().create({ id: 'tw2', description: { hostname: 'twins' } });
    });
    const { out } = await on('ls', 'jobs', '--where', 'queue=named', '-o', 'name');
    expect((await on('inspect', 'job/n-1', '-o', 'name')).out).toBe(out.split('\n')[0] + '\n');
    expect(await on('rm', ...out.trimEnd().split('\n'), '-o', 'name')).toEqual({ code: 0, out, err: '' });
    // Names are what people call nodes, but two may have the same.
    const nodes = (await on('node', 'ls', '-o', 'name')).out.trimEnd().split('\n');
    expect(nodes).toEqual(expect.arrayContaining(['tw1', 'tw2']));
    expect(await on('node', 'rm', ...nodes)).toMatchObject({ code: 0 });
  });
});

describe('what is printed', () => {
  it('does nothing to the terminal, and begins no line of its own', async () => {
    const id = 'esc\u001b[31mX\nY';
    await member.store.update((tx) => tx.kind(jobs).create({ id, queue: 'esc' }));
    for (const format of ['name', 'table']) {
      const { out } = await on('ls', 'jobs', '--where', 'queue=esc', '-o', format);
      expect(out).toContain(String.raw`esc\u001b[31mX\u000aY`);
      expect(out.trimEnd().split('\n')).toHaveLength(format === 'table' ? 2 : 1);
    }
    await member.store.update((tx) => tx.kind(jobs).delete(id));
  });
});

describe('what a terminal would act on', () => {
  const evil = '\u001b[31m\u009b2J\u202e\u200b';
  const shown = String.raw`\u001b[31m\u009b2J\u202e\u200b`;
  const active = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/;

  it.each([
    ['ls jobs --where queue=evil -o json'],
    ['ls jobs --where queue=evil -o ndjson'],
    ['inspect job/evil'],
    ['inspect job/evil -o ndjson'],
    ['history job/evil -o json'],
  ])('is escaped in what %s prints, which stays the same JSON', async (line) => {
    await member.store.update((tx) => tx.kind(jobs).create({ id: 'evil', queue: 'evil', name: `n${evil}` }));
    const { out } = await on(...line.split(' '));
    expect(out).not.toMatch(active);
    expect(out).toContain(shown);
    expect(JSON.stringify(JSON.parse(out))).toContain(JSON.stringify(`n${evil}`).slice(1, -1));
    await member.store.update((tx) => tx.kind(jobs).delete('evil'));
  });

  it('is escaped in events', async () => {
    const { version } = member.store;
    const watching = new Running(['--host', member.addr, 'watch', 'job', '--from', String(version)]);
    await member.store.update((tx) => tx.kind(jobs).create({ id: 'evil', queue: 'evil', name: `n${evil}` }));
    await watching.until(1);
    await watching.interrupt();
    expect(watching.lines[0]).not.toMatch(active);
    expect(watching.events[0]).toMatchObject({ object: { name: `n${evil}` } });
    await member.store.update((tx) => tx.kind(jobs).delete('evil'));
  });

  it.each([
    [['inspect', `node/${evil}`]],
    [[`do${evil}`]],
    [['node', 'ls', `--${evil}`]],
    [['--host', `h${evil}`, 'status']],
    [['apply', `/nowhere/${evil}`]],
  ])('is escaped in what is said of %j', async (args) => {
    const { code, err } = await on(...args);
    expect(code).not.toBe(0);
    expect(err).not.toMatch(active);
    expect(err).toContain(shown);
  });

  it('is escaped in what is said of SKEP_HOST', async () => {
    const { err } = await skep(['status'], { env: { SKEP_HOST: `h ${evil}` } });
    expect(err).not.toMatch(active);
    expect(err).toContain(shown);
  });
});

describe('skep ls', () => {
  it('lists a kind of one’s own, by its singular and its plural', async () => {
    const rows = rowsOf(await on('ls', 'jobs'));
    expect(rows[0]).toBe('ID FIELDS VERSION');
    expect(rows[1]).toBe('j1 {"name":"nightly","priority":1,"queue":"mail","urgent":false} 1');
    expect(rows[3]).toMatch(/^k3 \{"name":"x+… 1$/); // cut
    expect(await on('ls', 'job')).toEqual(await on('ls', 'jobs'));
  });

  it('lists a built-in kind with its own columns', async () => {
    expect(rowsOf(await on('ls', 'services'))).toEqual(['ID NAME MODE IMAGE VERSION', 'svc1 web replicated 1 1']);
    expect(await on('ls', 'service', '-o', 'name')).toEqual({ code: 0, out: 'service/svc1\n', err: '' });
  });

  it('prints whole objects as json and ndjson, references as name', async () => {
    const stored = member.store.view((tx) => tx.kind(jobs).find());
    expect(JSON.parse((await on('ls', 'jobs', '-o', 'json')).out)).toEqual(stored);
    const lines = (await on('ls', 'jobs', '-o', 'ndjson')).out.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(stored);
    expect((await on('ls', 'jobs', '-o', 'name')).out).toBe('job/j1\njob/j2\njob/k3\n');
    expect((await on('ls', 'jobs', '--limit', '2', '-o', 'name')).out).toBe('job/j1\njob/j2\n');
  });

  it.each([
    ['a text', ['jobs', '--where', 'queue=mail'], 'job/j1\n'],
    ['a number', ['jobs', '--where', 'priority=5'], 'job/j2\n'],
    ['a number below zero', ['jobs', '--where', 'priority=-2'], 'job/k3\n'],
    ['true and false', ['jobs', '--where', 'urgent=false'], 'job/j1\njob/k3\n'],
    ['a text in quotes that looks like a number', ['jobs', '--where', 'queue="5"'], 'job/j2\n'],
    ['a text in quotes that looks like a flag', ['jobs', '--where', 'queue="true"'], 'job/k3\n'],
    ['several, AND-ed', ['jobs', '--where', 'queue=mail', 'priority=5'], ''],
    ['several, given one by one', ['jobs', '--where', 'queue=mail', '--where', 'priority=1'], 'job/j1\n'],
    ['an index of the store’s own', ['tasks', '--where', 'service=svc1'], 'task/t1\n'],
  ])('finds by %s', async (_what, args, out) => {
    expect(await on('ls', ...args, '-o', 'name')).toEqual({ code: 0, out, err: '' });
  });

  it.each([
    ['a kind that is not there', ['things'], 3, /there is no kind "things"; use one of node, .*job/],
    ['an index that is not there', ['jobs', '--where', 'colour=red'], 7, /jobs have no index "colour"; they have name, queue/],
    ['a condition that is none', ['jobs', '--where', 'colour'], 2, /Give INDEX=VALUE/],
    ['a limit that is no number', ['jobs', '--limit', 'all'], 2, /whole number/],
    ['a limit of none', ['jobs', '--limit', '0'], 2, /whole number from 1/],
    ['no kind', [], 2, /missing required argument 'kind'/],
  ])('says so when given %s', async (_what, args, code, says) => {
    const ran = await on('ls', ...args);
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toMatch(says);
  }); // prettier-ignore
});

describe('skep inspect', () => {
  it.each([
    ['an id', 'jobs/j1', 'j1'],
    ['a name', 'jobs/nightly', 'j1'],
    ['a name in other letters', 'job/WEEKLY', 'j2'],
    ['the beginning of an id', 'job/k', 'k3'],
  ])('finds an object of one’s own kind by %s', async (_what, reference, id) => {
    const { code, out } = await on('inspect', reference);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(member.store.view((tx) => tx.kind(jobs).get(id)));
  });

  it('finds what the store brings along by name, and prints a line as ndjson', async () => {
    expect(JSON.parse((await on('inspect', 'service/web')).out)).toMatchObject({ id: 'svc1' });
    expect((await on('inspect', 'services/web', '-o', 'ndjson')).out.match(/\n/g)).toHaveLength(1);
    expect((await on('inspect', 'service/svc1', '-o', 'name')).out).toBe('service/svc1\n');
  });

  it.each([
    ['an object that is not there', 'jobs/nobody', 3, 'there is no job "nobody"'],
    ['a kind that is not there', 'things/1', 3, 'there is no kind "things"'],
    ['the beginning of several', 'jobs/j', 7, '"j" matches more than one job'],
    ['no kind', 'nightly', 7, '"nightly" must be KIND/ID, like service/web'],
    ['no id', 'jobs/', 7, 'must be KIND/ID'],
  ])('says so when given %s', async (_what, reference, code, says) => {
    const ran = await on('inspect', reference);
    expect(ran).toMatchObject({ code, out: '' });
    expect(ran.err).toContain(says);
  });
});

describe('skep rm', () => {
  it('removes objects of several kinds in one transaction, with who and why', async () => {
    await member.store.update((tx) => {
      tx.kind(jobs).create({ id: 'gone1' });
      tx.nodes().create({ id: 'gone2', description: { hostname: 'gone-host' } });
    });
    const before = member.store.version;
    const ran = await on('--actor', 'ann', '--reason', 'tidy', 'rm', 'jobs/gone1', 'node/gone-host', 'job/gone1');
    expect(ran).toEqual({ code: 0, out: 'job/gone1\nnode/gone2\n', err: '' });
    expect(member.store.version).toBe(before + 1);
    expect(member.store.transaction(before + 1)).toMatchObject({ actor: 'ann', reason: 'tidy' });
  });

  it('removes all or nothing', async () => {
    const { version } = member.store;
    expect(await on('rm', 'jobs/j1', 'jobs/nobody')).toMatchObject({ code: 3, out: '' });
    expect(member.store.version).toBe(version);
  });
});

describe('skep kinds', () => {
  it('lists what there is, as a table, json and names', async () => {
    const rows = rowsOf(await on('kinds'));
    expect(rows[0]).toBe('KIND PLURAL OBJECTS BYTES INDEXES');
    expect(rows.find((row) => row.startsWith('job '))).toMatch(/^job jobs 3 \d+ name queue priority urgent$/);
    expect((await on('kinds', '-o', 'name')).out.split('\n')).toEqual(
      expect.arrayContaining(['node', 'volume', 'job']),
    );
    const kinds = JSON.parse((await on('kinds', '-o', 'json')).out) as { kind: string }[];
    expect(kinds.find(({ kind }) => kind === 'job')).toMatchObject({ builtIn: false, known: true, objects: 3 });
  });
});

describe('skep status --use', () => {
  it('says how much there is of what, in json only when it is asked', async () => {
    const { out } = await on('status');
    expect(out).toMatch(/^KIND +OBJECTS +SIZE$/m);
    expect(out).toMatch(/^job +3 +0\.0 MiB$/m);
    expect(out).toMatch(/^history: \d+ transactions, \d+\.\d MiB, back to version 0; watches here: \d+$/m);
    const { use } = JSON.parse((await on('status', '--use', '-o', 'json')).out) as { use: { kinds: object[] } };
    expect(use.kinds).toContainEqual(expect.objectContaining({ kind: 'job', objects: 3 }));
    expect(JSON.parse((await on('status', '-o', 'json')).out)).not.toHaveProperty('use');
  });
});
