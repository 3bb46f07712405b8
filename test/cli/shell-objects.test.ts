import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { defineKind, schema } from '../../src/kinds/index.js';
import { openMember, type Ran, Running, type RunOptions, skep } from '../support/cli-run.js';

const jobs = defineKind({
  name: 'job',
  plural: 'jobs',
  schema: schema.object({ queue: schema.text(), priority: schema.int(), note: schema.optional(schema.text()) }),
  indexes: { queue: (job) => job.queue },
});

let member: OpenReplica;
let folder: string;
const on = (...args: string[]): Promise<Ran> => skep(['--host', member.addr, ...args]);
const withEnv = (env: RunOptions['env'], ...args: string[]) =>
  skep(['--host', member.addr, ...args], env ? { env } : {});

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** The service of this name. */
const service = (name: string) =>
  member.store.view((tx) => tx.services().find().find((one) => one.spec.annotations.name === name)); // prettier-ignore

beforeAll(async () => {
  member = await openMember({ kinds: [jobs] });
  folder = await mkdtemp(join(tmpdir(), 'skep-objects-'));
});
afterAll(async () => {
  await member.close();
  await rm(folder, { recursive: true, force: true });
});

const web = (replicas: number) => `kind: service
spec:
  annotations: { name: web }
  mode: { replicated: { replicas: ${replicas} } }
  task: { container: { image: nginx } }
`;

describe('skep apply of files with kind: at the top', () => {
  it('creates, leaves alone what is the same, and updates what differs, in one transaction', async () => {
    const path = await file('web.yaml', `${web(1)}---\nkind: jobs\nid: j1\nqueue: mail\n`);
    const before = member.store.version;
    expect(await on('apply', path)).toMatchObject({ code: 0, err: '' });
    expect(member.store.version).toBe(before + 1);
    expect(member.store.view((tx) => tx.kind(jobs).get('j1'))).toMatchObject({ queue: 'mail', priority: 0 });
    expect(await on('apply', path)).toMatchObject({ code: 0, err: 'nothing differs\n' });

    const changed = await file('changed.yaml', web(3));
    const dry = await on('apply', '-f', changed, '--dry-run', '-o', 'json');
    expect(JSON.parse(dry.out)).toMatchObject([
      { action: 'update', kind: 'service', name: 'web', changes: ['spec.mode.replicated.replicas: 1 → 3'] },
    ]);
    expect(service('web')?.spec.mode).toEqual({ replicated: { replicas: 1 } });
    expect(await on('apply', '-f', changed)).toMatchObject({ code: 0 });
    expect(service('web')?.spec.mode).toEqual({ replicated: { replicas: 3 } });
  });

  it('takes JSON, lists, and what get prints', async () => {
    const path = await file('list.json', JSON.stringify([{ kind: 'job', id: 'a1', queue: 'x' }, { kind: 'job', id: 'a2' }])); // prettier-ignore
    expect(await on('apply', path)).toMatchObject({ code: 0 });
    const got = await on('get', 'job/a1');
    expect(parse(got.out)).toMatchObject({ kind: 'job', id: 'a1', queue: 'x' });
    const again = await file('again.yaml', got.out);
    expect(await on('apply', again)).toMatchObject({ code: 0, err: 'nothing differs\n' });
    await on('set', 'job/a1', 'priority=1');
    expect(await on('apply', await file('again.yaml', got.out.replace('x', 'y')))).toMatchObject({ code: 4 });
    expect(member.store.view((tx) => tx.kind(jobs).get('a1'))).toMatchObject({ queue: 'x', priority: 1 });
  });

  it.each([
    ['kind: job\nid: b1\npriority: high\n', 7, 'priority'],
    ['kind: job\nqueue: q\n', 7, 'wrong.yaml:1: give the id of this job'],
    ['kind: job\nid: b1\n---\nid: b2\n', 7, 'wrong.yaml:4: kind is missing'],
    ['kind: job\nid: [\n', 7, 'wrong.yaml:'],
    ['kind: nothing\nid: b1\n', 3, 'there is no kind "nothing"'],
    ['kind: job\nid: b1\n---\nkind: job\nid: b1\n', 7, 'is there twice'],
    ['kind: service\nspec: { replicas: 3 }\n', 7, 'wrong.yaml:1: service: spec.replicas'],
  ])('refuses %j whole: %d', async (text, code, says) => {
    const path = await file('wrong.yaml', text);
    const ran = await on('apply', path);
    expect(ran.err).toContain(says);
    expect(ran.code).toBe(code);
    expect(member.store.view((tx) => tx.kind(jobs).get('b1'))).toBeUndefined();
  });

  it('does not take them for Compose files, nor together with those', async () => {
    const objects = await file('o.yaml', web(1));
    const compose = await file('compose.yaml', 'services:\n  a:\n    image: nginx\n');
    expect(await on('apply', objects, '-f', compose)).toMatchObject({ code: 2 });
    for (const flag of [['--prune'], ['--stack', 's'], ['--wait']])
      expect((await on('apply', objects, ...flag)).err).toContain('is for Compose files');
  });
});

