import { X509Certificate } from 'node:crypto';
import type { Cancel, Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { Random } from '../base/random.js';
import { Secret } from '../base/secret.js';
import { isStoreErrorOf, StoreError } from '../base/store-error.js';
import { type ApiServer, directoryOf, type ServerSecurity } from '../api/index.js';
import {
  caDigest,
  type Caller,
  callerByHeader,
  callerByToken,
  callerOf,
  type Directory,
  type Identity,
  lifeDefaultMs,
  newTrustDomain,
  parseIdentity,
  parsePeersSecret,
  parseToken,
  type Presented,
  renewalAt,
  renewLateDefaultMs,
  renewLeastMs,
  retryAfterMs,
  shortName,
  tokenOfSerial,
  urgencyAt,
} from '../identity/index.js';
import { authorities, EventCommit, securityKinds } from '../kinds/index.js';
import {
  type Authority,
  deriveRoot,
  issue,
  makeRequest,
  makeRoot,
  newPrivateKey,
  publicKeyOf,
  readIssued,
} from '../pki/index.js';
import type { Replica } from '../replica/index.js';
import { type Bundle, enrol, type GrpcNetwork, TlsDialing } from '../rpc/index.js';
import { watch } from '../state/index.js';
import { RightsAge } from './rights-age.js';
import { keepSwept } from './sweep.js';

/** Default of {@link Options.staleAccessMs}. */
const staleAccessDefaultMs = 10 * 60_000;

/** Longest wait between two looks at the clock, milliseconds. */
const lookMs = 60 * 60_000;

/** Credentials of a member with all that they need. */
type OwnBundle = Required<Omit<Bundle, 'token'>>;

/** Place where a member keeps its keys; nothing is kept in memory alone. */
export interface KeysFile {
  read(): Promise<OwnBundle | undefined>;
  write(bundle: OwnBundle): Promise<void>;
}

interface Options {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly keys: KeysFile | undefined;
  readonly lifeMs?: number;
  /** Time without a leader after which users are not let in, milliseconds. */
  readonly staleAccessMs?: number | undefined;
}

const noAuthority = () => new StoreError('NOT_LEADER', 'the CA is not in the state that this member has read yet');

/** Identity of one member: its certificate, kept fresh, and who the others are. */
export class MemberSecurity implements ServerSecurity {
  readonly dialing = new TlsDialing();
  readonly clock: Clock;
  readonly logger: Logger;
  readonly #options: Options;
  readonly #memberId: number;
  #network: GrpcNetwork | undefined;
  #server: ApiServer | undefined;
  #replica: Replica | undefined;
  #directory: Directory | undefined;
  /** Root of a cluster that begins, until it is in the state. */
  #fresh: Authority | undefined;
  #timer: Cancel = () => undefined;
  #stopWatching: Cancel = () => undefined;
  #stopLeading: Cancel = () => undefined;
  #failures = 0;
  #age: RightsAge | undefined;
  #stopSweeping: Cancel = () => undefined;
  #stopHearing: Cancel = () => undefined;

  constructor(memberId: number, options: Options) {
    this.#memberId = memberId;
    this.#options = options;
    this.clock = options.clock;
    this.logger = options.logger;
  }

  // ---------------------------------------------------------------- before the member runs

  /** Takes up the credentials of an earlier run. False when there are none. */
  async load(): Promise<boolean> {
    const bundle = await this.#options.keys?.read();
    if (bundle) this.#take(bundle);
    return bundle !== undefined;
  }

  /** Makes the trust domain and the root of a new cluster, and the first certificate. */
  async begin(): Promise<void> {
    const { random, clock } = this.#options;
    const domain = this.dialing.bundle?.domain ?? newTrustDomain(random);
    const root = await makeRoot(domain, { now: clock.now(), random });
    this.#fresh = root;
    await this.#issueFrom(root, domain, [root.certificate]);
  }

  /** Takes up the root that the peers make of their secret, each for itself; makes a certificate unless there is one. */
  async beginWith(text: string): Promise<void> {
    const parsed = parsePeersSecret(text);
    if ('problem' in parsed) throw new StoreError('UNAUTHENTICATED', parsed.problem);
    const { random, clock } = this.#options;
    const { domain, key } = deriveRoot(parsed.secret);
    const root = await makeRoot(domain, { now: clock.now(), random, key });
    const known = this.dialing.bundle;
    if (known && known.domain !== domain) return; // of a cluster that began in another way
    this.#fresh = root;
    if (!known) await this.#issueFrom(root, domain, [root.certificate]);
  }

  /** Exchanges a token for the first certificate, at one of the members at `addrs`. */
  async enrol(addrs: readonly string[], text: string): Promise<void> {
    const token = parseToken(text);
    if ('problem' in token) throw new StoreError('UNAUTHENTICATED', token.problem);
    if (token.use !== 'join') throw new StoreError('UNAUTHENTICATED', `token ${token.id} is not for members`);
    const { key, request } = await makeRequest();
    let last: unknown;
    for (const addr of addrs)
      try {
        const asked = { token, text: text.trim(), request, member: String(this.#memberId) };
        const { domain, roots, certificate } = await enrol(addr, asked);
        await this.#keep({ domain, roots, certificate, key });
        return;
      } catch (error) {
        if (isStoreErrorOf(error, ['UNAUTHENTICATED', 'REMOVED', 'ALREADY_EXISTS', 'INVALID_OBJECT'])) throw error;
        last = error;
      }
    const why = messageOf(last).replace(/^[A-Z_]+: /, '');
    throw new StoreError('NOT_LEADER', `no member at ${addrs.join(', ')} gave a certificate: ${why}`, {
      cause: last,
      unreached: addrs,
    });
  }

  // ---------------------------------------------------------------- while it runs

  /** Knows the other members from here on. */
  attach(network: GrpcNetwork, server: ApiServer): void {
    this.#network = network;
    this.#server = server;
  }

  /** Reads the state from here on, and renews the certificate by the key that every member has: an old one at once. */
  run(replica: Replica): void {
    this.#replica = replica;
    const domain = () => this.dialing.bundle?.domain ?? '';
    this.#directory = directoryOf(replica.store, domain, (id) => this.#network?.stateOf(id) ?? 'unknown');
    this.#followRights(replica);
    const leading = replica.leadership.subscribe((role) => {
      this.#stopSweeping();
      const { clock, logger } = this.#options;
      if (role === 'leader') this.#stopSweeping = keepSwept({ store: replica.store, clock, logger });
      if (role === 'leader') this.#ensureAuthority(replica).catch((error: unknown) => this.#failed('make a CA', error));
    });
    this.#stopLeading = () => leading.unsubscribe();
    this.#hearLeaders(replica);
    this.#server?.recheck();
    this.#schedule(this.#urgency() === 'fine' ? undefined : 0);
  }

  close(): void {
    this.#timer();
    this.#stopWatching();
    this.#stopLeading();
    this.#stopSweeping();
    this.#stopHearing();
    this.#age?.close();
  }

  #hearLeaders(replica: Replica): void {
    const { clock, staleAccessMs = staleAccessDefaultMs } = this.#options;
    const age = (this.#age = new RightsAge(clock, staleAccessMs, () => this.#server?.recheck()));
    const leaders = replica.leaders.subscribe((leader) => age.led(leader?.id ?? 0));
    this.#stopHearing = () => leaders.unsubscribe();
  }

  /** Takes the rights of a caller away while this member may have missed that they were taken away. */
  #trusted(caller: Caller): Caller {
    if (caller.as !== 'user' && caller.as !== 'worker' && caller.as !== 'expired') return caller;
    const problem = this.#age?.problem;
    return problem === undefined ? caller : { as: 'anonymous', why: problem };
  }

  /** Makes a certificate of this member for a server that tools ask by name or address. */
  async issueServer(names: { readonly hosts: readonly string[]; readonly ips: readonly string[] }): Promise<OwnBundle> {
    const root = this.#signingRoot() ?? this.#freshRoot();
    if (!root) throw noAuthority();
    const { random, clock, lifeMs = lifeDefaultMs.member } = this.#options;
    const key = await newPrivateKey();
    const wanted = {
      identity: { domain: root.domain, ...this.#identity },
      publicKey: publicKeyOf(key),
      lifeMs,
      ...names,
    };
    const certificate = await issue(root.authority, wanted, { now: clock.now(), random });
    return { domain: root.domain, roots: root.roots, certificate, key };
  }

  /** Makes a new certificate by the key of the CA, which the state has. */
  async renew(): Promise<void> {
    const root = this.#signingRoot();
    if (!root) throw noAuthority();
    await this.#issueFrom(root.authority, root.domain, root.roots);
    const { notAfter } = this.#validity();
    const facts = { notAfter: new Date(notAfter).toISOString() };
    this.logger.info('this member has a new certificate', facts);
    const { clock, lifeMs = lifeDefaultMs.member } = this.#options;
    if (notAfter - clock.now() < lifeMs / 2)
      this.logger.error('the CA of this cluster ends soon, and all certificates with it: begin another cluster', facts);
  }

  /** The membership has changed: a removed member's connections end. */
  membersChanged(): void {
    this.#server?.recheck();
  }

  callerOf(presented: Presented | undefined): Caller {
    const terms = { now: this.clock.now(), renewLateMs: renewLateDefaultMs };
    if (this.#directory) return this.#trusted(callerOf(presented, this.#directory, terms));
    // The state is not read yet: only members are let in, to bring this one up to date.
    const domain = this.dialing.bundle?.domain ?? '';
    const nothing: Directory = {
      domain,
      memberState: () => 'unknown',
      user: () => undefined,
      hasNode: () => false,
      hasCredential: () => false,
      bearer: () => undefined,
    };
    return callerOf(presented, nothing, terms);
  }

  byHeader(header: string): Caller {
    return this.#directory
      ? this.#trusted(callerByHeader(header, this.#directory, { now: this.clock.now() }))
      : { as: 'anonymous', why: 'this member has not read its state yet' };
  }

  byToken(id: string): Caller {
    return this.#directory
      ? this.#trusted(callerByToken(id, this.#directory, { now: this.clock.now() }))
      : { as: 'anonymous', why: 'this member has not read its state yet' };
  }

  named(behalf: string): Caller {
    if (behalf === 'local') return { as: 'local' };
    const [name = '', serial = ''] = behalf.split(' ');
    const token = tokenOfSerial(serial);
    if (token !== undefined) {
      const caller = this.byToken(token);
      return caller.as === 'user' && shortName(caller.identity) === name
        ? caller
        : { as: 'anonymous', why: `token ${token} is not of ${name}` };
    }
    const identity = parseIdentity(`spiffe://${this.#directory?.domain ?? ''}.skep/${name}`);
    if (!identity || !this.#directory) return { as: 'anonymous', why: `${name} is unknown` };
    // The member that asks has looked at the times of the certificate; everything else may have changed meanwhile.
    const now = this.clock.now();
    const caller = callerOf({ identity, serial, notBefore: now, notAfter: now }, this.#directory, {
      now,
      renewLateMs: 0,
    });
    return caller.as === 'newcomer' ? { as: 'anonymous', why: `${name} is not a member` } : caller;
  }

  // ---------------------------------------------------------------- the certificate

  get #identity(): Omit<Identity, 'domain'> {
    return { kind: 'member', name: String(this.#memberId) };
  }

  async #issueFrom(authority: Authority, domain: string, roots: readonly string[]): Promise<void> {
    const { random, clock, lifeMs = lifeDefaultMs.member } = this.#options;
    const key = await newPrivateKey();
    const wanted = { identity: { domain, ...this.#identity }, publicKey: publicKeyOf(key), lifeMs };
    const certificate = await issue(authority, wanted, { now: clock.now(), random });
    await this.#keep({ domain, roots, certificate, key });
  }

  async #keep(bundle: OwnBundle): Promise<void> {
    await this.#options.keys?.write(bundle);
    this.#take(bundle);
  }

  #take(bundle: OwnBundle): void {
    this.dialing.set(bundle);
    this.#server?.refresh();
  }

  #validity(): ReturnType<typeof readIssued> {
    return readIssued(this.dialing.bundle?.certificate ?? '');
  }

  #urgency(): ReturnType<typeof urgencyAt> {
    return this.dialing.bundle?.certificate === undefined ? 'expired' : urgencyAt(this.clock.now(), this.#validity());
  }

  #signingRoot(): { authority: Authority; domain: string; roots: readonly string[] } | undefined {
    const all = this.#replica?.store.view((tx) => tx.kind(authorities).find()) ?? [];
    const root = all.find(({ key }) => key !== '');
    if (!root) return undefined;
    const authority = { certificate: root.certificate, key: new Secret(root.key) };
    return { authority, domain: root.domain, roots: all.map(({ certificate }) => certificate) };
  }

  /** Root of a cluster that has just begun, before the state has it. */
  #freshRoot(): { authority: Authority; domain: string; roots: readonly string[] } | undefined {
    const { domain, roots } = this.dialing.bundle ?? {};
    return this.#fresh && domain !== undefined && roots ? { authority: this.#fresh, domain, roots } : undefined;
  }

  /** Waits for a random point of the certificate's life, and tries until it has a new one. */
  #schedule(waitMs?: number): void {
    const { random, clock } = this.#options;
    const next = () => Math.max(renewalAt(this.#validity(), random), clock.now() + renewLeastMs);
    this.#renewAt(waitMs === undefined ? next() : clock.now() + waitMs);
  }

  /**
   * Renews at this time. Looks at the clock now and then: timers stand still while a machine sleeps, and a clock that was
   * wrong and is corrected may leave a certificate that is not valid yet.
   */
  #renewAt(time: number): void {
    const { random, clock } = this.#options;
    const left = Math.max(0, time - clock.now());
    this.#timer = clock.schedule(Math.min(left, lookMs), () => {
      if (clock.now() < time && !this.#isEarly()) return this.#renewAt(time);
      this.renew().then(
        () => {
          this.#failures = 0;
          this.#schedule();
        },
        (error: unknown) => {
          this.#failed('renew its certificate', error);
          this.#schedule(retryAfterMs(this.#failures++, random));
        },
      );
    });
  }

  /** Tells whether the certificate begins later than now. */
  #isEarly(): boolean {
    return this.dialing.bundle?.certificate !== undefined && this.#options.clock.now() < this.#validity().notBefore;
  }

  #failed(what: string, error: unknown): void {
    const level = this.#urgency() === 'fine' ? 'warn' : 'error';
    this.logger[level](`this member could not ${what}`, { error: messageOf(error) });
  }

  // ---------------------------------------------------------------- the state

  /** Ends connections whose identity has gone, from here on. A state that came as a whole may have changed any right. */
  #followRights(replica: Replica): void {
    const events = watch(replica.store.queue, EventCommit()).subscribe({
      next: ({ version }) => this.#committed(replica, version),
      error: () => this.#followRights(replica),
    });
    this.#stopWatching = () => events.unsubscribe();
    this.#server?.recheck();
  }

  /** Rechecks only when something changed that says who may come in. */
  #committed({ store }: Replica, version: number): void {
    const events = store.transaction(version)?.events;
    if (!events || events.some(({ kind }) => securityKinds.has(kind) || kind === 'node')) this.#server?.recheck();
  }

  /** Writes the root of a new cluster into the state. A crash before that leaves none: then it makes another. */
  async #ensureAuthority(replica: Replica): Promise<void> {
    const { store } = replica;
    if (store.view((tx) => tx.kind(authorities).find()).length > 0) return;
    if (!this.#fresh && replica.members().length > 1)
      throw new StoreError(
        'UNAUTHENTICATED',
        'the peers have not begun their CA: start this member with their secret again',
      );
    if (!this.#fresh) await this.begin();
    const root = this.#fresh as Authority;
    const { domain = '' } = this.dialing.bundle ?? {};
    const digest = caDigest(new X509Certificate(root.certificate).publicKey.export({ type: 'spki', format: 'der' }));
    await store.update(
      (tx) => {
        if (tx.kind(authorities).find().length > 0) return;
        tx.kind(authorities).create({ domain, certificate: root.certificate, key: root.key.reveal(), digest });
      },
      { actor: `member/${this.#memberId}`, reason: 'began the trust domain' },
    );
    this.#fresh = undefined;
  }
}
