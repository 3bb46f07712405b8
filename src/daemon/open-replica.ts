import { systemClock } from '../base/clock.js';
import { DamageError } from '../base/damage.js';
import { DirectoryError } from '../base/directory-error.js';
import { messageOf } from '../base/errors.js';
import { joinHostPort } from '../base/host-port.js';
import { newId, newMemberId } from '../base/ids.js';
import type { LocalApi } from '../base/local-api.js';
import { consoleLogger, type Logger } from '../base/log.js';
import type { Observable } from '../base/observable.js';
import { systemRandom } from '../base/random.js';
import { isStoreError, StoreError } from '../base/store-error.js';
import type { ApiServer } from '../api/index.js';
import type { Access } from '../client/index.js';
import { type ReadTx, systemKinds } from '../kinds/index.js';
import type { Disk, Replica } from '../replica/index.js';
import type { Leadership, LocalStatus, MemberInfo } from '../replica/status.js';
import type { FormationPeers, GrpcNetwork } from '../rpc/index.js';
import { memberTable } from '../settings/table.js';
import { controlOf, MemoryStore, type StoreSnapshot } from '../state/index.js';
import { announceAddress, reachableHost } from './addresses.js';
import { Formation } from './formation.js';
import type { Home } from './home.js';
import { innerApi } from './inner-api.js';
import { type GivenParts, keepParts } from './member-parts.js';
import type { MemberSecurity } from './member-security.js';
import type { Audit } from './open-audit.js';
import { checkOptions, type OpenReplicaOptions, settingsIn } from './open-options.js';
import { keepSecurity } from './security-of.js';

/** Time limit for calls in flight when a member ends, milliseconds. */
const answersMs = 500;

export type { OpenReplicaOptions } from './open-options.js';

/** One member of a cluster, with its store. */
export interface OpenReplica {
  /** Readable on every member, writable on the leader. */
  readonly store: MemoryStore;
  /** True while this member leads. */
  readonly isLeader: boolean;
  /** Starts with what is now. */
  readonly leadership: Observable<Leadership>;
  /** Address at which this member is reached; `''` when it does not listen. */
  readonly addr: string;
  /** The API of this member without a network hop: `new Client({ replica })`, `new Coordination({ replica })`. */
  readonly api: LocalApi;
  /** Returns the identity of this member, for a `Client` in this process; `undefined` without security. */
  access(): Access | undefined;
  /** Returns the status of this member, and the cluster as it sees it. */
  status(): LocalStatus;
  /**
   * Reads what is committed in the whole cluster at this moment or later, on any member.
   * @throws {StoreError} `NOT_LEADER` when no leader answered in time.
   */
  linearizable<T>(read: (tx: ReadTx) => T, options?: { timeoutMs?: number }): Promise<T>;
  /** Hands leadership to the member named, or to the one that is furthest along. On the leader only. */
  transferLeadership(to?: string): Promise<void>;
  /**
   * Replaces the whole state with what `save` wrote, here or elsewhere, as one version. On the leader only.
   */
  restore(snapshot: StoreSnapshot): Promise<{ version: number; objects: number }>;
  /** Removes a member, by name or id. On the leader only; refused when too few voters would answer, unless `force`. */
  removeMember(nameOrId: string, options?: { force?: boolean }): Promise<void>;
  /** Makes a learner a voter. On the leader only. */
  promoteMember(nameOrId: string): Promise<void>;
  /** Makes a voter a learner, which it stays. On the leader only; refused as {@link removeMember} is. */
  demoteMember(nameOrId: string, options?: { force?: boolean }): Promise<void>;
  /** Resolves when the member has ended: with the reason when that was not {@link close}. */
  readonly stopped: Promise<Error | undefined>;
  /** Ends quietly. Harmless when repeated. */
  close(): Promise<void>;
  /** Closes it: `await using replica = await openReplica(…)`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Opens one member: the member that the data directory already holds, or a new one. A new one finds or begins a cluster
 * with its `peers`, joins the cluster at `join`, or begins a cluster of one without either.
 *
 * Resolves when the member has joined and replayed; a sole voter leads by then.
 * @throws {DamageError} (`code: 'DAMAGED'`) when what is on disk is not what was written: the message says what, and what to do.
 * @throws {DirectoryError} (`code: 'NOT_ALLOWED'`, `'READ_ONLY'`, `'DISK_FULL'`, `'TOO_MANY_FILES'`, `'LOCKED'`,
 *   `'OTHER_FORMAT'`, `'OTHER_PURPOSE'`) when the directory cannot be used for a reason that is not damage. Nothing in it
 *   was changed.
 * @throws {ListenError} when the address cannot be listened on: `code` is Node's.
 * @throws {StoreError} `PEERS_DIFFER`; `SECURITY_DIFFERS`; `UNAUTHENTICATED` for a token that does not count; `NAME_CONFLICT`, `REMOVED`, `NOT_LEADER` or `OUTCOME_UNKNOWN` of a member that joins.
 * @see docs/design/replica.md
 */
export function openReplica(options: OpenReplicaOptions): Promise<OpenReplica> {
  return openMember(options, {});
}

/** Does the same with parts of the process that runs it. @internal */
export async function openMember(options: OpenReplicaOptions, given: GivenParts): Promise<OpenReplica> {
  const member = new Opening(options, given);
  try {
    return await member.open();
  } catch (error) {
    await member.abandon();
    throw error;
  }
}

/** Resources held while a member is being opened, so that they can be released. */
class Opening {
  readonly #options: OpenReplicaOptions;
  readonly #given: GivenParts;
  readonly #logger: Logger;
  #server: ApiServer | undefined;
  #network: GrpcNetwork | undefined;
  #disk: Disk | undefined;
  #replica: Replica | undefined;
  #clusterId = '';
  #addrs: readonly string[] = [];
  #closing = false;
  #forming: Formation | undefined;
  #asking: FormationPeers | undefined;
  #security: MemberSecurity | undefined;
  #access: Access | undefined;
  #audit: Audit | undefined;
  /** Takes the control socket out of the folder where commands look. */
  #unlink: () => Promise<void> = () => Promise.resolve();
  /** Damage that was found while the member ran has been written down. */
  #noted: Promise<void> | undefined;