describe('skep diff', () => {
  it('shows what apply would do, and changes nothing', async () => {
    const path = await file('diff.yaml', `${web(5)}---\nkind: job\nid: d1\n`);
    const before = member.store.version;
    const { out, code } = await on('diff', '-f', path);
    expect(out).toBe('~ service/web\n    spec.mode.replicated.replicas: 3 → 5\n+ job/d1\n');
    expect(code).toBe(0);
    expect(await on('diff', '-f', path, '--exit-code')).toMatchObject({ code: 1 });
    expect(JSON.parse((await on('diff', path, '-o', 'json')).out)).toMatchObject([{ action: 'update' }, { id: 'd1' }]);
    const compose = await file('compose.yaml', 'services:\n  a:\n    image: nginx\n');
    expect((await on('diff', compose, '--stack', 'shop')).out).toContain('+ service/shop_a\n');
    expect(member.store.version).toBe(before);
    await on('apply', path);
    expect(await on('diff', path, '--exit-code')).toEqual({ code: 0, out: '', err: 'nothing differs\n' });
  });
});

describe('skep create, set and get', () => {
  it('write single fields', async () => {
    expect(await on('create', 'job/c1', 'queue=mail', 'priority=2')).toEqual({ code: 0, out: 'job/c1\n', err: '' });
    expect(await on('create', 'job/c1')).toMatchObject({ code: 4 });
    expect(await on('set', 'job/c1', 'priority=7', 'queue=5', 'note=x')).toEqual({ code: 0, out: 'job/c1\n', err: '' });
    expect(member.store.view((tx) => tx.kind(jobs).get('c1'))).toMatchObject({ priority: 7, queue: '5', note: 'x' });
    await on('set', 'job/c1', '--remove', 'note');
    expect(member.store.view((tx) => tx.kind(jobs).get('c1'))).not.toHaveProperty('note');
    expect(await on('set', 'job/none', 'priority=1')).toMatchObject({ code: 3 });
    expect(await on('set', 'job/c1', 'priority=high')).toMatchObject({ code: 7 });
    expect(await on('set', 'job/c1')).toMatchObject({ code: 2 });
  });

  it('take a number for text where a field holds text, also one that is not there yet', async () => {
    await on('set', 'service/web', 'spec.annotations.labels.tier=1', 'spec.annotations.labels["a.b"]=true');
    expect(service('web')?.spec.annotations.labels).toEqual({ tier: '1', 'a.b': 'true' });
    expect(await on('create', 'service', 'spec.annotations.name=made', 'spec.task.container.image=nginx')).toMatchObject({ code: 0 }); // prettier-ignore
    expect(service('made')?.spec.annotations.name).toBe('made');
  });

  it('keep what others write at the same time', async () => {
    await on('create', 'job/s1');
    const fields = ['queue=q', 'priority=9', 'note=n'];
    const all = await Promise.all(fields.map((field) => on('set', 'job/s1', field)));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(member.store.view((tx) => tx.kind(jobs).get('s1'))).toMatchObject({ queue: 'q', priority: 9, note: 'n' });
  });

  it('print YAML with -o yaml, of every command', async () => {
    expect(parse((await on('get', 'service/web', '-o', 'yaml')).out)).toMatchObject({ kind: 'service' });
    expect(parse((await on('ls', 'jobs', '-o', 'yaml')).out)).toEqual(JSON.parse((await on('ls', 'jobs', '-o', 'json')).out)); // prettier-ignore
    expect(JSON.parse((await on('get', 'job/c1', '-o', 'json')).out)).toMatchObject({ kind: 'job', id: 'c1' });
  });
});

