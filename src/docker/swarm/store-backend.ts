import type { Cancel } from '../../base/clock.js';
import { newId } from '../../base/ids.js';
import { type Random, systemRandom } from '../../base/random.js';
import { isStoreError, StoreError } from '../../base/store-error.js';
import { changeOf, type Client } from '../../client/index.js';
import {
  type Event,
  EventCommit,
  EventCreateConfig,
  EventCreateNetwork,
  EventCreateNode,
  EventCreateSecret,
  EventCreateService,
  EventDeleteConfig,
  EventDeleteNetwork,
  EventDeleteNode,
  EventDeleteSecret,
  EventDeleteService,
  EventUpdateConfig,
  EventUpdateNetwork,
  EventUpdateNode,
  EventUpdateSecret,
  EventUpdateService,
  type Specifier,
} from '../../kinds/index.js';
import { type MemoryStore, watch } from '../../state/index.js';
import type { SwarmBackend, SwarmChange, SwarmCluster } from './backend.js';

/** Parts of a backend that reads a member's own store and writes through the leader. */
export interface StoreBackendOptions {
  /** Store of this manager. */
  readonly store: MemoryStore;
  /** Client of this manager, or of others of its cluster. */
  readonly client: Client;
  readonly cluster: () => SwarmCluster;
  readonly logs?: SwarmBackend['logs'];
  readonly random?: Random;
}

/** Author of the writes in the history. */
const actor = 'docker';

/** Makes a backend that reads from memory. A write resolves when the store of this manager has it, too. */
export function storeBackend(options: StoreBackendOptions): SwarmBackend {
  const { store, client, cluster, logs, random = systemRandom } = options;
  return {
    view: (read) => store.view(read as never),
    async write(changes, { reason, signal }) {
      const { version } = await client.apply(changes.map(messageOf), { actor, reason, signal });
      await reached(store, version, signal);
    },
    cluster,
    events: (read) => follow(store, read),
    newId: () => newId(random),
    ...(logs && { logs }),
  };
}

function messageOf(change: SwarmChange) {
  if (change.do === 'create') return changeOf('create', change.kind, change.object);
  if (change.do === 'remove') {
    const { kind, id, version } = change;
    return { op: 'remove', kind, id, ...(version !== undefined && { version }) } as const;
  }
  const { version, specVersion } = change;
  return changeOf('update', change.kind, change.object, {
    ...(version !== undefined && { version }),
    ...(specVersion !== undefined && { specVersion }),
  });
}

/** Resolves when the store has this version. A snapshot may bring it without a commit. */
export async function reached(store: MemoryStore, version: number, signal?: AbortSignal): Promise<void> {
  while (store.version < version) {
    signal?.throwIfAborted();
    await nextCommit(store, version, signal);
  }
}

/** Resolves when the store has the version, or was replaced by a snapshot. */
function nextCommit(store: MemoryStore, version: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    let end: Cancel = () => undefined;
    const commits = watch(store.queue, signal ? { signal } : {}, EventCommit());
    const subscription = commits.subscribe({
      next: (event) => {
        if (event.version < version) return;
        resolve();
        end();
      },
      error: (error) => (isStoreError(error, 'RESYNC') ? resolve() : reject(error as Error)),
      complete: () => (signal?.aborted ? resolve() : reject(new StoreError('CLOSED', 'the store is closed'))),
    });
    end = () => subscription.unsubscribe();
  });
}

const specifiers: readonly Specifier<Event>[] = [
  ...[EventCreateService(), EventUpdateService(), EventDeleteService()],
  ...[EventCreateNode(), EventUpdateNode(), EventDeleteNode()],
  ...[EventCreateSecret(), EventUpdateSecret(), EventDeleteSecret()],
  ...[EventCreateConfig(), EventUpdateConfig(), EventDeleteConfig()],
  ...[EventCreateNetwork(), EventUpdateNetwork(), EventDeleteNetwork()],
];

/** Follows the store; goes on behind a snapshot, whose changes have no events. */
function follow(store: MemoryStore, read: (event: Event) => void): Cancel {
  let stopped = false;
  let stop: Cancel = () => undefined;
  const begin = () => {
    const subscription = watch(store.queue, ...specifiers).subscribe({
      next: (event) => read(event),
      error: () => queueMicrotask(() => !stopped && begin()),
    });
    stop = () => subscription.unsubscribe();
  };
  begin();
  return () => {
    stopped = true;
    stop();
  };
}
