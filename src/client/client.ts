import { setMaxListeners } from 'node:events';
import { newId } from '../base/ids.js';
import { systemClock, sleep, type Clock } from '../base/clock.js';
import { systemRandom } from '../base/random.js';
import { Channel, connectionLost, methodOf, neverSent, notServed, timedOut } from '../rpc/index.js';
import {
  canonicalObject,
  isStoreError,
  kindOf,
  StoreError,
  type Draft,
  type Kind,
  type ObjectOf,
} from '../state/index.js';
import type { messages } from '../wire/index.js';
import { followWatch, type RemoteTransaction, type WatchOptions } from './watch.js';

export interface ClientOptions {
  /** `HOST:PORT` of members; any will do. More are learned from them. */
  readonly hosts: readonly string[];
  /** For each call, milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
}

const noFilter: messages.Filter = { ids: [], idPrefixes: [], names: [], namePrefixes: [] };

export interface ReadOptions {
  readonly stale?: boolean;
}

/** How long to wait before the next member is asked, milliseconds. */
const againMs = 100;
const timeoutDefaultMs = 10_000;
/** How long one of several members may take to answer, at least, milliseconds. */
const attemptMs = 1_000;

const capitalized = (word: string) => word[0]?.toUpperCase() + word.slice(1);

/**
 * A client of a cluster: asks any member, and the next one when that does not answer. Writes carry a request id, so that
 * asking again after a broken connection changes nothing twice.
 */
export class Client {
  readonly #timeoutMs: number;
  readonly #clock: Clock;
  readonly #channels = new Map<string, Channel>();
  readonly #closed = new AbortController();
  #hosts: string[];

  constructor(options: ClientOptions) {
    if (options.hosts.length === 0) throw new TypeError('hosts must name at least one member: HOST:PORT');
    this.#hosts = [...options.hosts];
    this.#timeoutMs = options.timeoutMs ?? timeoutDefaultMs;
    this.#clock = options.clock ?? systemClock;
    setMaxListeners(0, this.#closed.signal); // one for each call that is under way
  }

  /** What is committed in the cluster now; `stale` takes what the member that answers holds, even without a quorum. */
  async get<K extends Kind>(kind: K, id: string, options: ReadOptions = {}): Promise<ObjectOf<K>> {
    const response = await this.#call<Record<K, ObjectOf<K>>>('control', `Get${capitalized(kind)}`, {
      id,
      stale: options.stale ?? false,
    });
    return response[kind];
  }