describe('skep edit', () => {
  /** An editor that replaces one text by another. */
  async function editor(from: string, to: string): Promise<string> {
    const path = await file('editor.sh', `#!/bin/sh\nsed -i 's/${from}/${to}/' "$1"\n`);
    await chmod(path, 0o755);
    return path;
  }

  it('writes what the editor leaves, and nothing when nothing changed', async () => {
    await on('create', 'job/e1', 'queue=old');
    const EDITOR = await editor('queue: old', 'queue: new');
    expect(await withEnv({ EDITOR }, 'edit', 'job/e1')).toEqual({ code: 0, out: 'job/e1\n', err: '' });
    expect(member.store.view((tx) => tx.kind(jobs).get('e1'))?.queue).toBe('new');
    expect(await withEnv({ EDITOR: 'true' }, 'edit', 'job/e1')).toMatchObject({ code: 0, err: 'nothing changed\n' });
    expect(await withEnv({ EDITOR: 'false' }, 'edit', 'job/e1')).toMatchObject({ code: 2 });
  });

  it('keeps the text of a write that is refused, and does not overwrite another', async () => {
    await on('create', 'job/e2', 'queue=old');
    const wrong = await withEnv({ EDITOR: await editor('priority: 0', 'priority: high') }, 'edit', 'job/e2');
    expect(wrong.code).toBe(7);
    const [, kept = ''] = /your text is kept in (\S+)/.exec(wrong.err) ?? [];
    expect(await readFile(kept, 'utf8')).toContain('priority: high');
    await rm(join(kept, '..'), { recursive: true });

    // The editor's own command is the other writer.
    const { version } = member.store;
    const other = join(folder, 'other.sh');
    await writeFile(other, `#!/bin/sh\ntouch ${folder}/open\nwhile [ ! -e ${folder}/go ]; do sleep 0.05; done\nsed -i 's/old/mine/' "$1"\n`); // prettier-ignore
    await chmod(other, 0o755);
    const editing = withEnv({ EDITOR: other }, 'edit', 'job/e2');
    await expect.poll(() => readFile(join(folder, 'open')).then(() => true, () => false), { timeout: 10_000 }).toBe(true); // prettier-ignore
    await on('set', 'job/e2', 'queue=theirs');
    expect(member.store.version).toBe(version + 1);
    await writeFile(join(folder, 'go'), '');
    const late = await editing;
    expect(late.code).toBe(4);
    expect(member.store.view((tx) => tx.kind(jobs).get('e2'))?.queue).toBe('theirs');
    await rm(join(/kept in (\S+)/.exec(late.err)?.[1] ?? 'none', '..'), { recursive: true, force: true });
  });
});

describe('skep wait', () => {
  it('ends when the object is as told: now, later, when it appears, and when it is gone', async () => {
    await on('create', 'job/w1', 'queue=a', 'priority=1');
    expect(await on('wait', 'job/w1', '--for', 'queue=a', '--for', 'priority=1')).toMatchObject({ code: 0, out: 'job/w1\n' }); // prettier-ignore
    const later = on('wait', 'job/w1', '--for', 'priority=5');
    const appears = on('wait', 'job/w2', '--for', 'exists');
    const gone = on('wait', 'job/w1', '--for', 'gone');
    await on('set', 'job/w1', 'priority=5');
    expect(await later).toMatchObject({ code: 0 });
    await on('create', 'job/w2');
    expect(await appears).toMatchObject({ code: 0, out: 'job/w2\n' });
    await on('rm', 'job/w1');
    expect(await gone).toMatchObject({ code: 0 });
    expect(await on('wait', 'service/web', '--for', 'spec.annotations.name=web')).toMatchObject({ code: 0 });
  });

  it('gives up after --limit: 124', async () => {
    const { code, err } = await on('wait', 'job/none', '--for', 'exists', '--limit', '50ms');
    expect({ code, err }).toEqual({ code: 124, err: 'skep: job "none" is not as told in time: exists\n' });
    expect(await on('wait', 'job/none', '--for', 'nonsense')).toMatchObject({ code: 2 });
    expect(await on('wait', 'job/none')).toMatchObject({ code: 2 });
  });
});

