/** One of the two stores that are compared, running as three members on this machine, with disks. */
export interface Peer {
  readonly name: string;
  /** Processes of its members. */
  readonly pids: readonly number[];
  /** Writes a value of 100 bytes under a key, over the network; done when a majority has it on disk. */
  write(key: string): Promise<unknown>;
  /** Reads a key as it is now in the whole cluster, over the network. */
  read(key: string): Promise<unknown>;
  /** Watches all keys `watchers` times. Resolves when all have begun; `seen` is called for each change that each receives. */
  watch(watchers: number, seen: () => void): Promise<{ stop(): Promise<void> }>;
  /** Writes inside the process of the leader, where the store can be used so. */
  writeInside?(writers: number, seconds: number): Promise<InsideWrites>;
  close(): Promise<void>;
}

/** Figures of writes that were made inside of the leader. */
export interface InsideWrites {
  readonly ops: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Characters of every value. */
export const value = 'v'.repeat(100);
