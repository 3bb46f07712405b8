import { constants } from 'node:fs';
import { mkdir, open, readFile, realpath, rename, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { messageOf } from '../../base/errors.js';
import { DiscoveryError } from '../errors.js';
import type { SavedCluster } from './clusters.js';

const format = 1;
/** Only the owner: a token is all that it takes to change a cluster. */
const fileMode = 0o600;

/**
 * The file of a token server. Written whole to a second file, synced and renamed, so that after a crash there is the old
 * state or the new one. One write at a time; requests meanwhile share the next.
 */
export class DataFile {
  readonly #path: string;
  /** The file itself, where the path is a symbolic link. */
  #real: string;
  readonly #content: () => readonly SavedCluster[];
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  /** A change that is not in the file: what was tried last failed, or nothing was tried yet. */
  #behind = false;

  /** @param content What is to be in the file, at the moment of writing. */
  constructor(path: string, content: () => readonly SavedCluster[]) {
    this.#path = resolve(path);
    this.#real = this.#path;
    this.#content = content;
  }

  /**
   * Returns nothing when there is no file yet. A symbolic link is followed here, and kept when the file is rewritten.
   * @throws {DiscoveryError} `DAMAGED`: this is no file of a token server. It is not touched.
   */
  async load(): Promise<readonly SavedCluster[]> {
    let text: string;
    try {
      this.#real = await realpath(this.#path);
      if (!(await stat(this.#real)).isFile()) throw new DiscoveryError('DAMAGED', `${this.#path} is no plain file`);
      text = await readFile(this.#real, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    try {
      return parse(JSON.parse(text));
    } catch (cause) {
      throw new DiscoveryError('DAMAGED', `${this.#path} is damaged or of another program: ${messageOf(cause)}`, {
        cause,
      });
    }
  }

  /** Something changed, that {@link saved} is to wait for. */
  changed(): void {
    this.#behind = true;
  }

  /** Resolves when everything that has changed until now is on disk; at once when nothing has. */
  async saved(): Promise<void> {
    if (this.#behind) this.#next ??= this.#writeAfter(this.#writing);
    await (this.#next ?? this.#writing);
  }

  #writeAfter(earlier: Promise<void>): Promise<void> {
    const writing = earlier
      .catch(() => undefined)
      .then(async () => {
        this.#next = undefined;
        this.#behind = false;
        this.#writing = writing;
        try {
          await this.#write(`${JSON.stringify({ format, clusters: this.#content() })}\n`);
        } catch (error) {
          this.#behind = true;
          throw error;
        }
      });
    return writing;
  }

  async #write(text: string): Promise<void> {
    const folder = dirname(this.#real);
    await mkdir(folder, { recursive: true });
    const temporary = `${this.#real}.tmp`;
    const handle = await open(temporary, 'w', fileMode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, this.#real);
    await sync(folder);
  }
}

/** A renamed file is only as durable as the folder that names it. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parse(value: unknown): SavedCluster[] {
  const { format: found, clusters } = record(value);
  if (found !== format) throw new DiscoveryError('DAMAGED', `its format is ${String(found)}, not ${format}`);
  return list(clusters).map((cluster) => {
    const { token, registrations } = record(cluster);
    return { token: text(token), registrations: list(registrations).map(parseRegistration) };
  });
}

function parseRegistration(value: unknown): SavedCluster['registrations'][number] {
  const { address, ttlMs } = record(value);
  if (typeof ttlMs !== 'number' || !(ttlMs > 0)) throw new DiscoveryError('DAMAGED', 'a ttl is missing');
  return { address: text(address), ttlMs };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw new DiscoveryError('DAMAGED', 'an object is missing');
  return value as Readonly<Record<string, unknown>>;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new DiscoveryError('DAMAGED', 'a list is missing');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string' || value === '') throw new DiscoveryError('DAMAGED', 'a text is missing');
  return value;
}