describe('skep explain KIND', () => {
  it('shows fields, types, defaults and indexes, without asking anybody for a built-in kind', async () => {
    const { out, code } = await skep(['--host', '127.0.0.1:1', 'explain', 'service']);
    expect(code).toBe(0);
    expect(out).toMatch(/^service \(services\); indexes: id \(unique\), name \(unique\)/);
    expect(out).toMatch(/^spec\.annotations\.name +a string +""$/m);
    expect(out).toMatch(/^spec\.task\.container\.image +a string/m);
    const node = await skep(['explain', 'nodes', '-o', 'json']);
    expect((JSON.parse(node.out) as { fields: unknown[] }).fields).toContainEqual({
      path: 'spec.availability',
      type: 'one of active, pause, drain',
      default: 'active',
    });
  });

  it('shows what is known of a custom kind, and still explains services', async () => {
    expect((await on('explain', 'jobs')).out).toContain('job (jobs); indexes: id (unique), queue\n');
    expect((await on('explain', 'service/web')).code).toBe(0);
    expect(await on('explain', 'task/web')).toMatchObject({ code: 3 });
  });
});

describe('--watch of a list', () => {
  it.each([[['ls', 'jobs', '--where', 'queue=live']], [['ls', 'jobs', '--where', 'queue=live', '--stale']]])(
    'prints the list again after a change: %j',
    async (args) => {
      await on('create', 'job/l1', 'queue=live');
      const list = new Running(['--host', member.addr, ...args, '-w', '-o', 'ndjson']);
      await list.until(1);
      await on('set', 'job/l1', 'priority=4');
      await list.until(2);
      expect(list.events.at(-1)).toMatchObject({ id: 'l1', priority: 4 });
      expect(await list.interrupt()).toMatchObject({ code: 130 });
      await on('rm', 'job/l1');
    },
  );

  it.each([
    ['service', 'ls'],
    ['ps'],
    ['stack', 'ls'],
    ['fleet', 'ls'],
    ['user', 'ls'],
    ['role', 'ls'],
    ['token', 'ls'],
    ['kinds'],
  ])('is there for %s %s', async (...args) => {
    const list = new Running(['--host', member.addr, ...args.filter((one) => one !== ''), '-w']);
    await list.until(1);
    expect(await list.interrupt()).toMatchObject({ code: 130 });
  });
});

describe('skep completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints a script for %s', async (shell) => {
    const { code, out } = await skep(['completion', shell]);
    expect(code).toBe(0);
    expect(out).toContain('skep complete --');
    expect(await skep(['completion', 'tcsh'])).toMatchObject({ code: 2 });
  });

  it.each([
    [['sta'], ['status', 'stack']],
    [['service', 'ro'], ['rollback']],
    [['status', '--us'], ['--use']],
    [['status', '-o', 'nd'], ['ndjson']],
    [['-o', 'json', 'member', 'prom'], ['promote']],
    [['completion', 'z'], ['zsh']],
    [['inspect', 'serv'], ['service/']],
    [['inspect', 'service/we'], ['service/web']],
    [['service', 'inspect', 'we'], ['web']],
    [['ls', 'netw'], ['networks']],
    [['ls', 'jo'], ['jobs']],
    [['get', 'job/off'], ['job/offered']],
    [['rm', 'job/offered', 'jobs/off'], ['jobs/offered']],
    [['set', 'job/offered', 'j'], []],
    [['get', 'off'], ['offered/key']],
    [['put', 'offered/'], ['offered/key']],
    [['del', 'x', 'offered/'], ['offered/key']],
    [['put', 'offered/key', 'x'], []],
    [['member', 'demote', ''], ['m1']],
    [['explain', 'ta'], ['task']],
    [['nonsense', 'x'], []],
  ])('offers for %j: %j', async (words, offered) => {
    await on('put', 'offered/key', 'x');
    await on('create', 'job/offered'); // exits with 4 when it is there
    const { out, code } = await on('complete', '--', ...words);
    expect(out.trimEnd().split('\n').filter((line) => line !== '')).toEqual(offered); // prettier-ignore
    expect(code).toBe(0);
  });

  it('offers nothing, and says nothing, when no member answers', async () => {
    expect(await skep(['--host', '127.0.0.1:1', 'complete', '--', 'inspect', 'service/w'])).toEqual({ code: 0, out: '', err: '' }); // prettier-ignore
  });
});
