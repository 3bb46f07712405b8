import type { Cancel, Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { StoreError } from '../base/store-error.js';
import { type AuditEntry, type AuditHead, type AuditSink, nextLine, noHead } from '../audit/index.js';

/** End of what a place has. */
export interface AuditEnd extends AuditHead {
  /** SHA-256 of the last whole line: the head is another where a cut line follows. */
  readonly whole: string;
}

/** Place to which lines are written. */
export interface AuditPlace {
  readonly name: string;
  /** Opens it, and says where its chain ends; `undefined` when it has no line. */
  open(): Promise<AuditEnd | undefined>;
  /** Writes text behind what is there, and makes it durable. */
  append(text: string): Promise<void>;
  /** Tells whether another file has come into its place, as after a rotation. It is open then. */
  moved(): Promise<boolean>;
  close(): Promise<void>;
}

/** Entries that wait for a place that cannot be written; more are counted. */
const waitingMax = 10_000;
/** Time between two attempts, milliseconds. */
const retryMs = 1_000;
/** Time between two warnings, milliseconds. */
const warnMs = 60_000;

interface Options {
  readonly place: AuditPlace;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Refuses writes while the place cannot be written. */
  readonly strict: boolean;
  /** Facts of this member, for the first line of each file. */
  readonly member: { readonly member: string; readonly name: string };
  /** Called after each failed attempt of a strict audit. */
  readonly blocked?: () => void;
}

interface Waiting {
  readonly time: number;
  readonly entry: AuditEntry;
}

/** The audit of one member: entries become lines of the chain in the order in which they come. */
export class AuditLog implements AuditSink {
  readonly #options: Options;
  #waiting: Waiting[] = [];
  /** Entries that found no room. */
  #lost = 0;
  #head: AuditHead | undefined;
  #problem: string | undefined;
  #warnedAt = -Infinity;
  #begun = false;
  #writing: Promise<void> | undefined;
  #retry: Cancel = () => undefined;
  #ended = false;
  /** Hashes of the lines of the newest attempt. */
  #tried: readonly string[] = [];

  constructor(options: Options) {
    this.#options = options;
  }

  /** Last line that was written. */
  get head(): AuditHead {
    return this.#head ?? noHead;
  }

  note(entry: AuditEntry): void {
    if (this.#waiting.length >= waitingMax) this.#lost++;
    else this.#waiting.push({ time: this.#options.clock.now(), entry });
    this.#go();
  }

  mustBeWritable(): void {
    if (!this.#options.strict || this.#problem === undefined) return;
    throw new StoreError(
      'AUDIT_BLOCKED',
      `${this.#options.member.name} takes no writes: its audit ${this.#options.place.name} cannot be written: ${this.#problem}`,
    );
  }

  /**
   * Begins to write: behind what the file has, or behind the head that the cluster knows. With `strict` rejects where the
   * file cannot be opened.
   */
  async begin(anchor: AuditHead | undefined): Promise<void> {
    try {
      const found = await this.#options.place.open();
      this.#head = found ?? anchor ?? noHead;
      this.#begun = true;
      const resumed = found === undefined && anchor !== undefined;
      this.#waiting.unshift(this.#entry('start', resumed ? { resumed: 'anchor' } : {}));
    } catch (error) {
      if (this.#options.strict) throw error;
      this.#failed(error);
      this.#waiting.unshift(this.#entry('start', {}));
      this.#begun = true;
    }
    this.#go();
  }

  /** Resolves when everything that was noted is written, or cannot be. */
  async close(): Promise<void> {
    if (!this.#begun) return;
    this.note({ event: 'stop' });
    this.#ended = true;
    while (this.#writing) await this.#writing; // one may begin as another ends
    this.#retry();
    await this.#options.place.close().catch(() => undefined);
  }

  #entry(event: 'start' | 'continue', more: object): Waiting {
    return { time: this.#options.clock.now(), entry: { event, ...this.#options.member, ...more } };
  }

  #go(): void {
    if (!this.#begun || this.#writing || this.#waiting.length === 0) return;
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined;
      if (this.#problem === undefined) this.#go();
      else if (!this.#ended) this.#retry = this.#options.clock.schedule(retryMs, () => this.#go());
    });
  }

  /** Writes what waits. A failed attempt may have written a part: the file is asked where it ends. */
  async #write(): Promise<void> {
    const { place, logger } = this.#options;
    try {
      if (this.#problem !== undefined || this.#head === undefined) {
        const found = await place.open();
        this.#waiting = this.#waiting.slice(this.#written(found));
        this.#head = found ?? this.#head ?? noHead;
      } else if (await place.moved()) this.#waiting.unshift(this.#entry('continue', {}));
      if (this.#lost > 0) {
        this.#waiting.push({ time: this.#options.clock.now(), entry: { event: 'lost', entries: this.#lost } });
        this.#lost = 0;
      }
      const some = this.#waiting.slice();
      const { text, heads } = chained(this.head, some);
      this.#tried = heads.map(({ hash }) => hash);
      await place.append(text);
      this.#head = heads.at(-1) ?? this.head;
      this.#waiting = this.#waiting.slice(some.length);
      if (this.#problem !== undefined) logger.warn('the audit is written again', { file: place.name });
      this.#problem = undefined;
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Number of waiting entries that an attempt has written although it failed. */
  #written(found: AuditEnd | undefined): number {
    return found ? this.#tried.indexOf(found.whole) + 1 : 0;
  }

  #failed(error: unknown): void {
    const { logger, place, clock, strict } = this.#options;
    this.#problem = messageOf(error);
    if (strict) this.#options.blocked?.();
    if (clock.monotonic() - this.#warnedAt < warnMs) return;
    this.#warnedAt = clock.monotonic();
    logger.error(
      `THE AUDIT CANNOT BE WRITTEN: ${strict ? 'this member takes no writes' : 'what happens now may leave no trace'}`,
      {
        file: place.name,
        error: this.#problem,
        waiting: this.#waiting.length + this.#lost,
      },
    );
  }
}

/** Makes the lines of entries, and the head after each. */
function chained(from: AuditHead, entries: readonly Waiting[]): { text: string; heads: AuditHead[] } {
  let text = '';
  const heads: AuditHead[] = [];
  for (const { time, entry } of entries) {
    const next = nextLine(heads.at(-1) ?? from, time, entry);
    text += `${next.text}\n`;
    heads.push(next.head);
  }
  return { text, heads };
}
