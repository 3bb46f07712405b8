import { once } from 'node:events';
import { existsSync, renameSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { runManage } from '../../src/daemon/manage.js';
import { Certificates, openSslIsThere } from '../support/certificates.js';
import { Folder, freePort, type Ran, skep } from '../support/cli-run.js';
import { ask } from '../support/docker-http.js';
import { fakeEngine, fakeEngines, sleeper, until } from '../support/fleet.js';

const quick = [
  '--engine-refresh-min-interval',
  '60ms',
  '--engine-refresh-max-interval',
  '120ms',
  '-H',
  'tcp://127.0.0.1:0',
];

/** `skep manage` in this process. */
class Managing {
  readonly #stop = new AbortController();
  readonly ended: Promise<Ran>;
  out = '';
  err = '';

  constructor(args: readonly string[]) {
    this.ended = skep(['manage', ...args], {
      signal: this.#stop.signal,
      manage: runManage,
      onOut: (text) => (this.out += text),
      onErr: (text) => (this.err += text),
    });
    onTestFinished(async () => void (await this.stop()));
  }

  /** Starts it, and waits until it is ready. */
  static async start(...args: string[]): Promise<Managing> {
    const managing = new Managing([...quick, ...args]);
    await managing.ready();
    return managing;
  }

  async ready(): Promise<void> {
    let ran: Ran | undefined;
    void this.ended.then((one) => (ran = one));
    await until(() => this.out.startsWith('ready ') || ran !== undefined);
    if (ran) throw new Error(`manage ended: ${ran.err}`);
  }

  /** `host:port` of its API. */
  get address(): string {
    return /^ready tcp:\/\/(\S+)/.exec(this.out)?.[1] ?? '';
  }

  async ask(method: string, path: string, body?: unknown) {
    return ask(this.address, method, path, body);
  }

  /** Status of each engine in `docker info`, in order of names. */
  async states(): Promise<string[]> {
    const { json } = await this.ask('GET', '/info');
    const rows = json.SystemStatus as [string, string][];
    return rows.filter(([name]) => name.endsWith('Status')).map(([, state]) => state);
  }

  async untilStates(...expected: string[]): Promise<void> {
    await expect.poll(() => this.states(), { timeout: 10_000, interval: 20 }).toEqual(expected);
  }

  /** As SIGTERM does. */
  async stop(): Promise<Ran> {
    this.#stop.abort();
    return this.ended;
  }
}

let folder: Folder;
beforeAll(async () => {
  folder = await Folder.make();
});
afterAll(() => folder.remove());

const urlOf = (engines: readonly { readonly address: string }[]) =>
  `nodes://${engines.map(({ address }) => address).join(',')}`;

const nobodyListens = async (port: number) => {
  const socket = connect(port, '127.0.0.1');
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  return error.code === 'ECONNREFUSED';
};

describe('skep manage', () => {
  it('says when it is ready, and serves the engines as one', async () => {
    const engines = await fakeEngines(2);
    const managing = await Managing.start(urlOf(engines));
    expect(managing.out).toMatch(
      /^ready tcp:\/\/127\.0\.0\.1:\d+ discovery=nodes:\/\/127\.0\.0\.1:\d+,127\.0\.0\.1:\d+\n$/,
    );
    await managing.untilStates('Healthy', 'Healthy');
    for (const name of ['one', 'two']) {
      const made = await managing.ask('POST', `/v1.41/containers/create?name=${name}`, sleeper());
      expect(made.status).toBe(201);
      expect((await managing.ask('POST', `/containers/${made.json.Id}/start`)).status).toBe(204);
    }
    const { json } = await managing.ask('GET', '/containers/json');
    expect(json.map(({ Names }: { Names: string[] }) => Names[0]).sort()).toEqual([
      expect.stringMatching(/^\/node-\d\/one$/),
      expect.stringMatching(/^\/node-\d\/two$/),
    ]);
  });

  it('ends at once when it is stopped, whatever hangs', async () => {
    const engines = await fakeEngines(2);
    const managing = await Managing.start(urlOf(engines));
    await managing.untilStates('Healthy', 'Healthy');
    const { json } = await managing.ask('POST', '/containers/create?name=web', sleeper());
    const waiting = managing.ask('POST', `/containers/${json.Id}/wait`).catch(() => 'cut');
    const events = managing.ask('GET', '/events').catch(() => 'cut');
    for (const { faults } of engines) faults.hang();
    const made = managing.ask('POST', '/containers/create', sleeper()).catch(() => 'cut');
    const port = Number(managing.address.split(':')[1]);
    const { code, err } = await managing.stop();
    expect({ code, err }).toEqual({ code: 0, err: expect.not.stringContaining('could not close') as string });
    await Promise.all([waiting, events, made]);
    expect(await nobodyListens(port)).toBe(true);
    for (const { faults } of engines) faults.resume(); // one that hangs does not notice who is gone
    await until(() => engines.every(({ connections }) => connections === 0));
  });

  it('follows its discovery', async () => {
    const [one, two] = await fakeEngines(2);
    const file = await folder.write('engines', `${one?.address}\n`);
    const managing = await Managing.start('--heartbeat', '1s', `file://${file}`);
    await managing.untilStates('Healthy');
    await writeFile(file, `${one?.address}\n${two?.address}\n`);
    await managing.untilStates('Healthy', 'Healthy');
    await writeFile(file, `${two?.address}\n`);
    await managing.untilStates('Healthy');
    const { json } = await managing.ask('GET', '/info');
    expect(json.SystemStatus).toContainEqual([' node-2', two?.address]);
  });

  it('serves a unix socket for its owner only, and replaces the one of a process that is gone', async () => {
    const [engine] = await fakeEngines(1);
    const path = join(folder.path, 'docker.sock');
    // A process that is killed leaves its socket behind; here a server that is moved away from it.
    const dead = createServer().listen(`${path}.x`);
    await once(dead, 'listening');
    renameSync(`${path}.x`, path);
    dead.close();
    await once(dead, 'close');
    expect(existsSync(path)).toBe(true);
    const managing = await Managing.start('-H', `unix://${path}`, `nodes://${engine?.address}`);
    expect(managing.out).toContain(` unix://${path} `);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const asked = httpRequest({ socketPath: path, path: '/_ping', agent: false }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    expect(await text(answer)).toBe('OK');
    const second = await skep(['manage', '-H', `unix://${path}`, 'nodes://h:1'], { manage: runManage });
    expect(second).toMatchObject({ code: 1, err: expect.stringContaining('another process listens there') as string });
    await managing.stop();
    expect(existsSync(path)).toBe(false);
  });
});

describe('the directory of skep manage', () => {
  it('keeps what was asked for: what was lost while it was away moves', async () => {
    const engines = await fakeEngines(2);
    const rootDir = join(folder.path, 'root');
    const first = await Managing.start('--rootdir', rootDir, urlOf(engines));
    await first.untilStates('Healthy', 'Healthy');
    const made = await first.ask(
      'POST',
      '/containers/create?name=web',
      sleeper({ Env: ['reschedule:on-node-failure'] }),
    );
    await first.ask('POST', `/containers/${made.json.Id}/start`);
    const inspect = async (managing: Managing) => (await managing.ask('GET', '/containers/web/json')).json;
    const { Node: before, Config } = await inspect(first);
    // The record says that it runs as soon as the manager has seen it.
    await expect.poll(async () => (await inspect(first)).State.Running).toBe(true);
    await first.ask('POST', '/containers/create?name=fixed', sleeper());
    expect((await first.stop()).code).toBe(0);

    const lost = engines.find(({ model }) => model.name === before.Name);
    await lost?.faults.kill();
    const next = await Managing.start('--rootdir', rootDir, urlOf(engines));
    await expect.poll(async () => (await inspect(next)).State?.Running, { timeout: 15_000 }).toBe(true);
    const after = await inspect(next);
    expect(after.Node.Name).not.toBe(before.Name);
    expect(after.Config.Labels['com.docker.swarm.id']).toBe(Config.Labels['com.docker.swarm.id']);
    // A name that was given away stays taken, whatever its engine.
    const again = await next.ask('POST', '/containers/create?name=web', sleeper());
    expect(again).toMatchObject({
      status: 409,
      text: expect.stringContaining('The name web is already assigned') as string,
    });
  }, 40_000);

  it('has one manager at a time', async () => {
    const rootDir = join(folder.path, 'one');
    await Managing.start('--rootdir', rootDir, 'nodes://127.0.0.1:1');
    const second = await skep(['manage', ...quick, '--rootdir', rootDir, 'nodes://127.0.0.1:1'], { manage: runManage });
    expect(second.code).toBe(4);
    expect(second.err).toMatch(/another process|in use/);
  });

  it('is let go of when the API cannot be opened', async () => {
    const rootDir = join(folder.path, 'again');
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const args = ['--rootdir', rootDir, 'nodes://127.0.0.1:1'];
    const ran = await skep(['manage', '-H', `127.0.0.1:${port}`, ...args], { manage: runManage });
    expect(ran).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining(`cannot listen on 127.0.0.1:${port}: the port is taken`) as string,
    });
    await Managing.start(...args);
  });
});

