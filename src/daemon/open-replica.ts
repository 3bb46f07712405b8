import { networkInterfaces } from 'node:os';
import type { Observable } from 'rxjs';
import { systemClock } from '../base/clock.js';
import { newId, newMemberId } from '../base/ids.js';
import { messageOf } from '../base/errors.js';
import { isMemberName, memberNameRule } from '../base/names.js';
import { consoleLogger, type Logger } from '../base/log.js';
import { systemRandom } from '../base/random.js';
import type { Disk, Leadership, LocalStatus, MemberInfo, Replica, ReplicaSettings } from '../replica/index.js';
import type { MemoryStore, ReadTx } from '../state/index.js';
import type { ApiServer, GrpcNetwork } from '../rpc/index.js';

export interface OpenReplicaOptions extends Partial<ReplicaSettings> {
  /** For people: `m1`. Unique in the cluster. */
  readonly name: string;
  /** Where log and snapshots are kept. Without it everything is lost when the process ends. */
  readonly dataDir?: string;
  /** `HOST:PORT` to serve the other members and clients on; port 0 lets the system choose. Without it no port is opened. */
  readonly listenAddr?: string;
  /** Where the others reach this member, if that is not `listenAddr`. */
  readonly advertiseAddr?: string;
  /** Addresses of members of the cluster to join; any of them will do. Without it a new cluster begins. */
  readonly join?: readonly string[];
  /** How long joining and catching up may take, milliseconds. Default 60,000. */
  readonly joinTimeoutMs?: number;
  readonly logger?: Logger;
}

/** One member of a cluster, with its store. */
export interface OpenReplica {
  /** Readable on every member, writable on the leader. */
  readonly store: MemoryStore;
  readonly isLeader: boolean;
  /** Starts with what is now. */
  readonly leadership: Observable<Leadership>;
  /** Where this member is reached; `''` when it does not listen. */
  readonly addr: string;
  /** What this member knows of itself and the cluster. */
  status(): LocalStatus;
  /**
   * Reads what is committed in the whole cluster at this moment or later, on any member.
   * @throws {StoreError} `NOT_LEADER` when no leader answered in time.
   */
  linearizable<T>(read: (tx: ReadTx) => T, options?: { timeoutMs?: number }): Promise<T>;
  /** Hands leadership to the member named, or to the one that is furthest along. On the leader only. */
  transferLeadership(to?: string): Promise<void>;
  /** Removes a member, by name or id. On the leader only. */
  removeMember(nameOrId: string): Promise<void>;
  /** Resolves when the member has ended: with the reason when that was not {@link close}. */
  readonly stopped: Promise<Error | undefined>;
  /** Ends quietly. Harmless when repeated. */
  close(): Promise<void>;
}

/** How long a member that has moved tries to say so, milliseconds. */
const addressTimeoutMs = 60_000;

/**
 * Opens one member: a new cluster, the member that the data directory already holds, or a new member of the cluster at
 * `join`.
 *
 * Resolves when the member has joined and replayed; a sole voter leads by then.
 * @throws {DamageError} (`code: 'DAMAGED'`) when what is on disk is not what was written: the message says what, and what to do.
 * @see docs/design/replica.md
 */
export async function openReplica(options: OpenReplicaOptions): Promise<OpenReplica> {
  const member = new Opening(options);
  try {
    return await member.open();
  } catch (error) {
    await member.abandon();
    throw error;
  }
}

/** The host of an address to listen on, as others can reach it. */
function reachableHost(listenAddr: string): string {
  const host = listenAddr.slice(0, listenAddr.lastIndexOf(':'));
  if (host !== '0.0.0.0' && host !== '[::]') return host;
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const own = all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
  const [only] = own;
  if (only !== undefined && own.length === 1) return only;
  const known = own.length > 0 ? `: one of ${own.join(', ')}` : '';
  throw new TypeError(
    `${host} is no address that others can reach: say which one they should use (advertiseAddr)${known}`,
  );
}

