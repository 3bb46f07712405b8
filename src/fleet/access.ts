import { isStoreError, StoreError } from '../base/store-error.js';
import type { Client } from '../client/index.js';
import { engines } from '../kinds/index.js';
import type { MemoryStore } from '../state/index.js';
import { DockerClient } from './engine/docker-client.js';
import { isEngineError } from './engine/errors.js';
import type { EngineConnection } from './engine/transport.js';

/** Opens clients of the engines of a cluster, by the nodes that these stand for. */
export interface EngineAccess {
  /**
   * Resolves with a client of the node's engine, which has answered. Close it after use. Each of its requests opens a
   * connection through the manager that drives the engine at that moment.
   * @throws {StoreError} `NOT_FOUND`: the node has no engine. `ENGINE_UNREACHABLE`: no manager reaches it.
   * @throws {EngineError} of an engine that does not answer as one.
   */
  open(nodeId: string, signal?: AbortSignal): Promise<DockerClient>;
}

/** Ways to the engine of a node. */
export interface EnginePaths {
  /** Finds the address of the node's engine, as errors name it; `undefined` when the node has none. */
  readonly addressOf: (nodeId: string, signal?: AbortSignal) => Promise<string | undefined>;
  /** Opens a connection to it. */
  readonly connect: (nodeId: string, signal: AbortSignal) => Promise<EngineConnection>;
}

/** Makes an {@link EngineAccess} of ways to engines. */
export function engineAccess({ addressOf, connect }: EnginePaths): EngineAccess {
  return {
    open: async (nodeId, signal) => {
      const address = await addressOf(nodeId, signal);
      if (address === undefined)
        throw new StoreError('NOT_FOUND', `node ${nodeId} has no engine that managers drive; see skep ls engines`);
      const client = new DockerClient({ address, connect: (stop) => connect(nodeId, stop) });
      try {
        await client.apiVersion(signal);
        return client;
      } catch (error) {
        client.close();
        throw reasonOf(error);
      }
    },
  };
}

/** Reaches engines as a client of the cluster: through any member. */
export function clientEngines(client: Client): EngineAccess {
  return engineAccess({
    addressOf: async (nodeId, signal) => {
      const where = { indexes: [{ index: 'node', is: nodeId }] };
      return (await client.list(engines, where, { signal })).objects[0]?.addr;
    },
    connect: (nodeId, signal) => client.connectToEngine(nodeId, { signal }),
  });
}

/** Reaches engines from a manager, which reads its own store. */
export function localEngines(store: Pick<MemoryStore, 'view'>, connect: EnginePaths['connect']): EngineAccess {
  const addressOf = (id: string) => store.view((tx) => tx.kind(engines).find(engines.by('node', id))[0]?.addr);
  return engineAccess({ addressOf: (nodeId) => Promise.resolve(addressOf(nodeId)), connect });
}

/** Returns what a manager said about the way to an engine, else the error itself. */
export function reasonOf(error: unknown): unknown {
  for (let cause: unknown = error, depth = 0; depth < 4; depth++) {
    if (isStoreError(cause)) return cause;
    if (!isEngineError(cause) && depth > 0) break;
    cause = (cause as { cause?: unknown } | undefined)?.cause;
  }
  return error;
}
