import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import { Coordination, type Lock, locks } from '../../src/coordination/index.js';
import { leases } from '../../src/kinds/index.js';
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

  describe('while another holds the lock', () => {
    let client: Client;
    let held: Lock;
    beforeAll(async () => {
      client = new Client({ hosts: members.hosts });
      held = await new Coordination({ client, holder: 'host9/77' }).lock(`held-${command}`, { ttlMs: 60_000 });
    });
    afterAll(async () => {
      await held.release();
      client.close();
    });

    it.each([[['--no-wait']], [['--timeout', '300ms']]])('with %j gives up and says who holds it: 4', async (flags) => {
      const file = join(dir, `${command}-not-run`);
      const { code, out, err } = await on(command, `held-${command}`, ...flags, ...shell(`echo > ${file}`));
      expect({ code, out }).toEqual({ code: 4, out: '' });
      expect(err).toMatch(new RegExp(`skep: BUSY: the lock "held-${command}" is held by host9/77: try again later\n$`));
      expect(existsSync(file)).toBe(false);
      expect(await heldNow()).toBe(2); // the other's
    });

    it('says who holds it when it begins to wait', async () => {
      const stop = new AbortController();
      const said: string[] = [];
      const args = ['--host', members.hosts.join(','), command, `held-${command}`, ...shell('true')];
      const waiting = skep(args, { signal: stop.signal, onErr: (text) => said.push(text) });
      await until('it says so', () => said.length > 0);
      expect(said.join('')).toBe(`skep: "held-${command}" is held by host9/77; waiting\n`);
      stop.abort();
      expect((await waiting).code).toBe(130);
    });
  });

  it('leaves all options after the first word to the command', async () => {
    const file = join(dir, `${command}-words`);
    const script = `echo "$@" > ${file}`;
    const words = ['sh', '-c', script, 'sh', '--ttl', '5s', '-o', 'json', '--timeout', 'x', '--', '--host'];
    const { code, err } = await on(command, 'words', '--ttl', '5s', ...words);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(await readFile(file, 'utf8')).toBe('--ttl 5s -o json --timeout x -- --host\n');
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

/** Zombies do not run: it may take init a moment to bury them. */
function runs(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return !/\) [ZX]/.test(stat);
  } catch {
    return false;
  }
}

const exists = (file: string) => until(`${file} is there`, () => existsSync(file));
const pidIn = (file: string) => Number(readFileSync(file, 'utf8'));

describe.runIf(process.platform === 'linux').each(['lock', 'elect'])('what a command of skep %s leaves behind', (command) => {
  /** Runs a script under a lock, does `when`, and says what `look` sees at the moment when the next holder has the lock. */
  async function seenByNext<T>(script: string, when: (stop: AbortController) => Promise<void>, look: () => T): Promise<T> {
    const name = `next-${command}`;
    const stop = new AbortController();
    const hosts = members.hosts.join(',');
    const first = skep(['--host', hosts, command, name, '--ttl', '2s', ...shell(script)], { signal: stop.signal });
    await until('it holds the lock', async () => (await heldNow()) === 2);
    const client = new Client({ hosts: members.hosts });
    try {
      const next = new Coordination({ client }).lock(name, { ttlMs: 5_000 });
      await when(stop);
      const lock = await next;
      const seen = look();
      await lock.release();
      await first;
      return seen;
    } finally {
      client.close();
    }
  }
  const interrupt = (file: string) => async (stop: AbortController) => {
    await exists(file);
    stop.abort();
  };

  it.each([
    ['a child of the shell', (file: string) => `sleep 73 & echo $! > ${file}; wait`],
    ['one that is deaf to SIGTERM', (file: string) => `sh -c 'trap "" TERM; echo $$ > ${file}; while :; do sleep 0.1; done' & wait`],
    ['one that is stopped', (file: string) => `sleep 73 & kill -STOP $!; echo $! > ${file}; wait`],
    ['a grandchild', (file: string) => `sh -c 'sleep 73 & echo $! > ${file}; wait' & wait`],
  ])('is gone before the next one holds it: %s', async (_what, script) => {
    const file = join(dir, `left-${command}-${Math.random()}`);
    expect(await seenByNext(script(file), interrupt(file), () => runs(pidIn(file)))).toBe(false);
  });

  it('may clean up first', async () => {
    const file = join(dir, `cleans-${command}`);
    const script = `sh -c 'trap "sleep 0.3; echo done > ${file}-clean; exit" TERM; echo > ${file}; while :; do sleep 0.05; done' & wait`;
    expect(await seenByNext(script, interrupt(file), () => existsSync(`${file}-clean`))).toBe(true);
  });

  it('is ended when the command itself ends', async () => {
    const file = join(dir, `ends-${command}`);
    const script = `sleep 73 & echo $! > ${file}; sleep 0.3; exit 0`;
    expect(await seenByNext(script, () => exists(file), () => runs(pidIn(file)))).toBe(false);
  });

  it('does not hold the lock when it has left the group', async () => {
    const file = join(dir, `escapes-${command}`);
    const script = `setsid sh -c 'echo $$ > ${file}; exec sleep 73' & wait`;
    expect(await seenByNext(script, interrupt(file), () => runs(pidIn(file)))).toBe(true);
    process.kill(pidIn(file), 'SIGKILL');
  });
}); // prettier-ignore

describe('skep lock', () => {
  it('exits 126 when the command may not be run', async () => {
    expect(await on('lock', 'denied', '--', '/dev/null')).toMatchObject({ code: 126 });
  });

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
