import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ManagerFlags } from '../../src/cli/index.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { freePort, openMember, Running, silentServer, skep } from '../support/cli-run.js';

let member: OpenReplica;
let nobody: string;

beforeAll(async () => {
  member = await openMember();
  nobody = `127.0.0.1:${await freePort()}`;
});
afterAll(() => member.close());

describe('the command line', () => {
  it.each([
    [['--help'], 'Usage: skep'],
    [['-h'], 'Usage: skep'],
    [['help'], 'Usage: skep'],
    [['help', 'apply'], 'Usage: skep apply'],
    [['apply', '--help'], 'Usage: skep apply'],
    [['node', '--help'], 'Usage: skep node'],
    [['node', 'rm', '--help'], 'Usage: skep node rm'],
    [['--version'], '1.2.3\n'],
    [['-V'], '1.2.3\n'],
  ])('%j is answered on stdout: 0', async (args, text) => {
    const { code, out, err } = await skep(args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(text);

    expect(out).not.toMatch(/\u001b/);
  });

  it.each([['apply'], ['node', 'ls'], ['snapshot', 'restore']])('shows the options of all commands in the help of %s', async (...args) => {
    const { out } = await skep([...args, '--help']);
    for (const option of ['--host <', '-o, --output <', '--timeout <', '--actor <']) expect(out).toContain(option);
  }); // prettier-ignore

  it.each([
    [[], 'Usage: skep'],
    [['nonsense'], "unknown command 'nonsense'"],
    [['node'], 'Usage: skep node'],
    [['node', 'nonsense'], 'nonsense'],
    [['node', 'inspect'], "missing required argument 'id'"],
    [['node', 'inspect', 'a', 'b'], 'too many arguments'],
    [['node', 'rm'], "missing required argument 'id'"],
    [['node', 'ls', '--nonsense'], "unknown option '--nonsense'"],
    [['status', 'x'], 'too many arguments'],
    [['apply'], 'no Compose file is given'],
    [['apply', 'a', 'b'], 'too many arguments'],
    [['watch', '1 2'], 'Give one of node, service, task, network, cluster'],
    [['watch', '--action', 'made'], 'Give one of create, update, delete, commit'],
    [['watch', '--from', 'x'], 'a whole number from 0'],
    [['watch', '--from', '-1'], 'a whole number from 0'],
    [['watch', '--from', '99999999999999999'], 'a whole number from 0'],
    [['status', '-o', 'xml'], 'Allowed choices are table, json, ndjson, name, yaml'],
    [['status', '--timeout', 'soon'], 'Give a time of at least 1ms, such as 500ms, 10s, 1m30s or 1h'],
    [['status', '--timeout', '0'], 'Give a time of at least 1ms'],
    [['status', '--timeout', '-1s'], 'Give a time of at least 1ms'],
    [['status', '--timeout', '1000h'], 'Give a time of at most 596h'],
    [['list', 'h:1', '--timeout', '1000h'], 'invalid --timeout: time: duration "1000h" is longer than 596h'],
    [['status', '--host', ''], 'HOST[:PORT]'],
    [['status', '--host', ','], 'HOST[:PORT]'],
    [['status', '--host', 'localhost:'], 'HOST[:PORT]'],
    [['status', '--host', '127.0.0.1:1,no where'], 'HOST[:PORT]'],
    [['manager'], "required option '--name <name>' not specified"],
    [['manager', '--name', 'm', '--listen', 'x'], 'an address is HOST:PORT'],
    [['manager', '--name', 'm', '--listen', 'a:99999'], 'an address is HOST:PORT'],
    [['manager', '--name', 'm', '--join', 'a'], 'an address is HOST:PORT'],
    [['manager', '--name', 'm', '--log-level', 'loud'], 'known levels are'],
    [['manager', '--name', 'm', '--heartbeat-ms', '0'], 'a whole number from 1'],
    [['manager', '--name', 'm', '--force-new-cluster'], "'--force-new-cluster' needs '--data-dir'"],
    [
      ['manager', '--name', 'm', '--force-new-cluster', '--data-dir', 'd', '--join', 'a:1'],
      "'--force-new-cluster' cannot be used with '--join' or '--peers'",
    ],
    [
      ['manager', '--name', 'm', '--force-new-cluster', '--data-dir', 'd', '--peers', 'a:1'],
      "'--force-new-cluster' cannot be used with '--join' or '--peers'",
    ],
    [['manager', '--name', 'm', '--begin', '--join', 'a:1'], "'--begin' cannot be used with '--join' or '--peers'"],
    [['manager', '--name', 'm', '--peers', 'a:1', '--join', 'a:1'], "'--peers' cannot be used with '--join'"],
    [
      ['manager', '--name', 'm', '--heartbeat-ms', '600'],
      "'--election-timeout-ms' (1000) must be at least twice '--heartbeat-ms' (600)",
    ],
    [
      ['manager', '--name', 'm', '--election-timeout-ms', '100'],
      "'--election-timeout-ms' (100) must be at least twice '--heartbeat-ms' (100)",
    ],
    [['manager', '--name', 'm', '--data-dir', ''], "'--data-dir' names no directory"],
  ])('%j is a mistake: 2, and stderr says which', async (args, text) => {
    const { code, out, err } = await skep(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(text);
  });

  it('takes the options of all commands before and after the command', async () => {
    const host = member.addr ?? '';
    const before = await skep(['--host', host, '-o', 'name', 'status']);
    const after = await skep(['status', '-o', 'name', '--host', host]);
    expect([before, after]).toEqual([before, { code: 0, out: 'm1\n', err: '' }]);
  });

  it.each(['250ms', '1h', '1m30s', '1.5s', '7'])('waits for %s', async (time) => {
    const host = member.addr ?? '';
    expect(await skep(['--host', host, '--timeout', time, 'status', '-o', 'name'])).toMatchObject({ code: 0, out: 'm1\n' });
  }); // prettier-ignore

  it('hands everything to the manager, and gives back its exit code', async () => {
    const manager = vi.fn((_flags: ManagerFlags) => Promise.resolve(7));
    const args = '--name m --data-dir d --listen a:1 --advertise b:2 --join c:3 d:4 --join e:5,f:6 --log-level warn';
    const { code } = await skep(['manager', ...args.split(' '), '--snapshot-interval', '9'], { manager });
    expect(code).toBe(7);
    expect(manager.mock.calls[0]?.[0]).toEqual({
      name: 'm', dataDir: 'd', listen: 'a:1', peers: [], advertise: ['b:2'], join: ['c:3', 'd:4', 'e:5', 'f:6'], logLevel: 'warn', snapshotInterval: 9,
    }); // prettier-ignore
  });
});

describe('--host', () => {
  it('comes from SKEP_HOST, unless it is given', async () => {
    const env = { SKEP_HOST: member.addr ?? '' };
    expect((await skep(['status', '-o', 'name'], { env })).out).toBe('m1\n');
    const args = ['--host', member.addr ?? '', 'status', '-o', 'name'];
    expect((await skep(args, { env: { SKEP_HOST: nobody } })).out).toBe('m1\n');
  });

  it.each(['', 'localhost:x'])('that is %j in SKEP_HOST is the default, or a mistake', async (SKEP_HOST) => {
    const { code } = await skep(['--timeout', '300ms', 'status'], { env: { SKEP_HOST } });
    expect(code).toBe(SKEP_HOST === '' ? 5 : 2);
  });

  it('may name a socket, by a relative path, too', async () => {
    const { code, err } = await skep(['--host', 'unix:m1/run/none.sock', '--timeout', '300ms', 'status']);
    expect(code).toBe(5);
    expect(err).toContain(`unix:${resolve('m1/run/none.sock')}`);
  });

  it('may name several, of which one answers', async () => {
    const { code, out } = await skep(['--host', `${nobody}, ${member.addr}`, 'status', '-o', 'name']);
    expect({ code, out }).toEqual({ code: 0, out: 'm1\n' });
  });

  it('may name a member that takes connections and never answers', async () => {
    const silent = await silentServer();
    const { code, out } = await skep(['--host', `${silent.addr},${member.addr}`, '--timeout', '4s', 'node', 'ls', '-o', 'json']);
    expect({ code, out }).toEqual({ code: 0, out: '[]\n' });
    await silent.close();
  }); // prettier-ignore

  it.each([['status'], ['node', 'ls'], ['node', 'inspect', 'x'], ['watch'], ['watch', '--from', '0']])(
    'where nobody listens is unavailable within --timeout: 5 (%s %s)',
    async (...args) => {
      const started = performance.now();
      const { code, out, err } = await skep(['--host', nobody, '--timeout', '1s', ...args.filter((it) => it)]);
      expect({ code, out }).toEqual({ code: 5, out: '' });
      expect(err).toContain(`no member answers at ${nobody}`);
      expect(err.trimEnd().split('\n')).toHaveLength(1);
      expect(performance.now() - started).toBeLessThan(8_000); // it was 11.5 s when --timeout was not looked at
    },
  );

  it('whose server is silent is a timeout: 124', async () => {
    const silent = await silentServer();
    const { code, out } = await skep(['--host', silent.addr, '--timeout', '300ms', 'status']);
    expect({ code, out }).toEqual({ code: 124, out: '' });
    await silent.close();
  });

  it('whose member is still joining is unavailable: 5', async () => {
    const listenAddr = `127.0.0.1:${await freePort()}`;
    const joining = openMember({ name: 'm9', listenAddr, join: [nobody], joinTimeoutMs: 4_000 });
    joining.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { code, out, err } = await skep(['--host', listenAddr, '--timeout', '2s', 'status']);
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toMatch(/still starting/);
    await expect(joining).rejects.toThrow();
  });
});

describe('an interrupt', () => {
  it.each([['status'], ['node', 'ls'], ['watch']])('ends a command that waits, at once: 130 (%s)', async (...args) => {
    const started = performance.now();
    const running = new Running(['--host', nobody, '--timeout', '60s', ...args.filter((it) => it)]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { code, out, err } = await running.interrupt();
    expect({ code, out, err }).toEqual({ code: 130, out: '', err: '' });
    expect(performance.now() - started).toBeLessThan(15_000); // nothing but the interrupt ends it before 60 s
  });
});
