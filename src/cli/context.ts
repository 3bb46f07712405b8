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

export const addressPattern = /^(?:[^\s:]+|\[[^\]]+\]):(\d{1,5})$/;

/** Runs `use` with a client for `--host`, and closes it. Does not wait for an answer once it is interrupted. */
export async function withClient<T>(
  command: Command,
  { signal }: Context,
  use: (client: Client, flags: GlobalFlags) => Promise<T>,
): Promise<T> {
  const flags = command.optsWithGlobals<GlobalFlags>();
  const hosts = flags.host
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '');
  const wrong = hosts.find((host) => !addressPattern.test(host));
  if (wrong !== undefined || hosts.length === 0)
    command.error(`error: --host (or SKEP_HOST) must be HOST:PORT[,HOST:PORT...], is '${wrong ?? flags.host}'`);
  const client = new Client({ hosts, timeoutMs: flags.timeout });
  const interrupted = new Promise<never>((_, reject) => {
    const stop = () => reject(new Error('interrupted'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([use(client, flags), interrupted]);
  } finally {
    client.close();
  }
}
