import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { type handleUnaryCall, Metadata, Server, ServerCredentials } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { systemRandom } from '../../src/base/random.js';
import type { StoreError } from '../../src/base/store-error.js';
import { writeContext } from '../../src/cli/login-context.js';
import type { Client } from '../../src/client/index.js';
import { type OpenReplica, openReplica, type OpenReplicaOptions } from '../../src/daemon/open-replica.js';
import type { Identity } from '../../src/identity/index.js';
import { tokens } from '../../src/kinds/index.js';
import { makeRoot } from '../../src/pki/index.js';
import { methodOf } from '../../src/rpc/index.js';
import { clockDifference, serverTime } from '../../src/rpc/server-time.js';
import { skep } from '../support/cli-run.js';
import { authorityOf, credited, type Pair, SecureWorld, serialOf, signed } from '../support/secure.js';

/* Whoever is refused reads the cause, what shows it, and what to do next: table of failures over real connections. */

const dayMs = 86_400_000;
const world = new SecureWorld();
const folder = mkdtempSync(join(tmpdir(), 'skep-errors-'));
const env = { XDG_CONFIG_HOME: folder };
const contexts = join(folder, 'skep', 'contexts');
let member: OpenReplica;
let other: OpenReplica;
let clear: OpenReplica;
let admin: Client;

beforeAll(async () => {
  member = await world.open('m1');
  other = await world.open('other');
  clear = await openReplica({ name: 'clear', listenAddr: '127.0.0.1:0', security: 'off', logger: silentLogger });
  world.later(() => clear.close());
  admin = await world.admin(member);
  for (const name of ['alice', 'bob', 'carl', 'dora', 'erik']) await admin.putUser({ name, roles: ['viewer'] });
  const user = (name: string, options = {}) => credited(member, { kind: 'user', name }, options);
  await context('alice', await user('alice'));
  await admin.putUser({ name: 'old', roles: ['viewer'] });
  await context('old', await user('old', { ageMs: 33 * dayMs, lifeMs: 30 * dayMs }));
  await admin.removeUser('old');
  await context('early', await user('alice', { ageMs: -2 * dayMs }));
  await context('bob', await user('bob'));
  await admin.removeUser('bob');
  await context('carl', await user('carl'));
  await admin.putUser({ name: 'carl', roles: ['viewer'], disabled: true });
  const dora = await user('dora');
  await context('dora', dora);
  await admin.revokeCertificate(serialOf(dora));
});
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

async function context(name: string, pair: Pair): Promise<void> {
  const { domain, root } = authorityOf(member);
  const identity = `user/${name}`;
  await writeContext(contexts, { name, hosts: [member.addr], domain, identity, roots: [root.certificate], ...pair });
}

async function fake(pair: Pair): Promise<string> {
  const server = createTlsServer({ cert: pair.certificate, key: pair.key, ALPNProtocols: ['h2'] });
  server.on('tlsClientError', () => undefined);
  world.later(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return `127.0.0.1:${(server.address() as { port: number }).port}`;
}

/** The same, with a gRPC server that says what its clock says: so much ahead of ours. */
async function telltale({ certificate, key }: Pair, aheadMs: number): Promise<string> {
  const server = new Server();
  const { path, requestSerialize, requestDeserialize, responseDeserialize } = methodOf('access', 'WhoAmI');
  const responseSerialize = () => Buffer.alloc(0);
  const whoAmI = { requestStream: false, responseStream: false, path, requestSerialize, requestDeserialize } as const;
  server.addService(
    { WhoAmI: { ...whoAmI, responseSerialize, responseDeserialize } },
    {
      WhoAmI: ((call, done) => {
        const metadata = new Metadata();
        metadata.set('skep-time', String(Date.now() + aheadMs));
        call.sendMetadata(metadata);
        done(null, {});
      }) as handleUnaryCall<unknown, unknown>,
    },
  );
  const pair = [{ private_key: Buffer.from(key), cert_chain: Buffer.from(certificate) }];
  world.later(() => server.forceShutdown());
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createSsl(null, pair), (error, port) =>
      error ? reject(error) : resolve(`127.0.0.1:${port}`),
    );
  });
}

