/** What the contract asks of an engine, whichever client speaks with it. */
export interface ContractClient {
  ping(): Promise<void>;
  info(): Promise<any>;
  version(): Promise<any>;

  create(name: string, body: object): Promise<string>;
  /** False when it ran already. */
  start(id: string): Promise<boolean>;
  /** False when it did not run. */
  stop(id: string, seconds?: number): Promise<boolean>;
  restart(id: string, seconds: number): Promise<void>;
  kill(id: string, signal?: string): Promise<void>;
  pause(id: string): Promise<void>;
  unpause(id: string): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  remove(id: string, options?: { readonly force?: boolean; readonly v?: boolean }): Promise<void>;
  update(id: string, change: object): Promise<void>;
  /** The exit code. */
  wait(id: string, condition?: string): Promise<number>;
  inspect(id: string): Promise<any>;
  list(options?: { readonly all?: boolean; readonly limit?: number; readonly filters?: Filters }): Promise<any[]>;
  top(id: string): Promise<any>;
  commit(id: string, repo: string, tag: string): Promise<string>;
  putArchive(id: string, path: string, archive: Buffer): Promise<void>;
  /** Runs a command in it, with this input. */
  exec(id: string, cmd: readonly string[], stdin?: string): Promise<Output & { readonly exitCode: number }>;
  logs(id: string, options?: LogOptions): Promise<Output>;
  /** Attaches before the start, starts, sends the input and hears the output to its end. */
  attachAndStart(id: string, stdin?: string): Promise<Output>;

  images(): Promise<any[]>;
  inspectImage(name: string): Promise<any>;
  /** Resolves when it has come. */
  pull(reference: string): Promise<void>;
  tag(name: string, repo: string, tag: string): Promise<void>;
  removeImage(name: string, force?: boolean): Promise<any[]>;

  volumes(filters?: Filters): Promise<any[]>;
  createVolume(body: object): Promise<any>;
  inspectVolume(name: string): Promise<any>;
  removeVolume(name: string): Promise<void>;

  networks(filters?: Filters): Promise<any[]>;
  createNetwork(body: object): Promise<string>;
  inspectNetwork(name: string): Promise<any>;
  removeNetwork(name: string): Promise<void>;
  connect(network: string, container: string, endpoint?: object): Promise<void>;
  disconnect(network: string, container: string): Promise<void>;

  /** Follows events, from `since` (nanoseconds, as digits) where given. Resolves when the engine has begun to answer. */
  follow(options?: { readonly since?: string; readonly filters?: Filters }): Promise<Following>;
  close(): void;
}

export type Filters = Readonly<Record<string, readonly string[]>>;

export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

export interface LogOptions {
  readonly follow?: boolean;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  readonly timestamps?: boolean;
  readonly tail?: number;
}

export interface Following {
  /** Events so far; `timeNano` as digits. */
  readonly seen: readonly any[];
  stop(): void;
}

/** An engine said no. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The refusal that a call must end in, as `STATUS text`. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Refused) return `${error.status} ${error.message}`;
    throw error;
  }
  return 'it was not refused';
}
