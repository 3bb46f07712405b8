import { onAbort } from '../../src/base/abort.js';
import { isStoreError, StoreError } from '../../src/base/store-error.js';
import { storeReport } from '../../src/api/index.js';
import { ApiWrites, checkConditions } from '../../src/api/writes.js';
import type { messages } from '../../src/client/index.js';
import type { SessionClient } from '../../src/fleet/assign/index.js';
import type { StoredObject } from '../../src/kinds/index.js';
import type { Replica } from '../../src/replica/index.js';
import type { Chance } from '../../src/testing/chance.js';
import type { SimCluster } from '../../src/testing/sim-cluster.js';
import type { SimMember } from '../../src/testing/sim-member.js';
import { fromAny } from '../../src/wire/index.js';

/** Longest time that a call may take, and wait before another member is asked, ms. */
const callMs = 10_000;
const againMs = 200;

interface Options {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** Settings of a {@link MemberClient}. */
export interface MemberClientOptions {
  readonly cluster: SimCluster;
  readonly member: SimMember;
  readonly replica: Replica;
  readonly chance: Chance;
}

/**
 * Client of the cluster in the process of a member: asks the leader that this member knows, over links that may be cut.
 * The rules of writes and reports are those of the API; gRPC is not there.
 */
export class MemberClient {
  readonly #options: MemberClientOptions;
  readonly #clock: SimMember['clock'];
  /** Leases that this process was given. */
  readonly leases = new Set<string>();

  constructor(options: MemberClientOptions) {
    this.#options = options;
    this.#clock = options.member.clock;
  }

  /** The part that a driver session needs. */
  get session(): SessionClient {
    const client = {
      create: (kind: unknown, draft: object, options: Options = {}) =>
        this.#write((writes) => writes.create(nameOf(kind), { ...draft, meta: noMeta } as never), options),
      update: (kind: unknown, object: StoredObject, options: Options = {}) =>
        this.#write((writes) => writes.update(nameOf(kind), { ...object, meta: noMeta } as never, {}), options),
      apply: (changes: readonly messages.Change[], options: Options & { fence?: messages.Condition } = {}) =>
        this.#write(
          (writes) => {
            for (const one of changes) change(writes, one);
            return { version: 0, ids: [], planned: [] };
          },
          options,
          options.fence,
        ),
      grantLease: async (terms: { ttlMs: number; holder?: string; guarded?: boolean }, options: Options = {}) => {
        const { ttlMs, holder = '', guarded = false } = terms;
        const granted = await this.#ask(({ replica }) => replica.grantLease({ ttlMs, holder, guarded }, {}), options);
        if (!granted) throw new StoreError('OUTCOME_UNKNOWN', 'the lease was not granted in time');
        this.leases.add(granted.id);
        return granted.id;
      },
      keepAlive: (ids: readonly string[], options: Options = {}) =>
        this.#ask(({ replica }) => replica.keepAlive(ids), options),
      revokeLease: async (id: string, options: Options = {}) =>
        void (await this.#ask(({ replica }) => replica.revokeLease(id, {}), options)),
      reportEngine: (report: messages.ReportRequest, options: Options = {}) =>
        this.#ask(
          ({ replica, member }) => storeReport(replica.store, report, { clock: member.clock, timeoutMs: callMs }),
          options,
        ),
    };
    return client as unknown as SessionClient;
  }

  #write(run: (writes: ApiWrites) => object, options: Options, fence?: messages.Condition): Promise<object> {
    return this.#ask(async ({ replica: { store } }) => {
      const written = await store.update(
        (tx) => {
          checkConditions(tx, { conditions: [], ...(fence && { fence }) });
          const writes = new ApiWrites(tx, store.kinds, { fence });
          const value = run(writes);
          writes.finish();
          return value;
        },
        { timeoutMs: callMs },
      );
      if (written === undefined) throw new StoreError('OUTCOME_UNKNOWN', 'the change may still commit');
      return written;
    }, options);
  }

  /** Asks leader after leader until one has answered. */
  async #ask<T>(work: (leader: { replica: Replica; member: SimMember }) => Promise<T>, options: Options): Promise<T> {
    const { signal, timeoutMs = callMs } = options;
    const end = this.#clock.monotonic() + timeoutMs;
    for (;;) {
      signal?.throwIfAborted();
      const left = end - this.#clock.monotonic();
      if (left <= 0) throw new StoreError('NOT_LEADER', 'no leader has answered in time');
      try {
        return await this.#once(work, left, signal);
      } catch (error) {
        if (!isStoreError(error, 'NOT_LEADER')) throw error;
        await new Promise<void>((resolve) => this.#clock.schedule(againMs, resolve));
      }
    }
  }

  #once<T>(
    work: (leader: { replica: Replica; member: SimMember }) => Promise<T>,
    leftMs: number,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const { cluster, member, replica } = this.#options;
    const { scheduler, network } = cluster;
    const leader = replica.status().leader?.id;
    const target = cluster.members.find(({ info }) => info.id === leader);
    const [from, to] = [member.info.id, leader ?? 0];
    return new Promise<T>((resolve, reject) => {
      const forget = signal && onAbort(signal, () => settle(() => reject(signal.reason as Error)));
      const cancel = this.#clock.schedule(leftMs, () =>
        settle(() => reject(new StoreError('OUTCOME_UNKNOWN', 'no answer in time: the change may still commit'))),
      );
      let settled = false;
      const settle = (run: () => void) => {
        if (settled) return;
        settled = true;
        cancel();
        forget?.();
        run();
      };
      const back = (run: () => void) =>
        scheduler.schedule(this.#delay(from, to), () => {
          if (!network.isCut(to, from)) this.#clock.deliver(() => settle(run));
        });
      const refused = () => back(() => reject(new StoreError('NOT_LEADER', 'this member does not lead')));
      scheduler.schedule(this.#delay(from, to), () => {
        if (target?.replica === undefined) {
          refused();
          return;
        }
        if (network.isCut(from, to)) return; // lost: the deadline tells
        const { clock } = target;
        clock.deliver(() => {
          const asked = target.replica;
          if (!asked || clock !== target.clock) {
            refused();
            return;
          }
          work({ replica: asked, member: target }).then(
            (value) => back(() => resolve(value)),
            (error: unknown) => back(() => reject(error)),
          );
        });
      });
    });
  }

  #delay(from: number, to: number): number {
    return from === to ? 0 : 0.1 + this.#options.chance.exponential(2);
  }
}

const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };
const nameOf = (kind: unknown) => (typeof kind === 'string' ? kind : (kind as { name: string }).name);

function change(writes: ApiWrites, { op, kind, id, object, ...seen }: messages.Change): void {
  if (op === 'remove') return writes.remove(kind, id, seen);
  const given = fromAny(kind, object as messages.AnyObject);
  if (op === 'create') writes.create(given.kind, given.object);
  else writes.update(given.kind, given.object, seen);
}
