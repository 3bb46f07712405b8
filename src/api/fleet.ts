import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { type Clock, systemClock } from '../base/clock.js';
import { StoreError } from '../base/store-error.js';
import { actorOf, type Caller } from '../identity/index.js';
import { drivers, engines, isHeld, leases, locks, type Tx } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { methodOf } from '../rpc/index.js';
import { controlOf, type MemoryStore } from '../state/index.js';
import type { messages } from '../wire/index.js';
import { type Forwarder, forwardingHandler } from './forward.js';
import { reportEngine, reportMisses } from './report-engine.js';
import { reportTask } from './report-tasks.js';

/** Prefix of the locks of engines: the id of the engine follows. */
const lockPrefix = 'engine/';

/** The `Fleet` service. Reports go to the leader: its clock sets the times. */
export function fleetService(replica: Replica, forwarder: Forwarder): UntypedServiceImplementation {
  return {
    Report: forwardingHandler(
      methodOf('fleet', 'Report'),
      { replica, forwarder },
      (request: messages.ReportRequest, timeoutMs, caller) =>
        storeReport(replica.store, request, { clock: systemClock, timeoutMs, caller }),
    ),
    Resume: forwardingHandler(
      methodOf('fleet', 'Resume'),
      { replica, forwarder },
      async ({ info }: messages.ResumeRequest, timeoutMs): Promise<messages.ResumeResponse> => ({
        nodes: (await replica.store.update((tx) => giveUpHeld(tx, systemClock.now()), { ...info, timeoutMs })) ?? [],
      }),
    ),
  };
}

/** Takes nodes down that are held. Returns their ids. */
export function giveUpHeld(tx: Tx, now: number): string[] {
  const held = tx.nodes().find().filter(isHeld);
  for (const node of held) {
    const status = {
      ...node.status,
      state: 'down' as const,
      message: 'given up by "skep fleet resume"',
      timestamp: now,
    };
    tx.nodes().update({ ...node, status });
  }
  return held.map(({ id }) => id);
}

/**
 * Stores a report of an engine's driver as one transaction, on the leader. Tasks of which nothing can be stored are left out
 * and named.
 * @throws {StoreError} `LEASE_LOST`: the lock of the driver is over, and nothing is stored; `NOT_LEADER`, `OUTCOME_UNKNOWN`.
 */
export async function storeReport(
  store: MemoryStore,
  request: messages.ReportRequest,
  {
    clock,
    timeoutMs,
    caller,
  }: { readonly clock: Clock; readonly timeoutMs: number; readonly caller?: Caller | undefined },
): Promise<messages.ReportResponse> {
  const now = clock.now();
  const options = { actor: 'skep', reason: 'a driver reports of an engine', timeoutMs };
  const stored = await controlOf(store).updateInSlices((tx) => reporting(tx, request, { now, caller }), options);
  if (!stored) throw new StoreError('OUTCOME_UNKNOWN', 'the report was given up before it was stored; report again');
  return stored;
}

/** Refuses a member that reports for the lock of another: it could say anything about engines that it does not drive. */
function checkHolds(tx: Tx, lease: string, caller: Caller | undefined): void {
  if (caller?.as !== 'member') return; // clear text, where nothing proves who calls
  const [driver] = tx.kind(drivers).find(drivers.by('lease', lease));
  if (driver?.member === caller.identity.name) return;
  throw new StoreError(
    'DENIED',
    `${actorOf(caller)} may not report for a lock of ${driver ? `member/${driver.member}` : 'no driver'}`,
  );
}

function* reporting(
  tx: Tx,
  request: messages.ReportRequest,
  { now, caller }: { readonly now: number; readonly caller: Caller | undefined },
): Generator<undefined, messages.ReportResponse> {
  const { lock, tasks, engine: facts, misses } = request;
  const held = tx.kind(locks).get(lock.id);
  if (held?.meta.version !== lock.version || !held.lock.startsWith(lockPrefix))
    throw new StoreError('LEASE_LOST', `the lock ${lock.id} of an engine is over; stop driving the engine`);
  checkHolds(tx, held.lease, caller);
  const engineId = held.lock.slice(lockPrefix.length);
  const engine = tx.kind(engines).get(engineId);
  const engineError = facts && engine ? reportEngine(tx, engine, facts, now) : '';
  if (misses && engine) reportMisses(tx, engine, misses, now);
  const nodeId = tx.kind(engines).get(engineId)?.nodeId ?? '';
  const refused: messages.RefusedTask[] = [];
  for (const task of tasks) {
    const why = reportTask(tx, task, { nodeId, now });
    if (why !== undefined) refused.push({ id: task.id, why });
    yield undefined;
  }
  return { refused, leaseMs: tx.kind(leases).get(held.lease)?.ttlMs ?? 0, engineError };
}