describe('skep manage begins nothing when', () => {
  const refused = async (...args: string[]) => {
    const ran = await skep(['manage', ...args], { manage: runManage });
    expect(ran.out).toBe('');
    return ran;
  };

  it('the port of Docker is in use', async () => {
    // Another address of this computer, so that engines on 2375 of other ones do not matter.
    const host = '127.7.7.7';
    const taken = createServer().listen(2375, host);
    onTestFinished(() => void taken.close());
    await once(taken, 'listening');
    const ran = await refused('-H', `${host}:2375`, 'nodes://127.0.0.1:1');
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('is Docker already running on this machine? Try using a different port');
  });

  it('a second address cannot be had: the first is given back', async () => {
    const port = await freePort();
    const ran = await refused('-H', `127.0.0.1:${port}`, '-H', 'tcp://203.0.113.1:1', 'nodes://127.0.0.1:1');
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('this computer has no such address') as string });
    expect(await nobodyListens(port)).toBe(true);
  });

  it.each([
    ['etcd3://h/x', 2, 'discovery service not supported'],
    ['nodes://h:1:2', 2, 'h:1:2'],
  ])('the discovery URL is %s', async (url, code, message) => {
    const ran = await refused(...quick, url);
    expect(ran).toMatchObject({ code, err: expect.stringContaining(message) as string });
  });

  it('there is a file where --rootdir is', async () => {
    const file = await folder.write('file', '');
    const ran = await refused(...quick, '--rootdir', file, 'nodes://127.0.0.1:1');
    expect(ran.code).toBe(1);
    expect(ran.err).toContain(file);
  });

  it('a file of certificates is missing', async () => {
    const file = await folder.write('some.pem', 'text');
    const gone = join(folder.path, 'gone.pem');
    const given = { '--tlscert': file, '--tlskey': file, '--tlscacert': file };
    for (const flag of Object.keys(given)) {
      const flags = Object.entries({ ...given, [flag]: gone }).flat();
      const ran = await refused('--tlsverify', ...flags, 'nodes://127.0.0.1:1');
      expect(ran).toMatchObject({
        code: 1,
        err: expect.stringContaining(`cannot read the file of ${flag}: ENOENT`) as string,
      });
    }
    const ran = await refused('--tls', '--tlscert', file, '--tlskey', file, 'nodes://127.0.0.1:1');
    expect(ran.err).toContain('cannot use the file of --tlscert');
  });
});