  constructor(options: OpenReplicaOptions, given: GivenParts) {
    checkOptions(options);
    this.#options = options;
    this.#given = given;
    this.#logger = options.logger ?? consoleLogger;
  }

  async open(): Promise<OpenReplica> {
    const { loadReplica, noNetwork, replicaSettings } = await import('../replica/index.js');
    const { name, dataDir, joinTimeoutMs = memberTable.joinTimeoutMs.default } = this.#options;
    const own = settingsIn(this.#options);
    const settings = replicaSettings({ ...own, kinds: [...systemKinds, ...(own.kinds ?? [])] });
    if (this.#options.forceNewCluster) await this.#checkRecoverable();
    await this.#checkCanForm();
    const home = await this.#home();
    this.#disk = home.disk;
    this.#security = await this.#secure(home);
    await this.#openAudit(home);
    const formation = await this.#formationOf(home);
    await this.#listen(home.memberId, formation);
    const self = this.#self(home);
    let seeds: readonly MemberInfo[] = [];
    const fate = home.state === 'forming' ? await this.#form(formation, home) : home.state;
    if (fate === 'joining') seeds = await this.#join(self, joinTimeoutMs);
    else if (fate === 'new') {
      await this.#begin(home.disk, self);
      await home.settle(); // before it takes part: the next start redoes an unfinished one
    } else if (this.#options.forceNewCluster) await this.#recover(home.disk, self);
    if (fate === 'new') await formation.settle(undefined);
    const network = this.#network ?? noNetwork;
    const replica = await loadReplica({
      identity: { id: self.id, name },
      disk: this.#given.disk?.(home.disk) ?? home.disk,
      network: this.#given.network?.(network) ?? network,
      settings,
      world: { clock: systemClock, random: systemRandom, logger: this.#logger },
      seeds,
      mustTakeWrites: () => this.#audit?.log.mustBeWritable(),
    });
    this.#replica = replica;
    this.#security?.run(replica);
    this.#noted = this.#noteDamage(replica);
    if (fate !== 'joining') this.#clusterId = replica.status().clusterId;
    await this.#ready(replica, { joining: fate === 'joining', formed: home.state === 'forming' }, joinTimeoutMs).catch(
      async (error: unknown) => {
        // A member that ends while it starts reports the cause, not only that it is closed.
        throw isStoreError(error, 'CLOSED') ? ((await replica.stopped) ?? error) : error;
      },
    );
    await this.#audit?.follow(replica, this.#security?.dialing);
    if (fate === 'joining') await home.settle();
    if (home.state === 'member' && self.addrs.length > 0) this.#announce(replica, self);
    if (home.state === 'member') this.#seek(replica, this.#others);
    if (dataDir === undefined) this.#logger.info('no data directory: this member keeps everything in memory');
    this.#server?.serve(replica);
    if (this.#security && this.#server) await this.#listenLocal(this.#server);
    return this.#opened(replica);
  }

  /** Lets go of everything after a failure. */
  async abandon(): Promise<void> {
    this.#security?.close();
    this.#forming?.stop();
    if (this.#replica) {
      await this.#replica.close();
      await this.#noted;
    } else {
      await this.#network?.close();
      await this.#disk?.close().catch(() => undefined);
    }
    await this.#server?.close(0);
    await this.#audit?.close();
  }

  /** Notes what happens from the first connection on. */
  async #openAudit({ memberId }: Home): Promise<void> {
    const { audit, auditStrict, name } = this.#options;
    if (audit === undefined) return;
    const { Audit } = await import('./open-audit.js');
    this.#audit = new Audit({ audit, auditStrict }, { id: memberId, name }, this.#logger);
  }

  /** Has an identity before the first connection, unless connections are in clear text. */
  async #secure(home: Home): Promise<MemberSecurity | undefined> {
    if (this.#options.listenAddr === undefined) return undefined;
    const [{ openSecurity }, { Access }] = await Promise.all([
      import('./open-security.js'),
      import('../client/index.js'),
    ]);
    const security = await openSecurity(this.#options, home, this.#logger);
    if (security) this.#access = Access.by(security.dialing);
    return security;
  }

  /** Opens the control socket of a member with security. */
  async #listenLocal(server: ApiServer): Promise<void> {
    const { name, dataDir, runtimeDir } = this.#options;
    const { openControlSocket } = await import('./control-place.js');
    const place = { name, dataDir, runtimeDir, clusterId: this.#clusterId };
    this.#unlink = await openControlSocket(server, place, this.#logger);
  }

  /** Before anything is written, as {@link #checkRecoverable}. */
  async #checkCanForm(): Promise<void> {
    const { peers = [] } = this.#options;
    if (peers.length > 0) await (await import('./open-security.js')).checkCanForm(this.#options);
  }

  /** Before anything is written: a refusal leaves the directory as it is. */
  async #checkRecoverable(): Promise<void> {
    const { dataDir = '' } = this.#options;
    const { explained, readIdentity } = await import('../disk/index.js');
    const found = await explained(dataDir, () => readIdentity(dataDir));
    if (found?.state !== 'member')
      throw new DirectoryError('OTHER_PURPOSE', `${dataDir} holds no member of a cluster: there is nothing to recover`);
  }

  /** The disk, and what is to be done with it. */
  async #home(): Promise<Home> {
    const { name, dataDir, join = [], peers = [] } = this.#options;
    const { MemoryDisk } = await import('../disk/memory-disk.js');
    const state = peers.length > 0 ? 'forming' : join.length > 0 ? 'joining' : 'new';
    if (this.#given.home) return this.#given.home;
    if (dataDir === undefined)
      return {
        disk: new MemoryDisk(),
        memberId: newMemberId(systemRandom),
        state,
        formation: {},
        writeFormation: () => Promise.resolve(),
        settle: () => Promise.resolve(),
      };
    const { openHome } = await import('./home.js');
    return openHome(dataDir, name, state);
  }

  /** Addresses at which to look for other members of the cluster. */
  get #others(): readonly string[] {
    const { join = [], peers = [] } = this.#options;
    return [...join, ...peers];
  }

  #self({ memberId }: Home): MemberInfo {
    return { id: memberId, name: this.#options.name, addrs: [...this.#addrs] };
  }

  async #formationOf(home: Home): Promise<Formation> {
    const { normalPeers } = await import('../replica/index.js');
    const { FormationPeers } = await import('../rpc/index.js');
    const peers = (this.#asking = new FormationPeers(this.#security?.dialing));
    return new Formation({
      self: () => this.#self(home),
      peers: normalPeers(this.#options.peers ?? []),
      record: home.formation,
      formed: home.state === 'member' || home.state === 'joining',
      write: (record) => home.writeFormation(record),
      ask: (addr, request) => peers.ask(addr, request),
      clock: systemClock,
      random: systemRandom,
      logger: this.#logger,
    });
  }

  /** Finds the cluster of the peers, or begins it with them. */
  async #form(formation: Formation, home: Home): Promise<'member' | 'joining'> {
    this.#forming = formation;
    const formed = await formation.run().finally(() => this.#asking?.close());
    if (formed.do === 'join') {
      await home.settle('joining'); // from here on it must not answer that it knows of no cluster
      await formation.settle(undefined);
      return 'joining';
    }
    const { genesis } = formed;
    const { bootstrap } = await import('../replica/index.js');
    await home.settle('creating'); // the next start redoes an unfinished one, from the same genesis
    await bootstrap(home.disk, genesis, { clock: systemClock, random: systemRandom, logger: this.#logger });
    await home.settle();
    await formation.settle(genesis);
    this.#logger.info('a cluster begins', {
      clusterId: genesis.clusterId,
      members: genesis.members.map(({ name }) => name).join(', '),
    });
    return 'member';
  }

  async #listen(self: number, formation: Formation): Promise<void> {
    const { listenAddr, advertiseAddr } = this.#options;
    if (listenAddr === undefined) return;
    const [{ ApiServer }, { GrpcNetwork }] = await Promise.all([import('../api/index.js'), import('../rpc/index.js')]);
    const security = this.#security;
    const { calls } = this.#given;
    this.#server = new ApiServer({ ...(security && { security }), ...(calls && { calls }), audit: this.#audit?.log });
    this.#network = new GrpcNetwork({
      self,
      clusterId: () => this.#clusterId,
      addrs: () => this.#addrs,
      clock: systemClock,
      logger: this.#logger,
      ...(security && { dialing: security.dialing, membersChanged: () => security.membersChanged() }),
    });
    security?.attach(this.#network, this.#server);
    const host = advertiseAddr === undefined ? reachableHost(listenAddr) : '';
    const port = await this.#server.listen(listenAddr, this.#network, (request) => formation.answer(request));
    this.#addrs = advertiseAddr === undefined ? [joinHostPort(host, port)] : [advertiseAddr].flat();
  }

  /** Records damage that other members know of and the next start could not detect. */
  async #noteDamage(replica: Replica): Promise<void> {
    const { dataDir } = this.#options;
    const reason = await replica.stopped;
    if (dataDir === undefined || !(reason instanceof DamageError)) return;
    const { noteDamage } = await import('../disk/index.js');
    await noteDamage(dataDir, reason.what).catch((error: unknown) =>
      this.#logger.error('the damage was not written down', { error: messageOf(error) }),
    );
  }

