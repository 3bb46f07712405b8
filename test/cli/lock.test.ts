import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import { Coordination, locks } from '../../src/coordination/index.js';
import { leases } from '../../src/replica/index.js';
import { skep } from '../support/cli-run.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';

let members: OpenMembers;
let dir = '';
beforeAll(async () => {
  members = await OpenMembers.start(1);
  dir = await mkdtemp(join(tmpdir(), 'skep-lock-'));
});
afterAll(async () => {
  await members.close();
  await rm(dir, { recursive: true, force: true });
});

const on = (...args: string[]) => skep(['--host', members.hosts.join(','), ...args]);
const shell = (script: string) => ['--', 'sh', '-c', script];
const heldNow = async () => {
  const { store } = await members.leader();
  return store.view((tx) => tx.kind(locks).count() + tx.kind(leases).count());
};

describe.each(['lock', 'elect'])('skep %s', (command) => {
  it('exits as the command does, and leaves nothing behind', async () => {
    expect(await on(command, 'exit', ...shell('exit 7'))).toMatchObject({ code: 7, err: '' });
    expect(await on(command, 'exit', ...shell('kill -TERM $$'))).toMatchObject({ code: 143 });
    expect(await heldNow()).toBe(0);
  });

  it('tells the command its epoch, which grows', async () => {
    const file = join(dir, `${command}-epoch`);
    await on(command, 'epoch', ...shell(`echo $SKEP_EPOCH >> ${file}`));
    await on(command, 'epoch', ...shell(`echo $SKEP_EPOCH >> ${file}`));
    const [first, second] = (await readFile(file, 'utf8')).trim().split('\n').map(Number);
    expect(second).toBeGreaterThan(first ?? Infinity);
  });

  it('of a command that is not there exits 127 and says so', async () => {
    const { code, err } = await on(command, 'nothing', '--', 'no-such-command-here');
    expect(code).toBe(127);
    expect(err).toContain('no-such-command-here');
  });

  it('waits while another holds the lock', async () => {
    const client = new Client({ hosts: members.hosts });
    const held = await new Coordination({ client }).lock('waits', { ttlMs: 5_000 });
    const file = join(dir, `${command}-waits`);
    let over = false;
    const waiting = on(command, 'waits', ...shell(`echo run > ${file}`)).finally(() => (over = true));
    await until('it waits', async () => (await client.list(leases.name)).objects.length === 2);
    expect(over).toBe(false);
    await held.release();
    expect(await waiting).toMatchObject({ code: 0 });
    expect(await readFile(file, 'utf8')).toBe('run\n');
    client.close();
  });

  it('hands an interruption on, gives the lock back and exits 130', async () => {
    const file = join(dir, `${command}-interrupted`);
    const stop = new AbortController();
    const running = skep(
      [
        '--host',
        members.hosts.join(','),
        command,
        'interrupted',
        ...shell(`trap 'echo told > ${file}; exit 0' TERM; while :; do sleep 0.05; done`),
      ],
      { signal: stop.signal },
    );
    await until('it runs', async () => (await heldNow()) === 2);
    await new Promise((resolve) => setTimeout(resolve, 300)); // the shell sets its trap
    stop.abort();
    await running;
    expect(await readFile(file, 'utf8')).toBe('told\n');
    expect(await heldNow()).toBe(0);
  });

  it.each([
    [[command]],
    [[command, 'x']],
    [[command, 'x', '--ttl', 'soon', '--', 'true']],
    [[command, 'x', '--ttl', '2s', '--grace', '1500ms', '--', 'true']],
  ])('%j is a mistake: 2', async (args) => {
    expect((await on(...args)).code).toBe(2);
  });
});

describe('skep lock', () => {
  it('ends a command whose lock is lost, and says that it was', async () => {
    const leader = await members.leader();
    const running = on('lock', 'lost', '--ttl', '600ms', ...shell('exec sleep 30'));
    await until('it holds the lock', async () => (await heldNow()) === 2);
    await leader.store.update((tx) => {
      for (const { id } of tx.kind(locks).find()) tx.kind(locks).delete(id);
      for (const { id } of tx.kind(leases).find()) tx.kind(leases).delete(id);
    });
    const { code, err } = await running;
    expect(err).toContain('the lock "lost" was lost while the command ran');
    expect(code).toBe(143);
  });
});
