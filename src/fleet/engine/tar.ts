import { Readable } from 'node:stream';
import { Header, Parser, Pax, type ReadEntry } from 'tar';
import { EngineError } from './errors.js';

/** A file or folder of an archive. */
export interface ArchiveEntry {
  /** Path within the archive, with `/`. */
  readonly path: string;
  /** Default `file`. */
  readonly type?: 'file' | 'directory' | 'symlink';
  /** Bytes of a file. */
  readonly content?: Buffer | string;
  /** Place that a symlink leads to. */
  readonly linkTarget?: string;
  /** Rights; default 0o644, of a folder 0o755. */
  readonly mode?: number;
  /** Default 0. */
  readonly uid?: number;
  /** Default 0. */
  readonly gid?: number;
  /** Default: the epoch, so that the same files make the same archive. */
  readonly mtime?: Date;
}

const blockBytes = 512;
const types = { file: 'File', directory: 'Directory', symlink: 'SymbolicLink' } as const;
const namesOfTypes: Readonly<Record<string, ArchiveEntry['type']>> = {
  File: 'file',
  OldFile: 'file',
  ContiguousFile: 'file',
  Directory: 'directory',
  SymbolicLink: 'symlink',
};

/** Makes an archive in memory, for `putArchive`. */
export function packArchive(entries: readonly ArchiveEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(2 * blockBytes)]);
}

function blocksOf(entry: ArchiveEntry): Buffer[] {
  const { path, type = 'file', content = '', linkTarget, uid = 0, gid = 0, mtime = new Date(0) } = entry;
  const bytes = type === 'file' ? Buffer.from(content) : Buffer.alloc(0);
  const data = {
    path: type === 'directory' ? `${path.replace(/\/+$/, '')}/` : path,
    type: types[type],
    mode: entry.mode ?? (type === 'directory' ? 0o755 : 0o644),
    size: bytes.length,
    uid,
    gid,
    mtime,
    ...(linkTarget !== undefined && { linkpath: linkTarget }),
  };
  const header = new Header(data);
  const block = Buffer.alloc(blockBytes);
  // A long path, a large id, or one that is not ASCII does not fit: it goes into a header of its own before this one.
  const needsPax = header.encode(block);
  const { mode: _mode, type: _type, ...long } = data;
  return [...(needsPax ? [new Pax(long).encode()] : []), block, bytes, Buffer.alloc(padding(bytes.length))];
}

const padding = (bytes: number) => (blockBytes - (bytes % blockBytes)) % blockBytes;

/**
 * Reads an archive of `getArchive` into memory. Only files, folders and symlinks are kept.
 * @param bytesMax The longest content, all files together.
 * @throws {EngineError} `TOO_LARGE`, or `BAD_ANSWER` for what is no archive.
 */
export async function readArchive(input: Readable, bytesMax: number): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  let bytes = 0;
  let failure: EngineError | undefined;
  const parser = new Parser({ strict: true });
  parser.on('entry', (entry: ReadEntry) => {
    const pieces: Buffer[] = [];
    entry.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes <= bytesMax) pieces.push(piece);
      else
        failure ??= new EngineError('TOO_LARGE', `the archive holds more than ${bytesMax} bytes; read it as a stream`);
    });
    entry.on('end', () => {
      const type = namesOfTypes[entry.type];
      if (type) entries.push(entryOf(entry, type, Buffer.concat(pieces)));
    });
  });
  const ended = new Promise<void>((resolve, reject) => {
    parser.on('end', () => resolve());
    parser.on('error', (cause: unknown) => reject(new EngineError('BAD_ANSWER', 'this is no archive', { cause })));
  });
  ended.catch(() => undefined);
  for await (const piece of input as AsyncIterable<Buffer>) {
    parser.write(piece);
    if (failure) throw failure;
  }
  parser.end();
  await ended;
  if (failure) throw failure;
  return entries;
}

function entryOf(entry: ReadEntry, type: 'file' | 'directory' | 'symlink', content: Buffer): ArchiveEntry {
  const { path, linkpath, mode, uid, gid, mtime } = entry;
  return {
    path,
    type,
    ...(type === 'file' && { content }),
    ...(type === 'symlink' && linkpath !== undefined && { linkTarget: linkpath }),
    ...(mode !== undefined && { mode }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    ...(mtime && { mtime }),
  };
}