  async list<K extends Kind>(
    kind: K,
    filter?: Partial<messages.Filter>,
    options: ReadOptions = {},
  ): Promise<{ objects: readonly ObjectOf<K>[]; version: number }> {
    const { plural } = kindOf(kind);
    const response = await this.#call<{ version: number } & Record<string, unknown>>(
      'control',
      `List${capitalized(plural)}`,
      { ...(filter && { filter: { ...noFilter, ...filter } }), stale: options.stale ?? false },
    );
    return { objects: response[plural] as readonly ObjectOf<K>[], version: response.version };
  }

  /** Several changes in one transaction. Resolves with its version. */
  async apply(
    changes: readonly messages.Change[],
    info: Omit<messages.WriteInfo, 'requestId'> = {},
  ): Promise<messages.ApplyResponse> {
    return this.#call<messages.ApplyResponse>('control', 'Apply', {
      changes,
      info: { ...info, requestId: newId(systemRandom) },
    });
  }

  /**
   * Creates one object. Resolves with it when it is committed.
   * @throws {StoreError} `ALREADY_EXISTS`, `NAME_CONFLICT`, `INVALID_OBJECT`; `NOT_LEADER` when nobody answered in time.
   */
  async create<K extends Kind>(kind: K, draft: Draft<ObjectOf<K>>): Promise<ObjectOf<K>> {
    const id = draft.id ?? newId(systemRandom);
    const request = { [kind]: complete(kind, { ...draft, id }), info: { requestId: newId(systemRandom) } };
    const response = await this.#call<Record<K, ObjectOf<K>>>('control', `Create${capitalized(kind)}`, request);
    return response[kind];
  }

  async remove(kind: Kind, id: string): Promise<void> {
    await this.#call('control', `Remove${capitalized(kind)}`, { id, info: { requestId: newId(systemRandom) } });
  }

  async status(): Promise<messages.ClusterStatus> {
    return this.#call<messages.ClusterStatus>('membership', 'Status', {});
  }

  /**
   * Removes a member, by name or id.
   * @throws {StoreError} `NOT_FOUND`; `NOT_SUPPORTED` when too few voters would answer afterwards: see `force`.
   */
  async removeMember(member: string, options: { force?: boolean } = {}): Promise<void> {
    await this.#call('membership', 'Remove', { member, force: options.force ?? false });
  }

  /** Makes a member a voter, or a learner that it stays. Throws as {@link removeMember}. */
  async setRole(member: string, role: messages.MemberRole, options: { force?: boolean } = {}): Promise<void> {
    await this.#call('membership', 'SetRole', { member, role, force: options.force ?? false });
  }

  /** Resolves with the name of the new leader. */
  async transferLeadership(to?: string): Promise<string> {
    const { leader } = await this.#call<messages.TransferLeadershipResponse>('membership', 'TransferLeadership', {
      ...(to !== undefined && { to }),
    });
    return leader;
  }

  /**
   * Whole transactions, in order, each once. Goes on at another member when one fails, from where it was.
   * @throws {StoreError} `RESYNC` when that cannot be done without a gap.
   */
  watch(options: WatchOptions = {}): AsyncGenerator<RemoteTransaction, void> {
    return followWatch({
      options,
      clock: this.#clock,
      giveUpMs: this.#timeoutMs,
      next: () => this.#channel(this.#rotate()),
      learn: () => this.#learn(),
      closed: this.#closed.signal,
    });
  }

  /** Ends what is under way: calls reject with `CLOSED`, watches with what they wait for. */
  close(): void {
    this.#closed.abort();
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }

  async #call<Res>(service: 'control' | 'membership', name: string, request: object): Promise<Res> {
    const method = methodOf(service, name);
    const { signal } = this.#closed;
    const until = this.#clock.monotonic() + this.#timeoutMs;
    let unknown = false; // may an earlier attempt have been carried out?
    for (;;) {
      if (signal.aborted) throw new StoreError('CLOSED', 'the client is closed');
      // A member that is silent must not use up the time of the others.
      const left = Math.max(1, until - this.#clock.monotonic());
      const timeoutMs =
        this.#hosts.length === 1 ? left : Math.min(left, Math.max(attemptMs, left / this.#hosts.length));
      try {
        return await this.#channel(this.#hosts[0] as string).unary<object, Res>(method, request, {
          timeoutMs,
          signal,
        });
      } catch (error) {
        if (signal.aborted) throw new StoreError('CLOSED', closedWhile(request), { cause: error });
        const kind = failureOf(error);
        unknown ||= kind === 'unknown';
        // Reads may be asked again, and so may writes: they carry a request id.
        if (kind === 'final') {
          // Whoever refuses now does not speak for the member that was silent: it may still carry out what it was asked.
          if (unknown && isWrite(request) && error instanceof StoreError) throw stillUnknown(error);
          throw error;
        }
        if (this.#clock.monotonic() + againMs >= until)
          throw explained(error, {
            unknown: unknown && isWrite(request),
            hosts: this.#hosts,
            timeoutMs: this.#timeoutMs,
          });
        this.#rotate();
        await sleep(this.#clock, againMs);
      }
    }
  }

  /** The next member in turn. */
  #rotate(): string {
    const [first, ...rest] = this.#hosts;
    this.#hosts = [...rest, first as string];
    return first as string;
  }

  #channel(addr: string): Channel {
    let channel = this.#channels.get(addr);
    if (!channel) this.#channels.set(addr, (channel = new Channel(addr)));
    return channel;
  }

  /** Remembers where the other members are, in case the ones we were told of go away. */
  async #learn(): Promise<void> {
    const { members } = await this.#call<messages.LocalStatus>('membership', 'Local', {});
    for (const { addr } of members) if (addr !== '' && !this.#hosts.includes(addr)) this.#hosts.push(addr);
  }
}

/** A draft with every field filled in, as messages have it. Throws `INVALID_OBJECT`. */
function complete(kind: Kind, draft: object & { readonly id: string }): object {
  return canonicalObject(kindOf(kind), draft, draft.id, { version: 0, createdAt: 0, updatedAt: 0 });
}

const isWrite = (request: object) => 'info' in request;

function stillUnknown(refusal: StoreError): StoreError {
  const message = `an earlier attempt was not answered and may still be carried out; the last one was refused: ${refusal.message}`;
  return new StoreError('OUTCOME_UNKNOWN', message, { cause: refusal });
}

const closedWhile = (request: object) =>
  `the client was closed before an answer came${isWrite(request) ? '; the change may still commit' : ''}`;

/** What a failed attempt means: `final` is an answer, `unsent` did nothing, `unknown` may have been carried out. */
function failureOf(error: unknown): 'final' | 'unsent' | 'unknown' {
  if (neverSent(error) || notServed(error) || isStoreError(error, 'NOT_LEADER')) return 'unsent';
  if (connectionLost(error) || timedOut(error)) return 'unknown';
  return isStoreError(error, 'OUTCOME_UNKNOWN') || isStoreError(error, 'CLOSED') ? 'unknown' : 'final';
}

/** The last failure in words that say what to do. */
function explained(
  error: unknown,
  { unknown, hosts, timeoutMs }: { unknown: boolean; hosts: readonly string[]; timeoutMs: number },
): unknown {
  const where = hosts.join(', ');
  if (unknown && !isStoreError(error, 'OUTCOME_UNKNOWN')) {
    const message = `no answer from ${where} within ${timeoutMs} ms: the change may still commit. Read before writing again`;
    return new StoreError('OUTCOME_UNKNOWN', message, { cause: error });
  }
  if (error instanceof StoreError) return error;
  if (neverSent(error))
    return notLeader(`no member answers at ${where}: is one running there? (--host or SKEP_HOST)`, error);
  if (notServed(error))
    return notLeader(`the member at ${where} does not serve this: is it still starting, or of another version?`, error);
  return notLeader(`no answer from ${where} within ${timeoutMs} ms`, error);
}

function notLeader(message: string, cause: unknown): StoreError {
  return new StoreError('NOT_LEADER', message, { cause });
}
