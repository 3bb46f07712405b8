import { readFileSync } from 'node:fs';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import { buildIfMissing, endAll, SkepProcess } from '../support/cli-process.js';
import { Folder, freePort, silentServer } from '../support/cli-run.js';

let folder: Folder;
let listen: string;

beforeAll(async () => {
  buildIfMissing();
  folder = await Folder.make();
  listen = `127.0.0.1:${await freePort()}`;
}, 60_000);
afterAll(async () => {
  await endAll();
  await folder.remove();
});

const manager = (name: string, ...args: string[]) => new SkepProcess(['manager', '--name', name, ...args]);
const m1 = (...args: string[]) => manager('m1', '--data-dir', `${folder.path}/m1`, '--listen', listen, ...args);
const ask = (...args: string[]) => new SkepProcess(['--host', listen, ...args]);

/** A service and a network for each letter. */
async function applyOne(): Promise<void> {
  const file = await folder.write('compose.yaml', 'services:\n  a: {image: i}\n  b: {image: i}\n');
  const applying = ask('apply', file, '--stack', 'shop');
  expect({ code: await applying.ended, err: applying.err }).toEqual({ code: 0, err: '' });
}

/** Writes until a reader of what is written has ended: it finds out that nobody listens when it prints the next event. */
async function untilEnded(reader: SkepProcess): Promise<number | null> {
  const client = new Client({ hosts: [listen] });
  const writing = new AbortController();
  const ended = reader.ended.finally(() => writing.abort());
  while (!writing.signal.aborted) {
    await client.create('node', {});
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  client.close();
  return ended;
}

describe('the process skep', () => {
  it('serves as a manager, says so in one line, logs JSON to stderr, and goes on as that member the next time', async () => {
    const first = m1();
    const ready = await first.line('ready ');
    expect(ready).toMatch(/^ready m1 addr=127\.0\.0\.1:\d+ id=\d+ cluster=\w+ members=1$/);
    expect(ready).toContain(`addr=${listen} `);
    await applyOne();
    expect(await first.end('SIGTERM')).toBe(0);
    expect(first.out).toBe(`${ready}\n`);
    const logged = first.err.trimEnd().split('\n').map((line) => JSON.parse(line) as object);
    for (const entry of logged) expect(entry).toMatchObject({ member: 'm1', time: expect.any(String) as string });

    const second = m1();
    expect(await second.line('ready ')).toBe(ready);
    const listing = ask('service', 'ls', '-o', 'name');
    expect(await listing.ended).toBe(0);
    expect(listing.out.trimEnd().split('\n').sort()).toEqual(['shop_a', 'shop_b']);

    const locked = m1();
    expect(await locked.ended).toBe(4);
    expect(locked.err).toMatch(/skep: .*(lock|in use|another process)/i);
    expect(locked.err).not.toMatch(/\n\s+at /);

    expect(await second.end('SIGINT')).toBe(0);
  }, 30_000); // prettier-ignore

  it('does not open the folder of another member', async () => {
    const wrong = manager('m2', '--data-dir', `${folder.path}/m1`, '--listen', listen);
    expect(await wrong.ended).toBe(4);
    expect(wrong.out).toBe('');
    expect(wrong.err).toContain(`skep: OTHER_PURPOSE: ${folder.path}/m1 belongs to the member "m1"`);
  });

  it('says that its port is taken', async () => {
    const first = manager('a', '--listen', '127.0.0.1:0');
    const [, addr = ''] = /addr=(\S+)/.exec(await first.line('ready ')) ?? [];
    const second = manager('b', '--listen', addr);
    expect(await second.ended).toBe(1);
    expect(second.out).toBe('');
    expect(second.err).toContain(
      `skep: cannot listen on ${addr}: the port is taken: stop what listens there, or choose another`,
    );
    expect(await first.end('SIGTERM')).toBe(0);
    const lines = first.err
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; msg: string });
    expect(lines.map(({ level }) => level)).toEqual(lines.map(() => 'info')); // words, no numbers
    expect(lines.map(({ msg }) => msg).find((msg) => / leads term /.test(msg))).toMatch(/^a leads term \d+$/);
  });

  it('ends at once when it is told to while it joins', async () => {
    const silent = await silentServer();
    const joining = manager('c', '--listen', '127.0.0.1:0', '--join', silent.addr);
    await silent.called;
    const started = performance.now();
    expect(await joining.end('SIGTERM')).toBe(0);
    expect(performance.now() - started).toBeLessThan(12_000); // joining is tried for 30 s
    expect(joining.out).toBe('');
    await silent.close();
  });

  it('is interrupted with 130', async () => {
    const silent = await silentServer();
    const waiting = new SkepProcess(['--host', silent.addr, 'status']);
    await silent.called;
    expect(await waiting.end('SIGINT')).toBe(130);
    expect(waiting.err).toBe('');
    await silent.close();
  });

  it.runIf(process.platform === 'linux')(
    'stops what it runs under a lock when ^Z stops it, and goes on with it',
    async () => {
      const serving = m1();
      await serving.line('ready ');
      const locking = ask('lock', 'tstp', '--ttl', '60s', '--', 'sh', '-c', 'echo pid $$; sleep 1; echo done');
      const [, pid = ''] = (await locking.line('pid ')).split(' ');
      const state = () => /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1];
      locking.signal('SIGTSTP');
      await expect.poll(state, { timeout: 5_000, interval: 10 }).toBe('T');
      locking.signal('SIGCONT');
      await expect.poll(state, { timeout: 5_000, interval: 10 }).not.toBe('T');
      await locking.line('done');
      expect(await locking.ended).toBe(0);
      expect(await serving.end('SIGTERM')).toBe(0);
    },
  );

  it('does not mind that its reader goes away, and does mind a full disk', async () => {
    const serving = m1();
    await serving.line('ready ');
    const piped = new SkepProcess({ shell: `$SKEP --host ${listen} watch --from 0 | head -1` });
    expect(await untilEnded(piped)).toBe(0);
    expect(JSON.parse(piped.out)).toMatchObject({ action: 'create', kind: 'network', version: 1 });
    expect(piped.err).toBe('');
    const full = new SkepProcess({ shell: `$SKEP --host ${listen} status > /dev/full` });
    expect(await full.ended).toBe(1);
    expect(full.err).toMatch(/^skep: .*ENOSPC/);
    expect(await serving.end('SIGTERM')).toBe(0);
  });
});
