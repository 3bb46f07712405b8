import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../base/clock.js';
import { addressRule, isAddress, isSocketPath } from '../base/host-port.js';
import { newId } from '../base/ids.js';
import type { LocalApi } from '../base/local-api.js';
import { type Inbox, Mailbox } from '../base/mailbox.js';
import { refuseUnknown } from '../base/options.js';
import { systemRandom } from '../base/random.js';
import { StoreError } from '../base/store-error.js';
import {
  type CustomKind,
  type Draft,
  type Kind,
  type ObjectOf,
  type Replacement,
  type Stored,
  type StoredObject,
  type Tx,
} from '../kinds/index.js';
import { LocalChannel } from '../rpc/index.js';
import type { Sync } from '../state/index.js';
import { type messages, toAny } from '../wire/index.js';
import { Access } from './access.js';
import { objectIn } from './answers.js';
import { Calls } from './calls.js';
import type { Where } from './filters.js';
import { findQuorum } from './quorum.js';
import { asRequests, complete, infoOf, listRequest, nameOf, waitOf } from './requests.js';
import { runTransaction, type TransactionOptions } from './transaction/run.js';
import { followWatch } from './watch.js';
import type { RemoteTransaction, WatchMessage, WatchOptions } from './watch-messages.js';

/** A replica in this process, as far as a client needs it. An `OpenReplica` is one. */
export interface ClientReplica {
  /** The API of the member. */
  readonly api: LocalApi;
}

/** Options of a client: the members to ask, or a replica in this process. */
export interface ClientOptions {
  /** `HOST:PORT` of members; any will do. More are learned from them. `unix:PATH` is the control socket of one. */
  readonly hosts?: readonly string[];
  /** Instead of hosts: the replica in this process. It is asked without a network hop, and forwards writes to the leader. */
  readonly replica?: ClientReplica;
  /** For each call, milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /**
   * Time for which a call keeps trying while no member can be reached at all (connections are refused, names do not resolve),
   * milliseconds. Default: `timeoutMs`, which outlasts the restart of a member.
   */
  readonly unreachableMs?: number;
  /** Identity, for a cluster with security: connections are then TLS. Default: clear text. */
  readonly access?: Access | undefined;
  /** Time; default the clock of the system. */
  readonly clock?: Clock;
}

/** Bytes both ways, with counts. */
export interface EngineStream extends Duplex {
  /** Bytes that have arrived. */
  readonly bytesRead: number;
  /** Bytes that were sent. */
  readonly bytesWritten: number;
}

/** Options of every call. */
export interface WaitOptions {
  /** Cancels the call at once: it rejects with the signal's reason. A write that was sent may still be carried out. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a read. */
export interface ReadOptions extends WaitOptions {
  /** Take what the member that answers holds, even without a quorum. */
  readonly stale?: boolean;
}

/** Options of a list. */
export interface ListOptions extends ReadOptions {
  /** At most so many. */
  readonly limit?: number;
  /** Only what comes behind the object of this id. */
  readonly after?: string;
}

/** Facts about a write that are kept in history. */
export interface WriteOptions extends WaitOptions {
  /** At most 128 characters. */
  readonly actor?: string;
  /** At most 1,024 characters. */
  readonly reason?: string;
  /** At most 128 characters; generated when omitted. A repeat of one of the last 10,000 ids does nothing. */
  readonly requestId?: string;
}

/** Conditions that must hold when changes are made. */
export interface ApplyOptions extends WriteOptions {
  /** Objects that must be as they were read; without a version: must not be there. */
  readonly conditions?: readonly messages.Condition[];
  /** Lookups that must find what they found when they were read. */
  readonly lookups?: readonly messages.LookupCondition[];
  /** A lock that must still be held. */
  readonly fence?: messages.Condition;
}

/** Version of the object that an update saw. */
export interface UpdateOptions extends WriteOptions {
  /** Refuse when the object has changed since this version. */
  readonly version?: number;
  /** Replace the spec alone, and refuse when the spec has changed since: what `specVersionOf(object)` says. */
  readonly specVersion?: number;
}

/** A built-in kind, a custom kind, or the name of either. */
// eslint-disable-next-line @typescript-eslint/no-redundant-type-constituents -- the names are what editors offer
export type KindRef = Kind | string | AnyCustomKind;
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- kinds of all types
type AnyCustomKind = CustomKind<any, any, any>;
type ObjectIn<K> = K extends Kind
  ? ObjectOf<K>
  : K extends CustomKind<infer Body, infer _Indexes, infer _Draft>
    ? Stored<Body>
    : StoredObject;
type DraftIn<K> = K extends Kind
  ? Draft<ObjectOf<K>>
  : K extends CustomKind<infer _Body, infer _Indexes, infer Draft>
    ? Draft & { id?: string }
    : object & { id?: string };
type ReplacementIn<K> = K extends Kind
  ? Replacement<ObjectOf<K>>
  : K extends CustomKind<infer _Body, infer _Indexes, infer Draft>
    ? Draft & { id: string }
    : object & { id: string };

const timeoutDefaultMs = 10_000;

/**
 * A client of a cluster: asks any member, and the next one when that does not answer. Writes carry a request id, so that
 * asking again after a broken connection changes nothing twice.
 */
export class Client implements Disposable, AsyncDisposable {
  readonly #calls: Calls;

