import { type FileHandle, open, stat } from 'node:fs/promises';
import { lineHash, noHead, parseLine } from '../audit/index.js';
import type { AuditEnd, AuditPlace } from './audit-log.js';

/** Bytes at the end of a file in which its last lines are looked for. */
const tailBytes = 4 * 1024 * 1024;
const lineFeed = 10;

/** A file for an audit: made for its owner alone, and never shortened. */
export class AuditFile implements AuditPlace {
  readonly name: string;
  #file: FileHandle | undefined;
  #inode = 0;

  constructor(path: string) {
    this.name = path;
  }

  async open(): Promise<AuditEnd | undefined> {
    await this.close();
    this.#file = await open(this.name, 'a+', 0o600);
    this.#inode = (await this.#file.stat()).ino;
    return this.#end(this.#file);
  }

  async append(text: string): Promise<void> {
    const file = this.#file ?? (await open(this.name, 'a+', 0o600));
    this.#file = file;
    await file.appendFile(text);
    await file.datasync();
  }

  async moved(): Promise<boolean> {
    const now = await stat(this.name).catch(() => undefined);
    if (now?.ino === this.#inode) return false;
    await this.open();
    return true;
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  /** Finds the end of the chain. A line that was cut is ended, and counts by its hash: what it says stays as it is. */
  async #end(file: FileHandle): Promise<AuditEnd | undefined> {
    const { size } = await file.stat();
    if (size === 0) return undefined;
    const from = Math.max(0, size - tailBytes);
    const bytes = Buffer.alloc(size - from);
    await file.read(bytes, 0, bytes.length, from);
    const whole = bytes.at(-1) === lineFeed;
    const lines = splitLines(whole ? bytes.subarray(0, -1) : bytes);
    const last = lines.at(-1) ?? Buffer.of();
    const found = lines.findLast((line) => parseLine(line.toString()) !== undefined);
    const read = found && parseLine(found.toString());
    if (!whole) await this.#endLine(file);
    return { line: read?.line ?? 0, hash: lineHash(last), whole: found ? lineHash(found) : noHead.hash };
  }

  async #endLine(file: FileHandle): Promise<void> {
    await file.appendFile('\n');
    await file.datasync();
  }
}

/** Standard output, for a collector of logs. Each process begins a chain of its own there. */
export class AuditOutput implements AuditPlace {
  readonly name = 'on standard output';
  readonly #out: NodeJS.WritableStream;

  constructor(out: NodeJS.WritableStream) {
    this.#out = out;
  }

  open(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async append(text: string): Promise<void> {
    await new Promise<void>((resolve, reject) => this.#out.write(text, (error) => (error ? reject(error) : resolve())));
  }

  moved(): Promise<boolean> {
    return Promise.resolve(false);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Returns the newest version that the end of an audit has a `write` of; `undefined` for none. */
export async function lastVersionIn(path: string): Promise<number | undefined> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - tailBytes);
    const bytes = Buffer.alloc(size - from);
    await file.read(bytes, 0, bytes.length, from);
    for (const line of splitLines(bytes).reverse()) {
      const read = parseLine(line.toString());
      if (read?.event === 'write' && typeof read.version === 'number') return read.version;
    }
    return undefined;
  } finally {
    await file.close();
  }
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, from)) {
    lines.push(bytes.subarray(from, at));
    from = at + 1;
  }
  lines.push(bytes.subarray(from));
  return lines;
}
