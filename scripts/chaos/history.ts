import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import process from 'node:process';

/** What a run looked like from outside: one JSON line for each operation, each event of a watch, each member's last state. */

export const opNames = ['read', 'write', 'create', 'delete', 'cas', 'list'] as const;
export type OpName = (typeof opNames)[number];

/**
 * - `mismatch`: refused for what the key was at that moment.
 * - `fail`: it did not happen.
 * - `unknown`: it may have happened, or may yet.
 */
export type Result = 'ok' | 'mismatch' | 'fail' | 'unknown';

/** Values by key. */
export type State = Readonly<Record<string, string>>;

export interface Operation {
  readonly client: number;
  /** The member that was asked; `any` when the client chose. */
  readonly node: string;
  readonly op: OpName;
  /** For a list: the prefix of the keys. */
  readonly key: string;
  /** What was written or read; `null` is a key that is not there. Never written twice in a run. */
  readonly value?: string | State | null;
  /** For a cas: the value that the key had to have. */
  readonly expect?: string;
  /** For a write: the version that it made. For a read: of the object. For a list: of the store. */
  readonly rev?: number;
  /** Microseconds. */
  readonly call: number;
  readonly return: number;
  readonly result: Result;
}

export interface Filter {
  readonly prefix?: string;
}

export interface WatchOpen {
  readonly type: 'watch_open';
  readonly watch: string;
  readonly node: string;
  readonly from: number;
  readonly filter: Filter;
  readonly snapshotRev: number;
  /** What the filter lets through, as it was at `snapshotRev`. */
  readonly snapshot: State;
}

export interface Change {
  readonly kind: 'create' | 'update' | 'delete';
  readonly key: string;
  /** Absent when the key is deleted. */
  readonly value?: string;
  /** Absent when the key is created. */
  readonly prev?: string;
}

export interface WatchEvent {
  readonly type: 'watch_event';
  readonly watch: string;
  readonly rev: number;
  /** Microseconds. */
  readonly t: number;
  readonly events: readonly Change[];
}

export interface Final {
  readonly type: 'final';
  readonly node: string;
  readonly rev: number;
  readonly state: State;
}

export type Line = Operation | WatchOpen | WatchEvent | Final;

export interface History {
  readonly operations: readonly Operation[];
  readonly opens: readonly WatchOpen[];
  readonly events: readonly WatchEvent[];
  readonly finals: readonly Final[];
}

export const isWrite = ({ op }: Operation): boolean => op !== 'read' && op !== 'list';
export const passes = ({ prefix = '' }: Filter, key: string): boolean => key.startsWith(prefix);

export function historyOf(lines: readonly Line[]): History {
  const ofType = <T extends Line>(type: string) => lines.filter((line) => 'type' in line && line.type === type) as T[];
  return {
    operations: lines.filter((line): line is Operation => !('type' in line)),
    opens: ofType('watch_open'),
    events: ofType('watch_event'),
    finals: ofType('final'),
  };
}

export function readHistory(file: string): History {
  const lines = readFileSync(file, 'utf8').split('\n');
  return historyOf(lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Line));
}

const beganAt = process.hrtime.bigint();

/** Microseconds since this process began; never goes back. */
export function microseconds(): number {
  return Number((process.hrtime.bigint() - beganAt) / 1_000n);
}

/** Writes the history down while it is made. */
export class Recorder {
  readonly #file: number;
  readonly #waiting: string[] = [];

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  write(line: Line): void {
    this.#waiting.push(`${JSON.stringify(line)}\n`);
    if (this.#waiting.length >= 500) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #flush(): void {
    writeSync(this.#file, this.#waiting.splice(0).join(''));
  }
}