  constructor(options: ClientOptions) {
    refuseUnknown('Client', options, ['hosts', 'replica', 'timeoutMs', 'unreachableMs', 'access', 'clock']);
    const { hosts = [], replica, timeoutMs = timeoutDefaultMs, unreachableMs, access, clock = systemClock } = options;
    if (replica) checkReplica(options);
    else checkHosts(hosts);
    const identity = access && { dialing: Access.dialingOf(access), onBehalfOf: Access.behalfOf(access) };
    const local = replica && new LocalChannel(replica.api);
    this.#calls = new Calls(hosts, { timeoutMs, unreachableMs, clock, local, ...identity });
  }

  // ---------------------------------------------------------------- objects

  /**
   * Returns what is committed in the cluster now.
   * @throws {StoreError} `NOT_FOUND`; `NOT_LEADER` when no member answered in time.
   */
  async get<K extends KindRef>(kind: K, id: string, options: ReadOptions = {}): Promise<ObjectIn<K>> {
    const name = nameOf(kind);
    const request: messages.GetRequest = { kind: name, id, stale: options.stale ?? false };
    const { object } = await this.#calls.unary<messages.GetResponse>('control', 'Get', request, waitOf(options));
    return objectIn(name, object) as unknown as ObjectIn<K>;
  }

  /** Yields what a filter finds, however much that is: all of one version. */
  async list<K extends KindRef>(
    kind: K,
    filter?: Where,
    options: ListOptions = {},
  ): Promise<{ objects: readonly ObjectIn<K>[]; version: number }> {
    const name = nameOf(kind);
    const request = listRequest(name, filter, options);
    const pages = await this.#calls.collect<messages.ListResponse>('control', 'List', request, waitOf(options));
    const objects = pages.flatMap((page) => page.objects.map((object) => objectIn(name, object)));
    return { objects: objects as unknown as ObjectIn<K>[], version: pages[0]?.version ?? 0 };
  }

  /**
   * Reads the same list page by page; all pages are of one version. Does not resume when the member goes away, or stays
   * silent for `timeoutMs`: `NOT_LEADER`.
   */
  pages<K extends KindRef>(
    kind: K,
    filter?: Where,
    options: ListOptions = {},
  ): AsyncGenerator<{ objects: readonly ObjectIn<K>[]; version: number }, void> {
    const name = nameOf(kind);
    const request = listRequest(name, filter, options);
    const of = ({ version, objects }: messages.ListResponse) => ({
      version,
      objects: objects.map((object) => objectIn(name, object)) as unknown as ObjectIn<K>[],
    });
    return this.#calls.pages('control', 'List', request, { of, signal: options.signal });
  }

