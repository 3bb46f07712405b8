import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Clock } from '../../src/base/clock.js';
import { type Logger, silentLogger } from '../../src/base/log.js';
import type { Random } from '../../src/base/random.js';
import { type Context, run } from '../../src/cli/index.js';
import { backupTools } from '../../src/daemon/backup.js';
import { diagnose } from '../../src/daemon/doctor.js';
import { loadKinds } from '../../src/daemon/kind-modules.js';
import { type OpenReplica, openReplica, type OpenReplicaOptions } from '../../src/daemon/open-replica.js';
import { createBackend } from '../../src/discovery/index.js';

/** What a command line did. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  readonly signal?: AbortSignal;
  /** Told of every piece of data as it is printed. */
  readonly onOut?: (text: string) => void;
  readonly onErr?: (text: string) => void;
  readonly manager?: Context['manager'];
  readonly manage?: Context['manage'];
  readonly dev?: Context['dev'];
  readonly confirm?: Context['confirm'];
  readonly stdio?: Context['stdio'];
  readonly createBackend?: Context['createBackend'];
  readonly screen?: Context['screen'];
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Runs one command line in this process. */
export async function skep(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  let out = '';
  let err = '';
  const context: Context = {
    streams: {
      out: (text) => {
        out += text;
        options.onOut?.(text);
      },
      err: (text) => {
        err += text;
        options.onErr?.(text);
      },
    },
    env: options.env ?? {},
    backup: backupTools,
    signal: options.signal ?? new AbortController().signal,
    manager: options.manager ?? (() => Promise.resolve(0)),
    manage: options.manage ?? (() => Promise.resolve()),
    dev: options.dev ?? (() => Promise.resolve(0)),
    version: '1.2.3',
    loadKinds,
    doctor: diagnose,
    confirm: options.confirm,
    stdio: options.stdio,
    screen: options.screen,
    createBackend: options.createBackend ?? createBackend,
    logger: () => Promise.resolve(loggerTo((text) => void (err += text))),
    ...(options.clock && { clock: options.clock }),
    ...(options.random && { random: options.random }),
  };
  const code = await run(args, context);
  return { code, out, err };
}

/** Each message on a line, with its level. */
function loggerTo(write: (text: string) => void): Logger {
  const at = (level: string) => (message: string) => write(`${level} ${message}\n`);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A command line that is running: a watch. */
export class Running {
  readonly lines: string[] = [];
  readonly #stop = new AbortController();
  readonly ended: Promise<Ran>;

  constructor(args: readonly string[], options: RunOptions = {}) {
    const onOut = (text: string) => this.lines.push(...text.split('\n').filter((line) => line !== ''));
    this.ended = skep(args, { ...options, signal: this.#stop.signal, onOut });
  }

  get events(): any[] {
    return this.lines.map((line) => JSON.parse(line));
  }

  async until(count: number): Promise<void> {
    await expect.poll(() => this.lines.length, { timeout: 8_000, interval: 10 }).toBeGreaterThanOrEqual(count);
  }

  /** As ^C does. */
  async interrupt(): Promise<Ran> {
    this.#stop.abort();
    return this.ended;
  }
}

/** One member on loopback, in memory unless a folder is given. */
export function openMember(options: Partial<OpenReplicaOptions> = {}): Promise<OpenReplica> {
  return openReplica({ name: 'm1', listenAddr: '127.0.0.1:0', logger: silentLogger, ...options });
}

export { freePort } from '../../scripts/waiting.js';

/** Takes connections and never says anything: a member that is stopped. */
export async function silentServer(): Promise<{ addr: string; called: Promise<unknown>; close(): Promise<void> }> {
  const sockets = new Set<{ destroy(): void }>();
  const server = await listening(createServer((socket) => void sockets.add(socket)));
  return {
    /** Resolves when somebody has connected. */
    called: once(server, 'connection'),
    addr: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function listening(server: Server): Promise<Server> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A folder that is gone afterwards, with files in it. */
export class Folder {
  private constructor(readonly path: string) {}

  static async make(): Promise<Folder> {
    return new Folder(await mkdtemp(join(tmpdir(), 'skep-cli-')));
  }

  async write(name: string, text: string): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, text);
    return path;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
