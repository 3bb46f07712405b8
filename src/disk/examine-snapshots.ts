import { join } from 'node:path';
import { DamageError } from '../base/damage.js';
import { messageOf } from '../base/errors.js';
import type { SnapshotMetadata } from '../raft/index.js';
import type { Arrival } from './log-records.js';
import { foreign, type Owner } from './owner.js';
import { attempt, type Part } from './part.js';
import { readContent, readNamedFooter, snapshotNames } from './snapshot-file.js';

/** Reads what is in a snapshot; throws when it cannot. */
export type ReadContent<Content> = (chunks: AsyncIterable<Uint8Array>) => Promise<Content>;

export interface SnapshotFound<Content> {
  readonly metadata: SnapshotMetadata;
  /** Bytes of the content, and their checksum. */
  readonly size: number;
  readonly checksum: number;
  /** Number of durable writes of the log when this was written. */
  readonly batches: number;
  readonly content: Content | undefined;
}

export interface SnapshotPart<Content> extends Part<SnapshotFound<Content>> {
  /** The file's name. */
  readonly name: string;
  /** A start reads the newest one only: damage of another is no reason to refuse the directory. */
  readonly needed: boolean;
}

export interface SnapshotsFound<Content> {
  /** Oldest first. */
  readonly files: readonly SnapshotPart<Content>[];
  /** Index 0 when there is none; `undefined` when it cannot be read. */
  readonly newest: (Arrival & { readonly batches: number }) | undefined;
}

const none = { index: 0, term: 0, size: 0, checksum: 0, batches: 0 };

export async function examineSnapshots<Content>(
  dir: string,
  readContentOf: ReadContent<Content>,
  owner: Owner | undefined,
  signal?: AbortSignal,
): Promise<Part<SnapshotsFound<Content>>> {
  const wrong: string[] = [];
  const names = await attempt(wrong, () => snapshotNames(dir));
  if (!names) return { found: undefined, wrong: [`the snapshots in ${dir} cannot be read (${wrong[0]})`], notes: [] };
  const { finished, unfinished } = names;
  const files: SnapshotPart<Content>[] = [];
  for (const name of finished) {
    const part = await examineSnapshot(join(dir, name), readContentOf, owner, signal);
    files.push({ ...part, name, needed: name === finished.at(-1) });
  }
  const newest = files.at(-1);
  const notes = unfinished.map((name) => `${name} was never finished: the next start removes it`);
  const { found } = newest ?? {};
  const { index = 0, term = 0 } = found?.metadata ?? {};
  return { found: { files, newest: newest ? found && { ...found, index, term } : none }, wrong, notes };
}

async function examineSnapshot<Content>(
  path: string,
  readContentOf: ReadContent<Content>,
  owner: Owner | undefined,
  signal: AbortSignal | undefined,
): Promise<Part<SnapshotFound<Content>>> {
  const wrong: string[] = [];
  const footer = await attempt(wrong, () => readNamedFooter(path));
  if (!footer) return { found: undefined, wrong, notes: [] };
  const { metadata, size, checksum, batches } = footer;
  const other = foreign(`the snapshot ${path}`, footer.owner, owner);
  if (other !== undefined) wrong.push(other);
  const whole = await attempt(wrong, async () => {
    for await (const _chunk of readContent(path, footer)) signal?.throwIfAborted();
    return true;
  });
  // Changed bytes are not decoded: a length in them may be anything.
  const read = async () => {
    try {
      return await readContentOf(readContent(path, footer));
    } catch (cause) {
      throw new DamageError(`the content of the snapshot ${path} is not what it should be (${messageOf(cause)})`, {
        cause,
      });
    }
  };
  const content = whole ? await attempt(wrong, read) : undefined;
  return { found: { metadata, size, checksum, batches, content }, wrong, notes: [] };
}
