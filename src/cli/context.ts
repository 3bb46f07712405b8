import type { Command } from 'commander';
import { Client } from '../client/index.js';
import { formats, type Format, type Streams } from './output.js';

/** What every command is given. */
export interface Context {
  readonly streams: Streams;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** Runs one replica in the foreground; the daemon. Resolves with the exit code. */
  readonly manager: (options: ManagerFlags, context: Context) => Promise<number>;
}

export interface ManagerFlags {
  readonly name: string;
  readonly dataDir?: string;
  readonly listen: string;
  readonly advertise?: string;
  readonly join: readonly string[];
  readonly logLevel: string;
  readonly heartbeatMs?: number;
  readonly electionTimeoutMs?: number;
  readonly snapshotInterval?: number;
}

export interface GlobalFlags {
  readonly host: string;
  readonly output: Format;
  readonly timeout: number;
}

export const hostDefault = '127.0.0.1:4242';
export { formats };

/** Runs `use` with a client for `--host`, and closes it. */
export async function withClient<T>(
  command: Command,
  use: (client: Client, flags: GlobalFlags) => Promise<T>,
): Promise<T> {
  const flags = command.optsWithGlobals<GlobalFlags>();
  const hosts = flags.host
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');
  const client = new Client({ hosts, timeoutMs: flags.timeout });
  try {
    return await use(client, flags);
  } finally {
    client.close();
  }
}
