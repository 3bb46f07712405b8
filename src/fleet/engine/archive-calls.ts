import type { Readable } from 'node:stream';
import type { Body } from './body.js';
import type { CallOptions } from './calls.js';
import { at } from './container-calls.js';
import { ExecCalls } from './exec-calls.js';
import { defined } from './system-calls.js';
import type { PathStat } from './types.js';

/** Files of a container, as `getArchive` gives them. */
export interface ContainerArchive {
  /** Facts about the path itself. */
  readonly stat: PathStat | undefined;
  /** A tar archive; read it to its end, or destroy it. */
  readonly stream: Readable;
}

/** Calls about files in containers. */
export class ArchiveCalls extends ExecCalls {
  /** Opens a file or folder of a container as an archive. `readArchive` reads it into memory. */
  async getArchive(id: string, path: string, options: CallOptions = {}): Promise<ContainerArchive> {
    const call = { query: { path }, deadline: 'progress' as const, ...defined(options) };
    const stream = await this.stream('GET', `${at(id)}/archive`, call);
    return { stat: statOf(stream.headers['x-docker-container-path-stat']), stream };
  }

  /**
   * Unpacks an archive into a folder of a container, with its owners and rights. `packArchive` makes one.
   * @param options.noOverwriteDirNonDir True refuses to replace a folder by a file, and the other way round.
   */
  async putArchive(
    id: string,
    path: string,
    archive: Body,
    options: CallOptions & { readonly noOverwriteDirNonDir?: boolean; readonly copyUIDGID?: boolean } = {},
  ): Promise<void> {
    const { noOverwriteDirNonDir, copyUIDGID } = options;
    await this.answer('PUT', `${at(id)}/archive`, {
      query: { path, noOverwriteDirNonDir, copyUIDGID },
      headers: { 'content-type': 'application/x-tar' },
      body: archive,
      deadline: 'progress',
      ...defined(options),
    });
  }
}

function statOf(header: string | string[] | undefined): PathStat | undefined {
  if (typeof header !== 'string') return undefined;
  try {
    return JSON.parse(Buffer.from(header, 'base64').toString()) as PathStat;
  } catch {
    return undefined; // the archive itself says the same
  }
}