/** What is held while a member is being opened, so that it can be let go. */
class Opening {
  readonly #options: OpenReplicaOptions;
  readonly #logger: Logger;
  #server: ApiServer | undefined;
  #network: GrpcNetwork | undefined;
  #disk: Disk | undefined;
  #replica: Replica | undefined;
  #clusterId = '';
  #addrs: readonly string[] = [];
  #closing = false;

  constructor(options: OpenReplicaOptions) {
    if (typeof options.name !== 'string' || !isMemberName(options.name)) throw new TypeError(memberNameRule);
    if (options.join && options.join.length > 0 && options.listenAddr === undefined) {
      throw new TypeError('a member that joins others needs a listenAddr: they must be able to reach it');
    }
    this.#options = options;
    this.#logger = options.logger ?? consoleLogger;
  }

  async open(): Promise<OpenReplica> {
    const { loadReplica, noNetwork, replicaSettings } = await import('../replica/index.js');
    const { name, dataDir, join = [], joinTimeoutMs = 60_000 } = this.#options;
    const settings = replicaSettings(this.#settings());
    const home = await this.#home();
    const addr = await this.#listen(home.memberId);
    const self: MemberInfo = { id: home.memberId, name, addrs: addr === undefined ? [] : [addr] };
    let seeds: readonly MemberInfo[] = [];
    this.#disk = home.disk;
    if (home.state === 'joining') seeds = await this.#join(join, self, joinTimeoutMs);
    else if (home.state === 'new') await this.#begin(home.disk, self);
    const replica = await loadReplica({
      identity: { id: self.id, name },
      disk: home.disk,
      network: this.#network ?? noNetwork,
      settings,
      world: { clock: systemClock, random: systemRandom, logger: this.#logger },
      seeds,
    });
    this.#replica = replica;
    if (home.state !== 'joining') this.#clusterId = replica.status().clusterId;
    if (home.state === 'new') await home.settle();
    await this.#ready(replica, home.state === 'joining', joinTimeoutMs);
    if (home.state === 'joining') await home.settle();
    if (home.state === 'member' && addr !== undefined) this.#announce(replica, self);
    if (home.state === 'member') this.#seek(replica, join);
    if (dataDir === undefined) this.#logger.info('no data directory: this member keeps everything in memory');
    this.#server?.serve(replica);
    return this.#opened(replica, addr);
  }

  /** Lets go of everything after a failure. */
  async abandon(): Promise<void> {
    if (this.#replica) await this.#replica.close();
    else {
      await this.#network?.close();
      await this.#disk?.close().catch(() => undefined);
    }
    await this.#server?.close(0);
  }

  #settings(): Partial<ReplicaSettings> {
    const {
      name: _n,
      dataDir: _d,
      listenAddr: _l,
      advertiseAddr: _a,
      join: _j,
      joinTimeoutMs: _t,
      logger: _g,
      ...settings
    } = this.#options;
    return settings;
  }

  /** The disk, and what is to be done with it. */
  async #home() {
    const { name, dataDir, join = [] } = this.#options;
    const { MemoryDisk } = await import('../disk/memory-disk.js');
    const state = join.length > 0 ? ('joining' as const) : ('new' as const);
    if (dataDir === undefined)
      return {
        disk: new MemoryDisk() as Disk,
        memberId: newMemberId(systemRandom),
        state,
        settle: () => Promise.resolve(),
      };
    const { openHome } = await import('./home.js');
    return openHome(dataDir, name, state);
  }

  async #listen(self: number): Promise<string | undefined> {
    const { listenAddr, advertiseAddr } = this.#options;
    if (listenAddr === undefined) return undefined;
    const { ApiServer, GrpcNetwork } = await import('../rpc/index.js');
    this.#server = new ApiServer();
    this.#network = new GrpcNetwork({
      self,
      clusterId: () => this.#clusterId,
      addrs: () => this.#addrs,
      clock: systemClock,
      logger: this.#logger,
    });
    const host = advertiseAddr === undefined ? reachableHost(listenAddr) : '';
    const port = await this.#server.listen(listenAddr, this.#network);
    const addr = advertiseAddr ?? `${host}:${port}`;
    this.#addrs = [addr];
    return addr;
  }

  async #begin(disk: Disk, self: MemberInfo): Promise<void> {
    const { bootstrap } = await import('../replica/index.js');
    const ids = { clusterId: newId(systemRandom), lineage: newId(systemRandom) };
    await bootstrap(disk, self, ids, { clock: systemClock, random: systemRandom, logger: this.#logger });
  }

  async #join(addrs: readonly string[], self: MemberInfo, timeoutMs: number): Promise<readonly MemberInfo[]> {
    if (addrs.length === 0)
      throw new Error(
        'this data directory was joining a cluster: start it with --join again, or empty it to begin a new cluster',
      );
    const { joinCluster } = await import('../rpc/index.js');
    const { clusterId, members } = await joinCluster(addrs, self, { timeoutMs, clock: systemClock });
    this.#clusterId = clusterId;
    return members;
  }

  /** Tells the others where this member is now, if that has changed since they knew it. Goes on beside everything else. */
  #announce(replica: Replica, self: MemberInfo): void {
    const known = replica.members().find(({ id }) => id === self.id);
    if (!known || known.addrs[0] === self.addrs[0]) return;
    const elsewhere = replica.members().flatMap(({ id, addrs }) => (id === self.id ? [] : addrs.slice(0, 1)));
    const others = [...new Set([...(this.#options.join ?? []), ...elsewhere])];
    const telling =
      elsewhere.length === 0
        ? replica.addMember(self)
        : this.#join(others, self, addressTimeoutMs).then(() => undefined);
    telling.catch((error: unknown) =>
      this.#logger.warn('the other members were not told of the new address', { error: messageOf(error) }),
    );
  }

  /** Looks for the others where a person says that they are. */
  #seek(replica: Replica, hints: readonly string[]): void {
    const network = this.#network;
    if (!network || hints.length === 0) return;
    const stopped = () => this.#closing;
    import('./seek.js')
      .then(({ seekMembers }) => seekMembers({ hints, replica, network, clock: systemClock, stopped }))
      .catch((error: unknown) => this.#logger.warn('the other members were not found', { error: messageOf(error) }));
  }

  /** Waits until the member is one of the voters and has caught up; a sole voter until it leads. */
  async #ready(replica: Replica, joining: boolean, timeoutMs: number): Promise<void> {
    const until = systemClock.monotonic() + timeoutMs;
    const left = () => Math.max(1, until - systemClock.monotonic());
    const ended = replica.stopped.then((reason) => {
      throw reason ?? new Error('the member was closed while it was starting');
    });
    ended.catch(() => undefined);
    await Promise.race([replica.replayed(), ended]);
    const alone = replica.members().length === 1 && !joining;
    if (alone) await Promise.race([replica.caughtUp(left()), ended]);
    if (!joining) return;
    while (!replica.isVoter) {
      if (systemClock.monotonic() > until) throw new Error(`this member did not become a voter within ${timeoutMs} ms`);
      await Promise.race([new Promise((resolve) => systemClock.schedule(20, () => resolve(undefined))), ended]);
    }
    await Promise.race([replica.caughtUp(left()), ended]);
  }

  #opened(replica: Replica, addr: string | undefined): OpenReplica {
    const server = this.#server;
    const closing = () => {
      this.#closing = true;
    };
    replica.stopped.then(closing, closing);
    return {
      store: replica.store,
      get isLeader() {
        return replica.isLeader;
      },
      leadership: replica.leadership,
      addr: addr ?? '',
      status: () => replica.status(),
      linearizable: (read, options) => replica.linearizable(read, options),
      transferLeadership: (to) => replica.transferLeadership(to),
      removeMember: (nameOrId) => replica.removeMember(nameOrId),
      stopped: replica.stopped,
      async close() {
        closing();
        server?.drain();
        await replica.close();
        await server?.close(500);
      },
    };
  }
}