  /**
   * Creates one object. Resolves with it when it is committed.
   * @throws {StoreError} `ALREADY_EXISTS`, `NAME_CONFLICT`, `INVALID_OBJECT`; `NOT_LEADER` when no member answered in time.
   */
  async create<K extends KindRef>(kind: K, draft: DraftIn<K>, options: WriteOptions = {}): Promise<ObjectIn<K>> {
    const name = nameOf(kind);
    const id = (draft as { id?: string }).id ?? newId(systemRandom);
    const request = {
      kind: name,
      object: toAny(name, complete(name, { ...(draft as object), id })),
      info: infoOf(options),
    };
    const { object } = await this.#calls.unary<messages.CreateResponse>('control', 'Create', request, waitOf(options));
    return objectIn(name, object) as unknown as ObjectIn<K>;
  }

  /**
   * Replaces one object, or with `specVersion` its spec. Without `version` or `specVersion` whatever is there is replaced.
   * @throws {StoreError} `SEQUENCE_CONFLICT`: read again; and as {@link create}.
   */
  async update<K extends KindRef>(
    kind: K,
    object: ReplacementIn<K>,
    options: UpdateOptions = {},
  ): Promise<ObjectIn<K>> {
    const name = nameOf(kind);
    const { version, specVersion, ...info } = options;
    const request = {
      kind: name,
      object: toAny(name, complete(name, object)),
      info: infoOf(info),
      ...(version !== undefined && { version }),
      ...(specVersion !== undefined && { specVersion }),
    };
    const { object: stored } = await this.#calls.unary<messages.UpdateResponse>(
      'control',
      'Update',
      request,
      waitOf(options),
    );
    return objectIn(name, stored) as unknown as ObjectIn<K>;
  }

  /** @throws {StoreError} `NOT_FOUND`; `IN_USE` when others name it. */
  async remove(kind: KindRef, id: string, options: WriteOptions = {}): Promise<void> {
    const request: messages.RemoveRequest = { kind: nameOf(kind), id, info: infoOf(options) };
    await this.#calls.unary('control', 'Remove', request, waitOf(options));
  }

  /**
   * Several changes in one transaction. Resolves with its version.
   * @throws {StoreError} `LEASE_LOST` when the fence does not hold, `CONDITION_FAILED` when a condition does not.
   */
  async apply(changes: readonly messages.Change[], options: ApplyOptions = {}): Promise<messages.ApplyResponse> {
    const { conditions = [], lookups = [], fence, ...info } = options;
    const request: messages.ApplyRequest = {
      changes,
      info: infoOf(info),
      dryRun: false,
      conditions,
      lookups,
      ...(fence && { fence }),
    };
    return this.#calls.unary<messages.ApplyResponse>('control', 'Apply', request, waitOf(options));
  }

