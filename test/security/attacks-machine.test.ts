import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Logger } from '../../src/base/log.js';
import { silentLogger } from '../../src/base/log.js';
import { openReplica } from '../../src/daemon/open-replica.js';
import { authorities } from '../../src/kinds/index.js';
import { buildIfMissing, endAll, SkepProcess } from '../support/cli-process.js';
import { skep } from '../support/cli-run.js';
import { HttpsUser } from '../support/https-user.js';
import { authorityOf, SecureWorld, signed } from '../support/secure.js';

/* Other users of the machine, and what an environment can say. */

const folder = mkdtempSync(join(tmpdir(), 'skep-machine-'));
chmodSync(folder, 0o755);
const base = { listenAddr: '127.0.0.1:0', security: 'on', logger: silentLogger } as const;
const modeOf = (path: string) => (lstatSync(path).mode & 0o777).toString(8);

beforeAll(buildIfMissing, 120_000);
afterEach(endAll);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Connects to a socket as another user; resolves with what became of it. Only root can become another. */
async function asNobody(path: string): Promise<string> {
  const script = `require('net').connect(process.argv[1]).on('connect',()=>{console.log('connected');process.exit()}).on('error',(e)=>console.log(e.code))`;
  const child = spawn(process.execPath, ['-e', script, path], { uid: 65_534, gid: 65_534, cwd: '/' });
  let out = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  await once(child, 'close');
  return out.trim();
}

describe('the control socket', { timeout: 60_000 }, () => {
  it.skipIf(process.getuid?.() !== 0)(
    'is not reached by another user, even where the data directory is open',
    async () => {
      const dataDir = join(folder, 'uid');
      const heard: string[] = [];
      const logger = { ...silentLogger, warn: (text: string) => void heard.push(text) } as Logger;
      mkdirSync(dataDir);
      chmodSync(dataDir, 0o777);
      await using member = await openReplica({ ...base, logger, name: 'm1', dataDir });
      expect(member.isLeader).toBe(true);
      expect(heard).toContainEqual(expect.stringContaining('can change the data directory'));
      const socket = join(dataDir, 'run/control.sock');
      expect(await asNobody(socket)).toBe('EACCES');
      chmodSync(join(dataDir, 'run'), 0o755); // the socket itself is a second fence
      expect(await asNobody(socket)).toBe('EACCES');
    },
  );

  it('follows no link in its place, and none in the place of its folder', async () => {
    const dataDir = join(folder, 'link');
    await (await openReplica({ ...base, name: 'm1', dataDir })).close();
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'as it was', { mode: 0o644 });
    const socket = join(dataDir, 'run/control.sock');
    rmSync(socket, { force: true });
    symlinkSync(victim, socket);
    await expect(openReplica({ ...base, name: 'm1', dataDir })).rejects.toThrow(`cannot listen on ${socket}`);
    expect(modeOf(victim)).toBe('644');
    rmSync(join(dataDir, 'run'), { recursive: true });
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere, { mode: 0o700 });
    symlinkSync(elsewhere, join(dataDir, 'run'));
    await expect(openReplica({ ...base, name: 'm1', dataDir })).rejects.toThrow('must belong to this user alone');
    expect(existsSync(join(elsewhere, 'control.sock'))).toBe(false);
  });

  it('is for its owner with umask 0 too, and so are the keys', async () => {
    const dataDir = join(folder, 'umask');
    const manager = new SkepProcess({
      shell: `umask 0; exec $SKEP manager --name m1 --data-dir ${dataDir} --listen 127.0.0.1:0 --security on --audit ${folder}/audit.log`,
    });
    await manager.line('ready m1');
    const modes = [dataDir, ...['run', 'log', 'snapshots', 'run/control.sock', 'keys'].map((it) => join(dataDir, it))];
    expect(modes.map(modeOf)).toEqual(['700', '700', '700', '700', '600', '600']);
    expect(modeOf(join(folder, 'audit.log'))).toBe('600');
    expect(await manager.end('SIGTERM')).toBe(0);
  });

  it('is left out where its path would be cut', async () => {
    const heard: string[] = [];
    const logger = { ...silentLogger, warn: (text: string) => void heard.push(text) } as Logger;
    const dataDir = join(folder, 'x'.repeat(100));
    await using member = await openReplica({ ...base, logger, name: 'm1', dataDir });
    expect(member.isLeader).toBe(true);
    expect(heard).toContainEqual(expect.stringContaining('its path would be too long'));
    expect(existsSync(join(dataDir, 'run'))).toBe(false);
  });
});