const file = (text: string) => {
  const path = join(folder, `token-${Math.random()}`);
  writeFileSync(path, text);
  return path;
};

const minute = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d UTC`;
const again = (name: string) => `ask an admin for "skep token create user ${name}", then "skep login HOST"`;
/** Words of gRPC and OpenSSL: no person has to read them. */
const notForPeople =
  /Resolution note|Last error|SSL routines|self-signed|unable to (get|verify)|wrong version|UNAVAILABLE|CERT_|ECONN/;

/** Runs a command line. It must end with a reason that begins so, and with that exit code. */
async function expectError(args: readonly string[], code: number, text: string): Promise<void> {
  const ran = await skep([...args, '--timeout', '4s'], { env });
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('TIME', minute);
  expect(ran.err).toMatch(new RegExp(`^skep: ${escaped}`));
  expect(ran.err).not.toMatch(notForPeople);
  expect(ran.code).toBe(code);
}

const at = (addr: string, name: string, ...args: string[]) => ['--host', addr, '--context', name, ...args];

describe('a command says why it is not let in', () => {
  it.each([
    ['an ended certificate', 'old', () => 'your certificate for user/old ended 3 days ago, and could not be renewed ('],
    [
      'a certificate that begins later',
      'early',
      () => 'your certificate for user/alice is valid from TIME, and the clock of this machine says TIME: set it',
    ],
    [
      'a removed user',
      'bob',
      () => `${member.addr} does not know you: user/bob: the certificate was revoked: ${again('bob')}`,
    ],
    [
      'a disabled user',
      'carl',
      () => `${member.addr} does not let you in: user/carl: the user is disabled: ask an admin`,
    ],
    [
      'a revoked certificate',
      'dora',
      () => `${member.addr} does not know you: user/dora: the certificate was revoked: ${again('dora')}`,
    ],
  ])('%s', async (_, name, text) => {
    const commands = name === 'dora' ? [['status'], ['node', 'ls'], ['watch']] : [['status']];
    for (const command of commands)
      await expectError(at(member.addr, name, ...command), 6, `UNAUTHENTICATED: ${text()}`);
  });

  it('no right', async () => {
    await expectError(
      at(member.addr, 'alice', 'user', 'add', 'x'),
      6,
      'DENIED: user/alice (viewer) may not call Access/PutUser: the role admin may',
    );
    await expectError(
      at(member.addr, 'alice', 'token', 'ls'),
      6,
      'DENIED: user/alice (viewer) may not read tokens: "skep can read tokens"',
    );
    await expectError(
      at(member.addr, 'alice', 'member', 'transfer', 'm1'),
      6,
      'DENIED: user/alice (viewer) may not call Membership/TransferLeadership: "skep can write cluster"',
    );
  });

  it('another cluster', async () => {
    const [own, theirs] = [authorityOf(member).domain, authorityOf(other).domain];
    const text = `UNAUTHENTICATED: ${other.addr} belongs to another cluster (${theirs}, not ${own}): "skep context ls"`;
    for (const command of ['status', 'watch']) await expectError(at(other.addr, 'alice', command), 6, text);
  });

  it('clear text to TLS, and TLS to clear text', async () => {
    await expectError(
      ['--host', member.addr, 'status'],
      6,
      `UNAUTHENTICATED: ${member.addr} speaks TLS only, and was asked in clear text: "skep login ${member.addr}"`,
    );
    await expectError(
      at(clear.addr, 'alice', 'status'),
      6,
      `UNAUTHENTICATED: ${clear.addr} does not speak TLS 1.3: a member without security`,
    );
  });

  it('nobody there, or somebody else', async () => {
    await expectError(
      at('127.0.0.1:1', 'alice', 'status'),
      5,
      'NOT_LEADER: no member answers at 127.0.0.1:1: connection refused',
    );
    const { domain, root } = authorityOf(member);
    const server = async (identity: Partial<Identity>, options = {}) =>
      fake(await signed(root, { domain, kind: 'member', name: '17', ...identity }, options));
    const user = await server({ kind: 'user', name: 'bob' });
    await expectError(at(user, 'alice', 'status'), 6, `UNAUTHENTICATED: ${user} is user/bob, and no member`);
    const early = await server({}, { ageMs: -dayMs });
    await expectError(
      at(early, 'alice', 'status'),
      6,
      `UNAUTHENTICATED: ${early} has a certificate of member/17 that is valid from TIME, and the clock of this machine says TIME: set it`,
    );
    for (const [aheadMs, says] of [
      [dayMs + 3 * 3_600_000 + 10_000, '; there it is TIME: this clock is 1 d 3 h behind; set the wrong one'],
      [-2 * 3_600_000 - 5 * 60_000 - 10_000, '; there it is TIME: this clock is 2 h 5 min ahead; set the wrong one'],
      [0, ', as the clock there does: restart that member'],
    ] as const) {
      const telling = await telltale(
        await signed(root, { domain, kind: 'member', name: '17' }, { ageMs: -dayMs }),
        aheadMs,
      );
      const from = `UNAUTHENTICATED: ${telling} has a certificate of member/17 that is valid from TIME`;
      await expectError(at(telling, 'alice', 'status'), 6, `${from}, and the clock of this machine says TIME${says}`);
    }
    const late = await server({}, { ageMs: 3 * dayMs, lifeMs: dayMs });
    await expectError(
      at(late, 'alice', 'status'),
      6,
      `UNAUTHENTICATED: ${late} has a certificate of member/17 that ended at TIME, and the clock of this machine says TIME: set it`,
    );
    const foreign = await makeRoot(domain, { now: Date.now(), random: systemRandom });
    const poser = await fake(await signed(foreign, { domain, kind: 'member', name: '17' }));
    await expectError(
      at(poser, 'alice', 'status'),
      6,
      `UNAUTHENTICATED: ${poser} claims to be member/17 of this cluster, and its CA is another one`,
    );
  });

  it('a key that others can read', async () => {
    const key = join(contexts, 'alice', 'key.pem');
    chmodSync(key, 0o640);
    await expectError(at(member.addr, 'alice', 'status'), 2, `${key} can be read by others (0640): "chmod 600 ${key}"`);
    chmodSync(key, 0o600);
  });
});

type Joining = Partial<OpenReplicaOptions>;

describe('a token says what is wrong with it', () => {
  const login = (addr: string, text: string) => ['login', addr, '--context', 'new', '--token-file', file(text)];
  const made = () => admin.createToken({ use: 'join-user', user: 'erik' });

  it('where it is mistyped or cut off, without asking anyone', async () => {
    const { token } = await made();
    const typo = token.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
    const nobody = '127.0.0.1:1';
    await expectError(
      login(nobody, typo),
      6,
      'UNAUTHENTICATED: that is no whole token: a character is wrong; copy it again',
    );
    await expectError(
      login(nobody, token.slice(0, -1)),
      6,
      'UNAUTHENTICATED: that is no whole token: 1 character is missing',
    );
    await expectError(login(nobody, ''), 6, 'UNAUTHENTICATED: that is no token: one begins with skepj1_');
    await expectError(login(nobody, token), 5, `NOT_LEADER: no member answers at ${nobody}: connection refused`);
  });

  it('where it is spent, unknown, ended or for something else', async () => {
    const spent = await made();
    expect(await skep(login(member.addr, spent.token), { env })).toMatchObject({ code: 0 });
    await expectError(login(member.addr, spent.token), 6, `UNAUTHENTICATED: token ${spent.id} was used by user/erik`);
    const gone = await made();
    await admin.removeToken(gone.id);
    await expectError(login(member.addr, gone.token), 6, `UNAUTHENTICATED: the cluster has no token ${gone.id}`);
    const ended = await made();
    await member.store.update((tx) => {
      const stored = tx.kind(tokens).get(ended.id);
      if (stored) tx.kind(tokens).update({ ...stored, expiresAt: Date.now() - 2 * 3_600_000 - 60_000 });
    });
    await expectError(login(member.addr, ended.token), 6, `UNAUTHENTICATED: token ${ended.id} ended 2 h ago`);
    const forMember = await admin.createToken({ use: 'join-member' });
    await expectError(
      login(member.addr, forMember.token),
      6,
      `UNAUTHENTICATED: token ${forMember.id} is for a member: "skep token create user"`,
    );
  });

  it('where the cluster is another one, or speaks no TLS', async () => {
    const { token } = await made();
    await expectError(
      login(other.addr, token),
      6,
      `UNAUTHENTICATED: the CA at ${other.addr} is not the one in the token`,
    );
    await expectError(login(clear.addr, token), 6, `UNAUTHENTICATED: ${clear.addr} does not speak TLS 1.3`);
  });

  const foreign = () => `the CA at ${other.addr} is not the one in the token`;
  it.each<readonly [string, () => Promise<Joining>, () => string]>([
    [
      'another cluster',
      async (): Promise<Joining> => ({ join: [other.addr], joinToken: (await memberToken()).token }),
      foreign,
    ],
    [
      'a user',
      async (): Promise<Joining> => ({ joinToken: (await made()).token }),
      () => 'is for user erik: "skep token create member" makes one for a member',
    ],
    [
      'a cluster in clear text',
      async (): Promise<Joining> => ({ join: [clear.addr], joinToken: (await memberToken()).token }),
      () => `the cluster at ${clear.addr} is in clear text, and this member has security`,
    ],
  ])('to a member that joins: of %s', async (_, options, text) => {
    const error = await joining(await options());
    expect(['UNAUTHENTICATED', 'SECURITY_DIFFERS']).toContain((error as StoreError).code);
    expect(error).toMatchObject({ message: expect.stringContaining(text()) as string });
    expect(error.message).not.toMatch(notForPeople);
  });

  it('says that a name is taken', async () => {
    const { id } = member.status();
    const error = await joining({ name: 'm1', joinToken: (await memberToken()).token });
    expect(error).toMatchObject({
      code: 'NAME_CONFLICT',
      message: expect.stringContaining(`belongs to member ${id}`) as string,
    });
  });

  const memberToken = () => admin.createToken({ use: 'join-member' });

  async function joining(options: Partial<OpenReplicaOptions>): Promise<Error> {
    const opening = openReplica({
      name: 'm9',
      listenAddr: '127.0.0.1:0',
      security: 'on',
      logger: silentLogger,
      join: [member.addr],
      joinTimeoutMs: 2_000,
      ...options,
    });
    return opening.then(
      () => new Error('it joined'),
      (error: unknown) => error as Error,
    );
  }
});

describe('the clock of a member', () => {
  it('is in the header of its answers, also for a stranger', async () => {
    const there = await serverTime(member.addr);
    expect(Math.abs((there ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(await serverTime('127.0.0.1:1')).toBeUndefined();
  });

  const [min, hour] = [60_000, 3_600_000];
  it.each([
    [0, undefined],
    [20_000, undefined],
    [-2 * min, 'this clock is 2 min ahead'],
    [3 * hour + 2 * min, 'this clock is 3 h 2 min behind'],
    [24 * hour, 'this clock is 1 d behind'],
    [-(50 * hour + 5 * min), 'this clock is 2 d 2 h ahead'],
  ])('is compared in words: %i ms', (ms, says) => {
    expect(clockDifference(1_000_000_000, 1_000_000_000 + ms)).toBe(says);
  });
});
