import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Clock } from '../base/clock.js';
import { isAddress, isSocketPath, withPort } from '../base/host-port.js';
import type { Logger } from '../base/log.js';
import type { Random } from '../base/random.js';
import type { Client, WriteOptions } from '../client/index.js';
import type { createBackend } from '../discovery/index.js';
import type { ManagerFlags } from '../settings/table.js';
import { time } from './arguments.js';
import type { DevSettings } from './dev-settings.js';
import type { ManageSettings } from './manage-settings.js';
import type { Screen } from './screen.js';
import type { Stdio } from './services/exec-session.js';
import { type Format, formats, type Streams } from './streams.js';

/** Context that every command receives. */
export interface Context {
  readonly streams: Streams;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** User who runs the command, where the system knows it. */
  readonly user?: string | undefined;
  /** Input and output as they are, for a command that runs elsewhere. */
  readonly stdio?: Stdio | undefined;
  /** Asks the user at the terminal; true means yes. Absent without a terminal. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
  /** Lines on the terminal that show progress. Absent without a terminal. */
  readonly screen?: Screen | undefined;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Runs one replica in the foreground; the daemon. Resolves with the exit code. */
  readonly manager: (options: ManagerFlags, context: Context) => Promise<number>;
  /** Manages Docker engines in the foreground, until the signal aborts. */
  readonly manage: (settings: ManageSettings, context: Context) => Promise<void>;
  /** Runs a cluster in this process, until the signal aborts or the user quits. Resolves with the exit code. */
  readonly dev: (settings: DevSettings, context: Context) => Promise<number>;
  /** Version of this package. */
  readonly version: string;
  /** Loads the modules of custom kinds. Throws an error that names the one that cannot be loaded, or exports none. */
  readonly loadKinds: (modules: readonly string[]) => Promise<unknown>;
  /** Examines the data directory of a member that does not run. `undefined` when no member is there. */
  readonly doctor: (dir: string, signal: AbortSignal) => Promise<Diagnosis | undefined>;
  readonly backup: BackupTools;
  /** Opens the discovery service that a URL names, for `list` and `join`. */
  readonly createBackend: typeof createBackend;
  /** Opens the log of a long-running command; lines on stderr. */
  readonly logger: (level: string) => Promise<Logger>;
  /** The computer's own, unless a test has others. */
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Contents of a saved-state file; with `-o json` as it is. */
export interface BackupSummary {
  readonly file: string;
  readonly bytes: number;
  readonly clusterId: string;
  readonly lineage: string;
  readonly version: number;
  /** Of the last transaction, milliseconds since the epoch. */
  readonly time: number;
  readonly members: readonly string[];
  readonly kinds: readonly { readonly kind: string; readonly objects: number }[];
  /** Transactions. */
  readonly history: number;
}

/** Files of saved states. */
export interface BackupTools {
  /**
   * Resolves when everything is written. A file is then complete and durable, and replaces an older one if `force` is set.
   * `-` is standard output. `kept` is false where nothing can be read back: standard output, a pipe, a device.
   */
  write(
    file: string,
    chunks: AsyncIterable<Uint8Array>,
    options: { readonly force: boolean },
  ): Promise<{ bytes: number; kept: boolean }>;
  /** Gives nothing before the whole file has been checked. */
  read(file: string): AsyncIterable<Uint8Array>;
  inspect(file: string): Promise<BackupSummary>;
  /** Makes an empty directory the beginning of a new cluster. */
  restoreInto(file: string, dir: string, name: string): Promise<BackupSummary>;
}

/** Report of `skep doctor` on a data directory; with `-o json` as it is. `null` means that it cannot be read. */
export interface Diagnosis {
  readonly dir: string;
  readonly verdict: 'whole' | 'damaged';
  /** Advice when it is damaged. */
  readonly advice: string | null;
  /** Facts that the member knew. */
  readonly member: {
    readonly name: string | null;
    readonly id: string | null;
    readonly state: 'creating' | 'forming' | 'joining' | 'member' | null;
    readonly term: number | null;
    /** The member that was voted for in this term; `null` when none was, too. */
    readonly vote: string | null;
    readonly commit: number | null;
    readonly lastIndex: number | null;
    /** Of the store, in the newest snapshot. */
    readonly version: number | null;
  };
  readonly parts: readonly DiagnosedPart[];
}

export interface DiagnosedPart {
  /** `identity`, `ballot`, `mark`, `log`, `snapshots`, and `snapshots/FILE` for each. */
  readonly part: string;
  readonly whole: boolean;
  /** True when a start reads the part. Damage elsewhere is no reason to refuse the directory. */
  readonly needed: boolean;
  /** Summary for people. */
  readonly says: string;
  readonly wrong: readonly string[];
  readonly notes: readonly string[];
  /** Fields for programs. */
  readonly details: object | null;
}

export interface GlobalFlags {
  readonly host: string;
  readonly output: Format;
  readonly timeout: number;
  /** Actor and reason of a write: kept in history. */
  readonly actor?: string;
  readonly reason?: string;
}

const portDefault = 4242;
export const hostDefault = `127.0.0.1:${portDefault}`;
/** Limit for reaching any member, milliseconds: a wrong address is reported soon. */
const unreachableMs = 1_000;
export { formats };

/** Returns the options of all commands. Reads the time only here, because `list` has its own message for a wrong one. */
export function globalFlags(command: Command): GlobalFlags {
  const flags = command.optsWithGlobals<Omit<GlobalFlags, 'timeout'> & { timeout: string }>();
  try {
    return { ...flags, timeout: time(flags.timeout) };
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    return command.error(`error: option '--timeout <time>' argument '${flags.timeout}' is invalid. ${error.message}`);
  }
}

export interface Use {
  /** `use` ends by itself when interrupted. Once begun, it continues while the cluster is unavailable. */
  readonly waitForEnd?: boolean;
  /** Reads the state of one member, without a leader. */
  readonly leaderless?: boolean;
}

/**
 * Runs `use` with a client for `--host`, and closes it. Refuses to begin without a quorum, and does not wait for an answer
 * once it is interrupted.
 */
export async function withClient<T>(
  command: Command,
  context: Context,
  use: (client: Client, flags: GlobalFlags, said: WriteOptions) => Promise<T>,
  { waitForEnd = false, leaderless = false }: Use = {},
): Promise<T> {
  const { signal } = context;
  const flags = globalFlags(command);
  const { wayTo } = await import('./way.js');
  const { hosts, access, keep } = await wayTo(command, context, flags);
  const limits = { hosts, access, timeoutMs: flags.timeout };
  const { Client } = await import('../client/index.js');
  const first = new Client({ ...limits, unreachableMs: Math.min(unreachableMs, flags.timeout) });
  // A long-running command waits longer for the cluster than the first check does.
  const client = waitForEnd ? new Client(limits) : first;
  const over = new AbortController();
  const interrupted = new Promise<never>((_, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  interrupted.catch(() => undefined);
  try {
    const { actor, reason } = flags;
    const said = { ...(actor && { actor }), ...(reason && { reason }) };
    if (!leaderless) await Promise.race([first.checkQuorum({ signal }), interrupted]);
    if (!waitForEnd) return await Promise.race([use(client, flags, said), interrupted]);
    // The check leaves a silent host to the first call, which has no limit here.
    await Promise.race([first.status({ signal }), interrupted]);
    first.close();
    void keep?.(over.signal);
    return await use(client, flags, said);
  } finally {
    over.abort();
    first.close();
    client.close();
  }
}

/** Returns the members to ask; 4242 is the default port. */
export function hostsOf(command: Command, { host }: Pick<GlobalFlags, 'host'>): string[] {
  const given = host.split(',').map((one) => absolute(one.trim()));
  const hosts = given.filter((one) => one !== '').map((one) => withPort(one, portDefault));
  const wrong = hosts.find((one) => !isAddress(one, 1) && !isSocketPath(one));
  if (wrong !== undefined || hosts.length === 0)
    command.error(
      `error: --host (or SKEP_HOST) must be HOST[:PORT][,HOST[:PORT]...] or unix:PATH, not '${wrong ?? host}'`,
    );
  return hosts;
}

/** A relative path of a socket is one in the working directory, as of a data directory that was given like that. */
function absolute(host: string): string {
  const [, path] = /^unix:([^/].*)$/.exec(host) ?? [];
  return path === undefined ? host : `unix:${resolve(path)}`;
}
