import { readFile } from 'node:fs/promises';
import { messageOf } from '../../base/errors.js';
import type { Backend, BackendPorts, WatchOptions } from '../backend.js';
import { createEntries, type Entries } from '../entries.js';
import { DiscoveryError, NotImplementedError } from '../errors.js';
import { polling } from '../polling.js';
import { expandRange } from '../ranges.js';
import { DiscoveryWatch } from '../watch.js';

/**
 * `file://PATH` (`file:///etc/cluster` is absolute): one address or range a line, looked at every heartbeat. A file that
 * is not there yet, or is wrong at the moment, is an error beside the lists; the last list stands until it is right.
 */
export class FileBackend implements Backend {
  readonly #ports: BackendPorts;
  #path = '';
  #heartbeatMs = 0;

  constructor(ports: BackendPorts) {
    this.#ports = ports;
  }

  initialize(path: string, heartbeatMs: number): void {
    this.#path = path;
    this.#heartbeatMs = heartbeatMs;
  }

  watch({ signal }: WatchOptions = {}): DiscoveryWatch {
    return new DiscoveryWatch(
      polling(this.#ports.clock, this.#heartbeatMs, (stop) => this.#read(stop)),
      signal,
    );
  }

  register(): Promise<void> {
    return Promise.reject(new NotImplementedError());
  }

  async #read(signal: AbortSignal): Promise<Entries> {
    try {
      return createEntries(parseList(await readFile(this.#path, { encoding: 'utf8', signal })));
    } catch (cause) {
      const code = cause instanceof DiscoveryError ? cause.code : 'UNAVAILABLE';
      throw new DiscoveryError(code, `failed to read '${this.#path}': ${messageOf(cause)}`, { cause });
    }
  }
}

/** The addresses in a file: one or a range a line; `#` begins a comment, also behind an address. */
export function parseList(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '')
    .flatMap(expandRange);
}
