import { silentLogger } from '../../src/base/log.js';
import { systemRandom } from '../../src/base/random.js';
import { Access, Client } from '../../src/client/index.js';
import { type OpenReplica, openReplica, type OpenReplicaOptions } from '../../src/daemon/open-replica.js';
import { hashOf, newToken, parseToken, type Token } from '../../src/identity/index.js';
import { authorities, tokens, users } from '../../src/kinds/index.js';
import { makeRequest } from '../../src/pki/index.js';
import { Channel, enrol } from '../../src/rpc/index.js';
import { until } from './network-wait.js';

/** A member with security, an admin `root` in it, and users as tests need them. */
export class SecureCluster {
  readonly #closing: (() => unknown)[] = [];
  #member: OpenReplica | undefined;
  #admin: Client | undefined;

  get member(): OpenReplica {
    if (!this.#member) throw new TypeError('begin() first');
    return this.#member;
  }

  get admin(): Client {
    if (!this.#admin) throw new TypeError('begin() first');
    return this.#admin;
  }

  async begin(options: Partial<OpenReplicaOptions> = {}): Promise<void> {
    this.#member = await this.open('m1', options);
    await this.ready();
    const { store } = this.member;
    const ca = store.view((tx) => tx.kind(authorities).find()[0]?.digest ?? '');
    const { token, text } = newToken({ ca }, systemRandom);
    await store.update((tx) => {
      tx.kind(users).create({ id: 'root', name: 'root', roles: ['admin'] });
      const life = { expiresAt: Date.now() + 60_000, usesLeft: 1, createdBy: 'test' };
      tx.kind(tokens).create({ id: token.id, use: 'join-user', user: 'root', hash: hashOf(token), ...life });
    });
    this.#admin = this.clientFor(await this.login(text.reveal()));
  }

  /** Opens a member, which ends with the cluster. */
  async open(name: string, options: Partial<OpenReplicaOptions> = {}): Promise<OpenReplica> {
    const member = await openReplica({
      name,
      listenAddr: '127.0.0.1:0',
      security: 'on',
      logger: silentLogger,
      ...options,
    });
    this.#closing.unshift(() => member.close());
    return member;
  }

  /** Opens another member, which joins. */
  async join(name: string, options: Partial<OpenReplicaOptions> = {}): Promise<OpenReplica> {
    const { token } = await this.admin.createToken({ use: 'join-member' });
    return this.open(name, { join: [this.member.addr], joinToken: token, ...options });
  }

  /** Resolves when the first member has its CA. */
  ready(): Promise<void> {
    const { store } = this.member;
    return until('there is a CA', () => store.view((tx) => tx.kind(authorities).find().length === 1));
  }

  /** Makes a user of these roles, with a certificate. */
  async user(name: string, roles: readonly string[]): Promise<Access> {
    await this.admin.putUser({ name, roles });
    return this.login((await this.admin.createToken({ use: 'join-user', user: name })).token);
  }

  /** Exchanges a token for a certificate, as `skep login` does. */
  async login(text: string): Promise<Access> {
    const { key, request } = await makeRequest();
    const token = parseToken(text) as Token;
    const { domain, roots, certificate } = await enrol(this.member.addr, { token, text, request });
    return new Access({ domain, roots, certificate, key: key.reveal() });
  }

  clientFor(access: Access | undefined, { addr }: { readonly addr: string } = this.member): Client {
    const client = new Client({ hosts: [addr], access, timeoutMs: 5_000 });
    this.#closing.unshift(() => client.close());
    return client;
  }

  channelFor(access: Access, { addr }: { readonly addr: string } = this.member): Channel {
    const channel = new Channel(addr, { own: true, dialing: Access.dialingOf(access) });
    this.#closing.unshift(() => channel.close());
    return channel;
  }

  async close(): Promise<void> {
    for (const close of this.#closing) await close();
  }
}
