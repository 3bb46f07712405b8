/**
 * One application of the demonstration, in a process of its own. Its member runs on its thread (`inside`), or in another
 * (`worker`). It does what the parent asks.
 */
import { existsSync } from 'node:fs';
import { isStoreError, type OpenReplica, openReplica, type OpenReplicaOptions } from 'skep';
import { Client } from 'skep/client';
import { Coordination, type Lock } from 'skep/coordination';
import { memberInWorker } from '../../examples/member-in-worker.js';
import { serve } from '../bench/child.js';

/** The thread of the member: that of the application, or another one. */
export type Mode = 'inside' | 'worker';

/** What the application sees when its thread goes on, each before anything else. */
export interface Woken {
  readonly blockedMs: number;
  /** Whether its member says that it leads; `undefined` when the member is in another thread. */
  readonly saysThatItLeads: boolean | undefined;
  readonly lockIsOver: boolean;
  /** Outcomes of writes that it makes then. */
  readonly storeWrite: string | undefined;
  readonly fencedWrite: string;
  /** Ids of nodes that its first read finds. */
  readonly nodes: readonly string[];
}

interface App {
  readonly replica: OpenReplica | undefined;
  readonly client: Client;
  readonly coordination: Coordination;
  readonly close: () => Promise<void>;
}

const ttlMs = 2_000;
let app: App | undefined;
let lock: Lock | undefined;
let waiting: Promise<Lock> | undefined;

async function open(mode: Mode, options: OpenReplicaOptions & { listenAddr: string }): Promise<App> {
  if (mode === 'inside') {
    const replica = await openReplica(options);
    const client = new Client({ replica });
    return { replica, client, coordination: new Coordination({ client }), close: () => replica.close() };
  }
  const member = await memberInWorker(options);
  const client = new Client({ hosts: [member.addr] });
  return { replica: undefined, client, coordination: new Coordination({ client }), close: () => member.close() };
}

/** Most time for which a thread is blocked: the parent may be gone. */
const blockMsMax = 120_000;

/** Does what an application must not do: nothing else on this thread until `file` is there. */
function block(file: string): number {
  const begun = performance.now();
  while (!existsSync(file) && performance.now() < begun + blockMsMax);
  return performance.now() - begun;
}

function outcome(write: Promise<unknown>): Promise<string> {
  return write.then(
    () => 'committed',
    (error: unknown) => (isStoreError(error) ? error.code : String(error)),
  );
}

async function blockAndLook({ replica, client }: App, held: Lock, file: string): Promise<Woken> {
  const blockedMs = block(file);
  const saysThatItLeads = replica?.isLeader;
  const lockIsOver = held.signal.aborted;
  const storeWrite = replica && outcome(replica.store.update((tx) => void tx.nodes().create({ id: 'stale' })));
  const fencedWrite = outcome(held.update((tx) => tx.nodes().create({ id: 'fenced' })));
  const { objects } = await client.list('node');
  return {
    blockedMs,
    saysThatItLeads,
    lockIsOver,
    storeWrite: await storeWrite,
    fencedWrite: await fencedWrite,
    nodes: objects.map(({ id }) => id),
  };
}

serve({
  async open({ mode, options }: { mode: Mode; options: OpenReplicaOptions & { listenAddr: string } }): Promise<void> {
    app = await open(mode, options);
  },
  async lock(): Promise<number> {
    lock = await (app as App).coordination.lock('work', { ttlMs });
    return lock.epoch;
  },
  /** Resolves when the lock is known to be another's. */
  waitForLock(): Promise<void> {
    return new Promise((resolve, reject) => {
      waiting = (app as App).coordination.lock('work', { ttlMs, onHeld: () => resolve() });
      waiting.catch(reject);
    });
  },
  async locked(): Promise<number> {
    return (await (waiting as Promise<Lock>)).epoch;
  },
  block: (file: string): Promise<Woken> => blockAndLook(app as App, lock as Lock, file),
  async close(): Promise<void> {
    await app?.coordination.close();
    app?.client.close();
    await app?.close();
  },
});
