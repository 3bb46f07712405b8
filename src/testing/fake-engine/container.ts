import type { Cancel } from '../../base/clock.js';
import type { Nano } from './moment.js';
import type { FakeEndpoint } from './networks.js';
import type { PublishedPorts } from './ports.js';
import type { FakeProcess } from './process.js';
import type { FakeContainerBody, FakeContainerState, FakeHealth, FakeHostConfig, FakeMount, Json } from './types.js';

/** A line of a container's output. */
export interface LogEntry {
  readonly fd: 1 | 2;
  readonly nano: Nano;
  readonly text: string;
}

/** One who reads the output of a process as it comes. */
export interface Sink {
  write(fd: 1 | 2, text: string): void;
  /** There will be no more. */
  end(): void;
}

/** Network that a container has, and its place in it while it runs. */
export interface Attachment {
  readonly settings: Json;
  endpoint?: FakeEndpoint;
  /** Id of the network, once the container was in it. */
  networkId: string;
}

export interface Waiter {
  readonly condition: 'next-exit' | 'removed';
  readonly told: (code: number) => void;
}

/** A container of a fake engine. */
export class FakeContainer {
  readonly id: string;
  name: string;
  readonly created: Nano;
  readonly body: FakeContainerBody;
  host: FakeHostConfig;
  readonly imageId: string;
  /** Command with its entrypoint. */
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly FakeMount[];
  readonly networks: Map<string, Attachment>;

  state: FakeContainerState = 'created';
  exitCode = 0;
  error = '';
  pid = 0;
  started: Nano | undefined;
  finished: Nano | undefined;
  restarts = 0;
  health: FakeHealth | undefined;
  published: PublishedPorts = none;
  process: FakeProcess | undefined;
  /** True since a client stopped it: its restart policy rests. */
  stopped = false;
  restarting: Cancel | undefined;
  /** Made when first needed, as an engine of a bench has thousands of containers that say nothing. */
  log: LogEntry[] | undefined;
  sinks: Set<Sink> | undefined;
  waiters: Set<Waiter> | undefined;
  execs: string[] | undefined;
  /** Input that came before the process; `undefined` for its end. */
  early: (string | undefined)[] | undefined;
  archives: Map<string, Uint8Array> | undefined;

  constructor(
    fixed: Pick<
      FakeContainer,
      'id' | 'name' | 'created' | 'body' | 'host' | 'imageId' | 'argv' | 'env' | 'labels' | 'mounts' | 'networks'
    >,
  ) {
    this.id = fixed.id;
    this.name = fixed.name;
    this.created = fixed.created;
    this.body = fixed.body;
    this.host = fixed.host;
    this.imageId = fixed.imageId;
    this.argv = fixed.argv;
    this.env = fixed.env;
    this.labels = fixed.labels;
    this.mounts = fixed.mounts;
    this.networks = fixed.networks;
  }

  get image(): string {
    return this.body.Image ?? '';
  }

  get running(): boolean {
    return this.state === 'running' || this.state === 'paused' || this.state === 'restarting';
  }

  /** Takes one of the standard outputs of the process. */
  write(fd: 1 | 2, text: string, nano: Nano): void {
    (this.log ??= []).push({ fd, nano, text });
    for (const sink of this.sinks ?? []) sink.write(fd, text);
  }
}

const none: PublishedPorts = new Map();
export const noPorts = none;