describe.skipIf(!openSslIsThere())('TLS of skep manage', () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = new Certificates();
  });
  afterAll(() => certificates.remove());

  /** An engine behind TLS that wants a certificate: a fake one, and a server in front of it. */
  async function tlsEngine(): Promise<string> {
    const fake = await fakeEngine({ name: 'node-1' });
    const [host, port] = fake.address.split(':');
    const options = {
      cert: certificates.read('server.pem'),
      key: certificates.read('server-key.pem'),
      ca: certificates.read('ca.pem'),
      requestCert: true,
      rejectUnauthorized: true,
    };
    const server = createTlsServer(options, ({ method, url, headers }, response) => {
      const request = { method, path: url, headers, host, port, agent: false as const };
      const passed = httpRequest(request, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      passed.on('error', () => response.destroy());
      passed.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const flags = () => [
    ...['--tlsverify', '--tlscacert', certificates.file('ca.pem')],
    ...['--tlscert', certificates.file('server.pem'), '--tlskey', certificates.file('server-key.pem')],
  ];

  async function info(address: string, withCertificate: boolean): Promise<any> {
    const [host, port] = address.split(':');
    const own = { cert: certificates.read('client.pem'), key: certificates.read('client-key.pem') };
    const asked = httpsRequest({
      ...{ host, port, path: '/info', agent: false, ca: certificates.read('ca.pem') },
      ...(withCertificate && own),
    }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return JSON.parse(await text(answer));
  }

  it('asks clients for a certificate, and shows its own to engines', async () => {
    const managing = await Managing.start(...flags(), `nodes://${await tlsEngine()}`);
    await expect
      .poll(async () => (await info(managing.address, true)).SystemStatus, { timeout: 10_000 })
      .toContainEqual(['  └ Status', 'Healthy']);
    await expect(info(managing.address, false)).rejects.toThrow();
    await expect(ask(managing.address, 'GET', '/_ping')).rejects.toThrow();
  });

  it('has a key that belongs to the certificate', async () => {
    const wrong = [
      '--tls',
      '--tlscert',
      certificates.file('server.pem'),
      '--tlskey',
      certificates.file('client-key.pem'),
    ];
    const ran = await skep(['manage', ...quick, ...wrong, 'nodes://127.0.0.1:1'], { manage: runManage });
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('cannot use the file of --tlskey') as string });
  });

  it('warns of an API that is open to every client', async () => {
    const open = new Managing(['-H', 'tcp://0.0.0.0:0', 'nodes://127.0.0.1:1']);
    await open.ready();
    expect((await open.stop()).err).toContain('tcp://0.0.0.0:0 is open to every client that reaches it');
    const closed = new Managing(['-H', 'tcp://0.0.0.0:0', ...flags(), 'nodes://127.0.0.1:1']);
    await closed.ready();
    expect((await closed.stop()).err).not.toContain('is open to every client');
  });
});
