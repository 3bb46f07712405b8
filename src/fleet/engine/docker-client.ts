import type { DockerClientOptions } from './calls.js';
import { EngineError } from './errors.js';
import {
  type EventHandler,
  type EventMonitor,
  EventReader,
  type EventSource,
  type MonitorOptions,
  type OpenedEvents,
} from './events.js';
import { NetworkCalls } from './network-calls.js';
import { filtersText } from './query.js';

/**
 * Client of one Docker engine, with a deadline on every call. Methods reject with an `EngineError`; answers keep fields that
 * this client does not know. It connects on first use.
 *
 * The calls are in files by area, each a layer over the one before.
 */
export class DockerClient extends NetworkCalls implements Disposable {
  readonly #monitors = new Set<EventReader>();
  #closed = false;

  /** @param options An address, or an address with settings. @throws {EngineError} `BAD_ADDRESS`, `BAD_CERTIFICATE` */
  constructor(options: string | DockerClientOptions) {
    super(typeof options === 'string' ? { address: options } : options);
  }

  /**
   * Follows the events of the engine until it is stopped. A stream that breaks is opened again from its last event, after 1 s
   * and up to 10 s; an event that the engine sends again is not delivered again. Each call is a stream of its own.
   */
  startMonitorEvents(handler: EventHandler, options: MonitorOptions = {}): EventMonitor {
    if (this.#closed) throw new EngineError('CLOSED', `the client of engine ${this.engine} was closed; make a new one`);
    const source: EventSource = { open: (query, signal) => this.#openEvents(query, signal) };
    const reader = new EventReader(source, this.transport.clock, handler, options);
    this.#monitors.add(reader);
    void reader.run().finally(() => this.#monitors.delete(reader));
    return reader;
  }

  /** Ends all event streams. No event is delivered after it. */
  stopAllMonitorEvents(): void {
    for (const monitor of this.#monitors) monitor.stop();
  }

  /** Ends all calls and streams, and closes all connections. */
  close(): void {
    this.#closed = true;
    this.stopAllMonitorEvents();
    this.transport.close();
  }

  /** Closes it: `using client = …`, or `await using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  async #openEvents(
    { since, filters }: Parameters<EventSource['open']>[0],
    signal: AbortSignal,
  ): Promise<OpenedEvents> {
    const query = { since, filters: filtersText(filters) };
    const { response, pieces } = await this.opened('GET', '/events', { query, signal });
    const now = Date.parse(response.headers.date ?? '');
    return { now: Number.isNaN(now) ? undefined : now, pieces };
  }
}
