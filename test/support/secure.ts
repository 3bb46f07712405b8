import { X509Certificate } from 'node:crypto';
import { ChannelCredentials, Client as GrpcClient, credentials as grpcCredentials } from '@grpc/grpc-js';
import { silentLogger } from '../../src/base/log.js';
import { systemRandom } from '../../src/base/random.js';
import { Secret } from '../../src/base/secret.js';
import { Access, Client } from '../../src/client/index.js';
import { type OpenReplica, openReplica, type OpenReplicaOptions } from '../../src/daemon/open-replica.js';
import { dayMs, hashOf, type Identity, newToken, parseToken, shortName, type Token } from '../../src/identity/index.js';
import { authorities, credentials, tokens, users } from '../../src/kinds/index.js';
import { type Authority, issue, makeRequest, newPrivateKey, publicKeyOf, readIssued } from '../../src/pki/index.js';
import { enrol, type TlsDialing } from '../../src/rpc/index.js';
import { until } from './network-wait.js';

/** A certificate and its key, in PEM. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/** Members with security in this process, and all that was opened for a test. */
export class SecureWorld {
  readonly #closing: (() => unknown)[] = [];

  /** Opens a member and waits until its CA is in the state. */
  async open(name: string, options: Partial<OpenReplicaOptions> = {}): Promise<OpenReplica> {
    const member = await openReplica({
      name,
      listenAddr: '127.0.0.1:0',
      security: 'on',
      heartbeatMs: 20,
      electionTimeoutMs: 200,
      logger: silentLogger,
      ...options,
    });
    this.later(() => member.close());
    await until('there is a CA', () => member.store.view((tx) => tx.kind(authorities).find().length === 1));
    return member;
  }

  /** Does something at the end of the test. */
  later(close: () => unknown): void {
    this.#closing.unshift(close);
  }

  /** A client with these credentials, or with those of the member itself. */
  client(member: OpenReplica, access: Access | undefined = member.access(), timeoutMs = 5_000): Client {
    const client = new Client({ hosts: [member.addr], access, timeoutMs });
    this.later(() => client.close());
    return client;
  }

  /** Makes the first admin as the owner of the process can: in the store. */
  async admin(member: OpenReplica, name = 'root'): Promise<Client> {
    const { token, text } = newToken({ ca: authorityOf(member).digest }, systemRandom);
    await member.store.update((tx) => {
      tx.kind(users).create({ id: name, name, roles: ['admin'] });
      const life = { expiresAt: Date.now() + 60_000, usesLeft: 1, createdBy: 'test' };
      tx.kind(tokens).create({ id: token.id, use: 'join-user', user: name, hash: hashOf(token), ...life });
    });
    return this.client(member, await login(member, text.reveal()));
  }

  /** A client of a new user with these roles, at `at`. */
  async user(admin: Client, at: OpenReplica, name: string, roles: readonly string[]): Promise<Client> {
    await admin.putUser({ name, roles });
    return this.client(at, await login(at, (await admin.createToken({ use: 'join-user', user: name })).token));
  }

  /** A client of a new user whose one role has these rules. */
  async userWith(admin: Client, at: OpenReplica, name: string, rules: readonly string[]): Promise<Client> {
    await admin.putRole({ name: `role-${name}`, rules });
    return this.user(admin, at, name, [`role-${name}`]);
  }

  /** A connection of gRPC itself, that knows the CA and a certificate, and nothing of skep. */
  raw(member: OpenReplica, pair?: Pair): GrpcClient {
    const { domain, root } = authorityOf(member);
    const client = new GrpcClient(member.addr, rawCredentials(root.certificate, pair), {
      'grpc.ssl_target_name_override': `${domain}.skep`,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_http_proxy': 0,
      'grpc.enable_retries': 0,
    });
    this.later(() => client.close());
    return client;
  }

  async close(): Promise<void> {
    for (const close of this.#closing.splice(0)) await close();
  }
}

function rawCredentials(root: string, pair: Pair | undefined): ChannelCredentials {
  const bytes = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
  return grpcCredentials.createSsl(Buffer.from(root), bytes(pair?.key), bytes(pair?.certificate));
}

/** The CA of a cluster, with its key: only a member has that. */
export function authorityOf({ store }: OpenReplica): { domain: string; digest: string; root: Authority } {
  const { domain, digest, certificate, key } = store.view((tx) => tx.kind(authorities).find())[0] ?? fail('no CA');
  return { domain, digest, root: { certificate, key: new Secret(key) } };
}

/** Certificate and key of a member. */
export function pairOf(member: OpenReplica): Pair {
  const { certificate, key } = (Access.dialingOf(member.access() ?? fail('no identity')) as TlsDialing).bundle ?? {};
  return { certificate: certificate ?? fail('no certificate'), key: key?.reveal() ?? fail('no key') };
}

/** Signs a certificate that begins `ageMs` ago. */
export async function signed(
  root: Authority,
  identity: Identity,
  { ageMs = 0, lifeMs = 30 * dayMs }: { ageMs?: number; lifeMs?: number } = {},
): Promise<Pair> {
  const key = await newPrivateKey();
  const wanted = { identity, publicKey: publicKeyOf(key), lifeMs };
  const certificate = await issue(root, wanted, { now: Date.now() - ageMs, random: systemRandom });
  return { certificate, key: key.reveal() };
}

/** Signs a certificate and writes its credential, as the exchange of a token does. */
export async function credited(
  member: OpenReplica,
  identity: Pick<Identity, 'kind' | 'name'>,
  options: { ageMs?: number; lifeMs?: number } = {},
): Promise<Pair> {
  const { domain, root } = authorityOf(member);
  const pair = await signed(root, { domain, ...identity }, options);
  const { serial, notAfter } = readIssued(pair.certificate);
  await member.store.update((tx) => {
    const { certificate } = pair;
    const owner = shortName(identity);
    tx.kind(credentials).create({ id: serial, identity: owner, certificate, request: serial, notAfter, token: 'test' });
  });
  return pair;
}

/** Exchanges a token for an identity, as `skep login` does. */
export async function login(member: OpenReplica, text: string): Promise<Access> {
  const { key, request } = await makeRequest();
  const { domain, roots, certificate } = await enrol(member.addr, { token: parseToken(text) as Token, text, request });
  return new Access({ domain, roots, certificate, key: key.reveal() });
}

/** Certificate and key that a client was given. */
export function pairIn(access: Access): Pair {
  const { certificate = '', key } = (Access.dialingOf(access) as TlsDialing).bundle ?? {};
  return { certificate, key: key?.reveal() ?? '' };
}

export const serialOf = ({ certificate }: Pair): string => new X509Certificate(certificate).serialNumber.toLowerCase();

function fail(what: string): never {
  throw new Error(`there is ${what}`);
}
