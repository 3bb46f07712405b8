import type { Readable } from 'node:stream';
import type { Cancel } from '../../base/clock.js';
import type { AnyObject, Event, Kind, ReadTx, Task } from '../../kinds/index.js';

/** One change of an object, as {@link SwarmBackend.write} takes it. */
export type SwarmChange =
  | { readonly do: 'create'; readonly kind: Kind; readonly object: AnyObject }
  | {
      readonly do: 'update';
      readonly kind: Kind;
      readonly object: AnyObject;
      /** Version that the object must have. */
      readonly version?: number;
      /** Version that its spec must have; then only the spec is replaced. */
      readonly specVersion?: number;
    }
  | { readonly do: 'remove'; readonly kind: Kind; readonly id: string; readonly version?: number };

/** One manager of the cluster, as a member of raft. */
export interface SwarmMember {
  /** Raft id as decimal digits. */
  readonly id: string;
  readonly name: string;
  /** Address at which others reach it, `host:port`. */
  readonly addr: string;
  readonly leader: boolean;
  readonly reachable: boolean;
}

/** The cluster and its managers. */
export interface SwarmCluster {
  readonly id: string;
  /** Raft id of this manager. */
  readonly self: string;
  readonly members: readonly SwarmMember[];
}

/** Selection of the output of a task. */
export interface TaskLogOptions {
  readonly stdout: boolean;
  readonly stderr: boolean;
  /** True: goes on with what comes, until the signal aborts. */
  readonly follow: boolean;
  readonly timestamps: boolean;
  /** `all`, or a number of lines. */
  readonly tail: string;
  /** Seconds since the epoch, with a fraction; `''` is the beginning. */
  readonly since: string;
  /** Seconds since the epoch, with a fraction; `''` is no end. */
  readonly until: string;
}

/** Content of a cluster, as the swarm half of Docker's API reads and writes it. */
export interface SwarmBackend {
  /** Reads what this manager has in memory, at once. */
  view<T>(read: (tx: ReadTx) => T): T;
  /**
   * Makes the changes in one transaction, with the rules of the API. Resolves when {@link view} shows them.
   * @throws {StoreError}
   */
  write(
    changes: readonly SwarmChange[],
    options: { readonly reason: string; readonly signal?: AbortSignal },
  ): Promise<void>;
  cluster(): SwarmCluster;
  /** Calls `read` with every change of a service, node, secret, config or network until the returned function is called. */
  events(read: (event: Event) => void): Cancel;
  /** Makes an id for a new object. */
  newId(): string;
  /**
   * Opens the output of a task: frames of 8 bytes and output, a line each. Absent where it cannot be fetched.
   * @throws {Error} when its engine cannot be reached.
   */
  logs?(task: Task, options: TaskLogOptions, signal: AbortSignal): Promise<Readable>;
}
