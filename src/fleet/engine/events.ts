import type { Clock } from '../../base/clock.js';
import { pause } from '../../base/waiting.js';
import { EngineError } from './errors.js';
import { eventBytesMax, keyOf, parseEvent, sinceText, timeOf } from './event.js';
import { JsonSplitter, SplitError } from './json-splitter.js';
import type { EngineEvent, Filters } from './types.js';

/** Receives events, one after the other. Its errors go to `onError`. */
export type EventHandler = (event: EngineEvent) => unknown;

/** Settings of an event stream. */
export interface MonitorOptions {
  /** Nanoseconds since the epoch, as digits: events from then on, as far as the engine still has them. Default: from now on. */
  readonly since?: string | undefined;
  /** Filters of Docker: `type`, `event`, `container`, … */
  readonly filters?: Filters | undefined;
  /** Receives the reason for which the stream broke, or what the handler threw. The stream goes on by itself. */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Called at each connection. An engine keeps few events: a reader that must not miss any lists again now. */
  readonly onConnect?: (() => void) | undefined;
}

/** An event stream. */
export interface EventMonitor {
  /** Moment of the last event, in nanoseconds as digits: the `since` of a stream that follows this one. */
  readonly position: string | undefined;
  /** Ends the stream. No event is delivered after it. */
  stop(): void;
}

/** Opens `GET /events`. */
export interface EventSource {
  open(query: { since: string | undefined; filters: Filters | undefined }, signal: AbortSignal): Promise<OpenedEvents>;
}

/** An answer of `GET /events`. */
export interface OpenedEvents {
  /** The engine's time, milliseconds since the epoch. */
  readonly now: number | undefined;
  readonly pieces: AsyncIterable<Buffer>;
}

const backOffStepMs = 1_000;
const backOffMaxMs = 10_000;

/** Number of events that are remembered. An engine keeps 256, so what it sends again is among them. */
const rememberedMax = 512;

/**
 * Follows the events of an engine until it is stopped, over any number of connections. Each monitor has a reader and an
 * abort signal of its own: one that was stopped can never come back to life beside its successor.
 */
export class EventReader implements EventMonitor {
  readonly #stop = new AbortController();
  readonly #remembered = new Set<string>();
  #position: string | undefined;
  #failures = 0;

  constructor(
    private readonly source: EventSource,
    private readonly clock: Clock,
    private readonly handler: EventHandler,
    private readonly options: MonitorOptions,
  ) {
    const { since } = options;
    if (since !== undefined && !/^\d+$/.test(since)) {
      throw new TypeError(`since must be nanoseconds as digits, is ${JSON.stringify(since)}`);
    }
    this.#position = since;
  }

  get position(): string | undefined {
    return this.#position;
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Reads until it is stopped. Never rejects. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#connection(signal);
      } catch (error) {
        if (signal.aborted) return;
        // What cannot be read would be sent again.
        if (error instanceof SplitError) this.#position = undefined;
        this.#report(error instanceof SplitError ? damaged(error) : error);
      }
      this.#failures++;
      await pause(this.clock, Math.min(this.#failures * backOffStepMs, backOffMaxMs), signal);
    }
  }

  async #connection(signal: AbortSignal): Promise<never> {
    const since = this.#position === undefined ? undefined : sinceText(this.#position);
    const { now, pieces } = await this.source.open({ since, filters: this.options.filters }, signal);
    this.#failures = 0;
    // A connection that breaks before its first event is to be followed from here; whole seconds, which is early enough.
    if (this.#position === undefined && now !== undefined)
      this.#position = `${Math.floor(now / 1_000)}${'0'.repeat(9)}`;
    this.#guarded(() => this.options.onConnect?.());
    await this.#read(pieces, signal);
    throw new EngineError('UNREACHABLE', 'the engine ended the event stream');
  }

  async #read(pieces: AsyncIterable<Buffer>, signal: AbortSignal): Promise<void> {
    const splitter = new JsonSplitter(eventBytesMax);
    const before = new Set(this.#remembered);
    for await (const piece of pieces) {
      for (const text of splitter.push(piece)) {
        if (signal.aborted) return;
        this.#deliver(parseEvent(text), before);
      }
    }
  }

  /** `since` is inclusive, so an event of the connection before may come again: once. */
  #deliver(event: EngineEvent, before: Set<string>): void {
    const key = keyOf(event);
    this.#position = timeOf(event) ?? this.#position;
    if (before.delete(key)) return;
    this.#remember(key);
    this.#guarded(() => this.handler(event));
  }

  #remember(key: string): void {
    this.#remembered.delete(key);
    this.#remembered.add(key);
    if (this.#remembered.size <= rememberedMax) return;
    const [oldest] = this.#remembered;
    if (oldest !== undefined) this.#remembered.delete(oldest);
  }

  /** Runs code of the caller, whose errors harm no other caller. */
  #guarded(run: () => unknown): void {
    try {
      const result = run();
      if (result instanceof Promise) result.catch((error: unknown) => this.#report(error));
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    try {
      this.options.onError?.(error);
    } catch {
      // no reader is left to tell
    }
  }
}

function damaged(cause: SplitError): EngineError {
  const message = `the event stream cannot be read, ${cause.reason}; it begins anew without what was missed`;
  return new EngineError('BAD_ANSWER', message, { cause });
}