  /**
   * Runs `write` as one transaction, with the callback of `store.update`: it reads and writes at once, and cannot wait. What it
   * reads is fetched, and checked again with the writes: when it has changed, or has to be fetched first, `write` runs again.
   * Resolves with what `write` returned; objects in it have the version and times that they were committed with.
   * @throws whatever `write` throws, of a state that was so; {@link StoreError} `CONDITION_FAILED` when what it read changed
   *   before each of the attempts; and as {@link apply}.
   * @see docs/transactions.md
   */
  async transaction<T>(write: (tx: Tx) => T & Sync<T>, options: TransactionOptions = {}): Promise<T> {
    return runTransaction<T>(this, this.#calls.clock, write, options);
  }

  /** Returns what {@link apply} would do. Refuses what it would refuse. */
  async plan(
    changes: readonly messages.Change[],
    options: WaitOptions = {},
  ): Promise<readonly messages.PlannedChange[]> {
    const request: messages.ApplyRequest = { changes, dryRun: true, conditions: [], lookups: [] };
    return (await this.#calls.unary<messages.ApplyResponse>('control', 'Apply', request, waitOf(options))).planned;
  }

  /** Returns the changes of an object with author, time and reason, oldest first, as far as history reaches. */
  async history(
    kind: KindRef,
    id: string,
    options: ReadOptions & { limit?: number } = {},
  ): Promise<messages.HistoryResponse> {
    const request: messages.HistoryRequest = {
      kind: nameOf(kind),
      id,
      limit: options.limit ?? 0,
      stale: options.stale ?? false,
    };
    const pages = await this.#calls.collect<messages.HistoryResponse>('control', 'History', request, waitOf(options));
    return { entries: pages.flatMap(({ entries }) => entries), reachesBackTo: pages.at(-1)?.reachesBackTo ?? 0 };
  }

  /** The kinds there are, with how much there is of each. */
  async kinds(options: WaitOptions = {}): Promise<readonly messages.KindUse[]> {
    return (await this.#calls.unary<messages.KindsResponse>('control', 'Kinds', {}, waitOf(options))).kinds;
  }

  /**
   * Whole transactions, in order, each once. Goes on at another member when one fails, from where it was.
   * @throws {StoreError} `RESYNC` when that cannot be done without a gap.
   */
  watch(options: Omit<WatchOptions, 'snapshot'> = {}): AsyncGenerator<RemoteTransaction, void> {
    const calls = this.#calls;
    return new Mailbox<RemoteTransaction>((inbox, signal) => {
      const only: Inbox<WatchMessage> = {
        push: (message, bytes) => void (message.type === 'transaction' && inbox.push(message, bytes)),
        flow: (sender) => inbox.flow(sender),
      };
      return followWatch({ options: { ...options, signal }, calls, inbox: only });
    }, options.signal);
  }

  /**
   * A watch with every message that it receives: the objects to begin with (`snapshot: true`), `synced`, transactions,
   * bookmarks; and with `snapshot`, where history does not reach, `resync` and the objects again instead of an error.
   */
  messages(options: WatchOptions = {}): AsyncGenerator<WatchMessage, void> {
    const calls = this.#calls;
    return new Mailbox<WatchMessage>(
      (inbox, signal) => followWatch({ options: { ...options, signal }, calls, inbox }),
      options.signal,
    );
  }

  // ---------------------------------------------------------------- engines

  /**
   * Opens a connection to the Docker engine of a node, through the manager that drives it: bytes both ways, on which the
   * engine speaks HTTP. The signal counts until it stands; {@link close} ends it.
   * @throws {StoreError} `NOT_FOUND`: the node has no engine. `ENGINE_UNREACHABLE`: no manager reaches it.
   */
  async connectToEngine(node: string, options: WaitOptions = {}): Promise<EngineStream> {
    return (await this.#calls.tunnel({ engine: '', node }, waitOf(options))).tunnel;
  }

  // ---------------------------------------------------------------- leases

  /** Begins a lease. Objects whose index `lease` names it are removed with it. @throws {StoreError} `INVALID_OBJECT` */
  async grantLease(
    { ttlMs, holder = '', guarded = false }: { ttlMs: number; holder?: string; guarded?: boolean },
    options: WriteOptions = {},
  ): Promise<string> {
    if (!(Number.isSafeInteger(ttlMs) && ttlMs > 0))
      throw new StoreError('INVALID_OBJECT', `ttlMs must be a whole number of milliseconds, is ${ttlMs}`, {
        path: 'ttlMs',
      });
    const request: messages.GrantRequest = { ttlMs, holder, guarded, info: infoOf(options) };
    return (await this.#calls.unary<messages.GrantResponse>('lease', 'Grant', request, waitOf(options))).id;
  }

  /** Lets leases count in full again, from a moment after the call. Resolves with those that are over. */
  async keepAlive(
    ids: readonly string[],
    options: WaitOptions & { timeoutMs?: number } = {},
  ): Promise<readonly string[]> {
    const request: messages.KeepAliveRequest = { ids };
    return (await this.#calls.unary<messages.KeepAliveResponse>('lease', 'KeepAlive', request, options)).lost;
  }

  /** Ends a lease, with everything attached to it. One that has expired already is no error. */
  async revokeLease(id: string, options: WriteOptions = {}): Promise<void> {
    const request: messages.RevokeRequest = { id, info: infoOf(options) };
    await this.#calls.unary('lease', 'Revoke', request, waitOf(options));
  }

  // ---------------------------------------------------------------- engines

  /**
   * Tells the leader what the holder of an engine's lock has seen of it. Repeating it is harmless.
   * @throws {StoreError} `LEASE_LOST`: that lock is over, and nothing was stored.
   */
  async reportEngine(report: messages.ReportRequest, options: WaitOptions = {}): Promise<messages.ReportResponse> {
    return this.#calls.unary<messages.ReportResponse>('fleet', 'Report', report, waitOf(options));
  }

  /**
   * Gives up the nodes that are held because most were silent at once: their tasks move to others. Resolves with their ids.
   */
  async resumeFleet(options: WriteOptions = {}): Promise<readonly string[]> {
    const request: messages.ResumeRequest = { info: infoOf(options) };
    return (await this.#calls.unary<messages.ResumeResponse>('fleet', 'Resume', request, waitOf(options))).nodes;
  }

  // ---------------------------------------------------------------- the whole

  /**
   * Yields everything that is committed, as the bytes of a snapshot file's content.
   * @throws {StoreError} `NOT_LEADER` also when the member goes away before the end, or stays silent for `timeoutMs`.
   */
  saveSnapshot(options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
    const request: messages.SaveRequest = { stale: options.stale ?? false };
    const of = ({ chunk }: messages.SaveResponse) => chunk;
    return this.#calls.pages('backup', 'Save', request, { of, signal: options.signal });
  }

  /** Replaces the whole state with a saved one, as one version. Every watch must read again. */
  async restoreSnapshot(
    chunks: AsyncIterable<Uint8Array>,
    options: WaitOptions = {},
  ): Promise<messages.RestoreResponse> {
    return this.#calls.upload<messages.RestoreResponse>('backup', 'Restore', asRequests(chunks), waitOf(options));
  }

  // ---------------------------------------------------------------- members

  /**
   * Checks before a request that some member can lead: otherwise a call would wait for `timeoutMs`.
   * Resolves within 2 s, or when an election that is under way allows it.
   * @throws {StoreError} `QUORUM_LOST`: too few voters answer; `details.unreached` names those that do not. `NOT_LEADER`:
   *   no member answers. Nothing has been written.
   */
  async checkQuorum({ signal }: WaitOptions = {}): Promise<void> {
    await findQuorum(this.#calls, { clock: this.#calls.clock, signal });
  }

  /** Status of the cluster, as one of its members sees it. */
  async status(options: WaitOptions = {}): Promise<messages.ClusterStatus> {
    return this.#calls.unary<messages.ClusterStatus>('membership', 'Status', {}, waitOf(options));
  }

  /**
   * Removes a member, by name or id.
   * @throws {StoreError} `NOT_FOUND`; `WOULD_LOSE_QUORUM` when too few voters would answer afterwards: see `force`.
   */
  async removeMember(member: string, options: WaitOptions & { force?: boolean } = {}): Promise<void> {
    await this.#calls.unary('membership', 'Remove', { member, force: options.force ?? false }, waitOf(options));
  }

  /** Makes a member a voter, or a learner that it stays. Throws as {@link removeMember}. */
  async setRole(
    member: string,
    role: messages.MemberRole,
    options: WaitOptions & { force?: boolean } = {},
  ): Promise<void> {
    const request = { member, role, force: options.force ?? false };
    await this.#calls.unary('membership', 'SetRole', request, waitOf(options));
  }

  /** Resolves with the name of the new leader. */
  async transferLeadership(to?: string, options: WaitOptions = {}): Promise<string> {
    const request = { ...(to !== undefined && { to }) };
    const { leader } = await this.#calls.unary<messages.TransferLeadershipResponse>(
      'membership',
      'TransferLeadership',
      request,
      waitOf(options),
    );
    return leader;
  }

  // ---------------------------------------------------------------- identities and rights

  /** Returns who the cluster takes this client for. */
  async whoAmI(options: WaitOptions = {}): Promise<messages.WhoAmIResponse> {
    return this.#calls.unary<messages.WhoAmIResponse>('access', 'WhoAmI', {}, waitOf(options));
  }

  /** Answers whether a user may do something, and by which rule. Without `user`: this client. */
  async can(
    question: { readonly verb: string; readonly kind: string; readonly name?: string; readonly user?: string },
    options: WaitOptions = {},
  ): Promise<messages.CanResponse> {
    const request: messages.CanRequest = { user: '', name: '', ...question };
    return this.#calls.unary<messages.CanResponse>('access', 'Can', request, waitOf(options));
  }

  /** Returns the trust domain of the cluster and its roots, in PEM. Believe them only over a connection that you trust. */
  async rootCa(options: WaitOptions = {}): Promise<messages.GetRootCaResponse> {
    return this.#calls.unary('certificates', 'GetRootCa', {}, waitOf(options));
  }

  /**
   * Makes a token: for a new member, for the certificate of a user, or for calls of a program that speaks for a user. Its
   * text is in the answer and nowhere else.
   * @throws {StoreError} `DENIED`; `NOT_FOUND` for a user that is not there.
   */
  async createToken(
    wanted: Partial<messages.CreateTokenRequest> & { readonly use: 'join-member' | 'join-user' | 'bearer' },
    options: WaitOptions = {},
  ): Promise<messages.CreateTokenResponse> {
    const request: messages.CreateTokenRequest = { user: '', ttlMs: 0, uses: 0, note: '', ...wanted };
    return this.#calls.unary<messages.CreateTokenResponse>('access', 'CreateToken', request, waitOf(options));
  }

  /** Removes a token. Certificates that were made with it stay. */
  async removeToken(id: string, options: WaitOptions = {}): Promise<void> {
    await this.#calls.unary('access', 'RemoveToken', { id }, waitOf(options));
  }

  /** Creates or replaces a user. */
  async putUser(
    user: { readonly name: string; readonly roles: readonly string[]; readonly disabled?: boolean },
    options: WaitOptions = {},
  ): Promise<void> {
    await this.#calls.unary('access', 'PutUser', { disabled: false, ...user }, waitOf(options));
  }

  /** Removes a user with all its certificates and tokens; its connections end. */
  async removeUser(name: string, options: WaitOptions = {}): Promise<void> {
    await this.#calls.unary('access', 'RemoveUser', { name }, waitOf(options));
  }

  /**
   * Creates or replaces a role. Each rule is `VERBS KINDS [NAMES]`, as `read,write service web-`. `rate` limits the calls a second
   * of each user with the role; of several roles the lowest counts.
   */
  async putRole(
    role: { readonly name: string; readonly rules: readonly string[]; readonly rate?: number },
    options: WaitOptions = {},
  ): Promise<void> {
    await this.#calls.unary('access', 'PutRole', { rate: 0, ...role }, waitOf(options));
  }

  /** Removes a role. @throws {StoreError} `IN_USE` while a user has it. */
  async removeRole(name: string, options: WaitOptions = {}): Promise<void> {
    await this.#calls.unary('access', 'RemoveRole', { name }, waitOf(options));
  }

  /** Revokes one certificate by its serial number: connections that were made with it end, on every member. */
  async revokeCertificate(serial: string, options: WaitOptions = {}): Promise<void> {
    await this.#calls.unary('access', 'RevokeCertificate', { serial }, waitOf(options));
  }

  /** Ends what is under way: calls reject with `CLOSED`, watches with what they wait for. */
  close(): void {
    this.#calls.close();
  }

  /** Closes it: `using client = new Client(…)`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes it: `await using client = new Client(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}

function checkHosts(hosts: readonly string[]): void {
  if (!Array.isArray(hosts) || hosts.length === 0)
    throw new TypeError('hosts must be a list that names at least one member: HOST:PORT');
  for (const host of hosts as readonly unknown[])
    if (!isAddress(host, 1) && !isSocketPath(host)) throw new TypeError(`hosts: ${addressRule(host)}`);
}

function checkReplica({ hosts, access, replica }: ClientOptions): void {
  if (hosts !== undefined || access !== undefined)
    throw new TypeError('a client of a replica in this process takes neither hosts nor access');
  if (typeof replica?.api?.handlerOf !== 'function') throw new TypeError('replica must be what openReplica returned');
}