  async #begin(disk: Disk, self: MemberInfo): Promise<void> {
    const { bootstrap } = await import('../replica/index.js');
    const ids = { clusterId: newId(systemRandom), lineage: newId(systemRandom) };
    await bootstrap(
      disk,
      { ...ids, members: [self] },
      { clock: systemClock, random: systemRandom, logger: this.#logger },
    );
  }

  async #recover(disk: Disk, self: MemberInfo): Promise<void> {
    const { forceNewCluster } = await import('../replica/index.js');
    const world = { clock: systemClock, random: systemRandom, logger: this.#logger };
    const { version, uncertain, left } = await forceNewCluster(disk, self, world);
    this.#logger.warn('a new cluster begins with what this member holds: what only others had acknowledged is lost', {
      version,
      keptAlthoughUncertain: uncertain,
      leftBehind: left.map(({ name }) => name).join(', '),
    });
  }

  async #join(self: MemberInfo, timeoutMs: number): Promise<readonly MemberInfo[]> {
    const addrs = this.#others;
    if (addrs.length === 0)
      throw new DirectoryError(
        'OTHER_PURPOSE',
        'this data directory was joining a cluster: start it with the members to join again, or empty it to begin a new cluster',
      );
    const { joinCluster } = await import('../rpc/index.js');
    const { clusterId, members } = await joinCluster(addrs, self, {
      timeoutMs,
      clock: systemClock,
      logger: this.#logger,
      replaces: (this.#options.peers ?? []).length > 0,
      dialing: this.#security?.dialing,
    });
    this.#clusterId = clusterId;
    return members;
  }

  /** Tells the others where this member is now. Goes on beside everything else. */
  #announce(replica: Replica, self: MemberInfo): void {
    const options = {
      replica,
      self,
      hints: this.#others,
      logger: this.#logger,
      clock: systemClock,
      dialing: this.#security?.dialing,
      stopped: () => this.#closing,
    };
    announceAddress(options).catch((error: unknown) =>
      this.#logger.warn('the other members were not told of the new address', { error: messageOf(error) }),
    );
  }

  /** Looks for the others where a person says that they are. */
  #seek(replica: Replica, hints: readonly string[]): void {
    const network = this.#network;
    const dialing = this.#security?.dialing;
    if (!network || hints.length === 0) return;
    const stopped = () => this.#closing;
    import('./seek.js')
      .then(({ seekMembers }) => seekMembers({ hints, replica, network, dialing, clock: systemClock, stopped }))
      .catch((error: unknown) => this.#logger.warn('the other members were not found', { error: messageOf(error) }));
  }

  /** Waits until the member is one of the voters and has caught up; a sole voter, or a founder, until there is a leader. */
  async #ready(
    replica: Replica,
    { joining, formed }: { joining: boolean; formed: boolean },
    timeoutMs: number,
  ): Promise<void> {
    const ended = replica.stopped.then((reason) => {
      throw reason ?? new StoreError('CLOSED', 'the member was closed while it was starting');
    });
    ended.catch(() => undefined);
    await Promise.race([replica.replayed(), ended]);
    // Reading its own log may take minutes, and says nothing about the cluster: the limit is for what others do.
    const until = systemClock.monotonic() + timeoutMs;
    const left = () => Math.max(1, until - systemClock.monotonic());
    if (this.#security) (await import('./open-security.js')).checkHasAuthority(replica, this.#security);
    const led = (replica.members().length === 1 || formed) && !joining;
    if (led) await Promise.race([replica.caughtUp(left()), ended]);
    if (!joining) return;
    while (!replica.isVoter) {
      if (systemClock.monotonic() > until)
        throw new StoreError(
          'OUTCOME_UNKNOWN',
          `this member did not become a voter within ${timeoutMs} ms and may still become one: start it again`,
        );
      await Promise.race([new Promise((resolve) => systemClock.schedule(20, () => resolve(undefined))), ended]);
    }
    await Promise.race([replica.caughtUp(left()), ended]);
  }

  #opened(replica: Replica): OpenReplica {
    const server = this.#server;
    const audit = this.#audit;
    const security = this.#security;
    const access = this.#access;
    const noted = this.#noted;
    const unlink = this.#unlink;
    const inner = innerApi(replica);
    const closing = () => {
      this.#closing = true;
      security?.close();
    };
    // A caller of a member that ended by itself must not wait for it: the others answer.
    const ended = () => {
      closing();
      unlink().catch(() => undefined);
      server
        ?.close(answersMs)
        .catch((error: unknown) => this.#logger.error('the server did not close', { error: messageOf(error) }));
    };
    replica.stopped.then((reason) => (reason ? ended() : closing()), ended);
    const opened: OpenReplica = {
      store: replica.store,
      get isLeader() {
        return replica.isLeader;
      },
      leadership: replica.leadership,
      addr: this.#addrs[0] ?? '',
      api: server?.local ?? inner.api,
      access: () => access,
      status: () => replica.status(),
      linearizable: (read, options) => replica.linearizable(read, options),
      restore: (snapshot) => restoreChecked(replica, snapshot),
      transferLeadership: (to) => replica.transferLeadership(to),
      removeMember: (nameOrId, options) => replica.removeMember(nameOrId, options),
      promoteMember: (nameOrId) => replica.promoteMember(nameOrId),
      demoteMember: (nameOrId, options) => replica.demoteMember(nameOrId, options),
      stopped: replica.stopped.then(async (reason) => {
        await noted;
        return reason;
      }),
      async close() {
        closing();
        server?.drain();
        await unlink();
        await replica.close();
        await server?.close(answersMs);
        await audit?.close();
        await inner.close();
      },
      [Symbol.asyncDispose]: () => opened.close(),
    };
    keepParts(opened, { replica, dialing: security?.dialing, routes: server?.engines, audit: audit?.log });
    controlOf(replica.store).forward = async (write, options) => {
      const { forwardUpdate } = await import('./forward-updates.js');
      return forwardUpdate(opened, write, options);
    };
    if (security) keepSecurity(opened, security);
    return opened;
  }
}

/** Restores what another store has saved, in canonical form and by the kinds of this one. */
async function restoreChecked(replica: Replica, snapshot: StoreSnapshot): ReturnType<OpenReplica['restore']> {
  const checked = new MemoryStore({ kindSet: replica.store.kinds });
  (await controlOf(checked).prepare(snapshot)).install();
  return replica.restore({ ...replica.content(), store: checked.save() });
}