describe('an environment', { timeout: 120_000 }, () => {
  const world = new SecureWorld();
  afterAll(() => world.close());

  it('sends nothing over a proxy, adds no CA, weakens no handshake and writes no keys', async () => {
    const foreign = await world.open('other');
    expect(foreign.store.view((tx) => tx.kind(authorities).find())).toHaveLength(1);
    const extra = join(folder, 'extra.pem');
    writeFileSync(extra, authorityOf(foreign).root.certificate);
    let proxied = 0;
    const proxy = createServer((socket) => {
      proxied++;
      socket.destroy();
    }).listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const at = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const keyLog = join(folder, 'keylog');
    const hostile = {
      ...{ http_proxy: at, https_proxy: at, grpc_proxy: at, HTTP_PROXY: at, HTTPS_PROXY: at, ALL_PROXY: at },
      ...{ NODE_EXTRA_CA_CERTS: extra, NODE_TLS_REJECT_UNAUTHORIZED: '0', SSLKEYLOGFILE: keyLog },
      ...{ NODE_OPTIONS: '--tls-min-v1.0', GRPC_SSL_CIPHER_SUITES: 'NULL', GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: extra },
      XDG_CONFIG_HOME: join(folder, 'config'),
    };
    const words = Object.entries(hostile).map(([name, value]) => `${name}='${value}'`);
    const run = async (line: string) => {
      const command = new SkepProcess({ shell: `export ${words.join(' ')}; ${line}` });
      return { code: await command.ended, out: command.out, err: command.err };
    };
    const dataDir = join(folder, 'env');
    const manager = new SkepProcess({
      shell: `export ${words.join(' ')}; exec $SKEP manager --name m1 --data-dir ${dataDir} --listen 127.0.0.1:0 --security on --http 127.0.0.1:0`,
    });
    const [, addr = '', http = ''] = /addr=(\S+).* http=(\S+)/.exec(await manager.line('ready m1')) ?? [];
    const here = async (...args: string[]) =>
      (await skep(['--host', `unix:${join(dataDir, 'run/control.sock')}`, ...args])).out;
    await here('user', 'add', 'alice', '--role', 'viewer');
    const token = join(folder, 'token');
    writeFileSync(token, await here('token', 'create', 'user', 'alice'));
    const bearer = join(folder, 'bearer');
    writeFileSync(bearer, await here('token', 'create', 'user', 'alice', '--bearer'));
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, await here('ca', 'show'));

    // Commands reach their own cluster, and no other, with a login and with a token.
    expect((await run(`$SKEP login ${addr} --context a --token-file ${token}`)).code).toBe(0);
    expect(await run('$SKEP --context a whoami')).toMatchObject({ code: 0, out: expect.stringContaining('alice') });
    const asBearer = `SKEP_TOKEN_FILE=${bearer} SKEP_CA_FILE=${ca} $SKEP`;
    expect(await run(`${asBearer} --host ${addr} whoami`)).toMatchObject({ code: 0 });
    for (const command of ['$SKEP --context a', asBearer]) {
      const { code, err } = await run(`${command} --host ${foreign.addr} whoami`);
      expect(code).toBe(6);
      expect(err).toContain('belongs to another cluster');
    }

    // The member takes no certificate of that CA, and nothing older than TLS 1.3.
    const domain = JSON.parse(await here('ca', 'show', '-o', 'json')).domain as string;
    const forged = await signed(authorityOf(foreign).root, { domain, kind: 'user', name: 'alice' });
    const asker = new HttpsUser(http, await here('ca', 'show'));
    expect((await asker.ask('/api/status', { pair: forged })).status).toBe(401);
    asker.close();
    const port = Number(addr.split(':')[1]);
    const old = connectTls({
      host: '127.0.0.1',
      port,
      rejectUnauthorized: false,
      maxVersion: 'TLSv1.2',
      ALPNProtocols: ['h2'],
    });
    const [error] = (await once(old, 'error')) as [Error & { code?: string }];
    expect(error.code).toMatch(/ALERT_PROTOCOL_VERSION|ECONNRESET/);

    expect(proxied).toBe(0);
    expect(existsSync(keyLog)).toBe(false);
    expect(statSync(dataDir).mode & 0o077).toBe(0);
    expect(await manager.end('SIGTERM')).toBe(0);
    proxy.close();
  });
});
