import type { Duplex } from 'node:stream';
import { systemClock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { isStoreError, StoreError } from '../base/store-error.js';
import { orAborted, within } from '../base/waiting.js';
import { type DriverBody, drivers, type EngineBody, engines, type Stored } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { connectionLost, neverSent, notServed, openTunnel } from '../rpc/index.js';
import type { messages } from '../wire/index.js';
import type { Forwarder } from './forward.js';

/** Limit for a connection to stand, at this member or another; milliseconds. */
const connectDefaultMs = 10_000;

/** Most connections to engines that one member carries at a time. */
const connectionsDefaultMax = 1_024;

/** Bytes both ways between this process and an engine, with counts. */
export type DialedConnection = Duplex & { readonly bytesRead: number; readonly bytesWritten: number };

/** Connects to engines. A manager that drives engines has one, with its TLS files. */
export interface EngineDialer {
  /**
   * Resolves when the connection stands, after TLS where the engine asks for it. The signal gives the attempt up; it says
   * nothing of a connection that stands.
   */
  dial(engine: { readonly id: string; readonly addr: string }, signal: AbortSignal): Promise<DialedConnection>;
}

/** Engine that a request named, with the manager that should drive it. */
interface Route {
  readonly engine: Stored<EngineBody>;
  readonly driver: Stored<DriverBody> | undefined;
}

/** Connection with the facts of its engine. */
export interface EngineConnection {
  readonly connection: DialedConnection;
  readonly opened: messages.EngineOpened;
}

/** Options of {@link EngineRoutes.open}. */
interface OpenOptions {
  readonly signal: AbortSignal;
  /** True: another member has asked, so this one does not hand on. */
  readonly forwarded?: boolean;
  /** Identity for which a request is handed on; default the member's own. */
  readonly onBehalfOf?: string;
}

/** Ways from this member to any engine: it dials those that it drives, and asks the driver for the others. */
export class EngineRoutes {
  readonly #forwarder: Forwarder;
  readonly #connectMs: number;
  readonly #connectionsMax: number;
  readonly #open = new Set<DialedConnection>();
  #pending = 0;
  #replica: Replica | undefined;
  #dialer: EngineDialer | undefined;
  #closed = false;

  constructor(
    forwarder: Forwarder,
    { connectMs = connectDefaultMs, connectionsMax = connectionsDefaultMax }: RouteLimits = {},
  ) {
    this.#forwarder = forwarder;
    this.#connectMs = connectMs;
    this.#connectionsMax = connectionsMax;
  }

  /** Knows the engines from now on. */
  begin(replica: Replica): void {
    this.#replica = replica;
  }

  /** Connects to the engines that this manager drives, from now on; `undefined` ends that for new connections. */
  dialWith(dialer: EngineDialer | undefined): void {
    this.#dialer = dialer;
  }

  /** Number of connections that are open. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Opens a connection to an engine.
   * @throws {StoreError} `NOT_FOUND`, `ENGINE_UNREACHABLE`, `LIMIT_EXCEEDED`, `INVALID_OBJECT`; `CLOSED` when this member ends.
   */
  async open(target: messages.EngineTarget, options: OpenOptions): Promise<EngineConnection> {
    if (this.#closed) throw closed();
    if (this.#open.size + this.#pending >= this.#connectionsMax)
      throw new StoreError(
        'LIMIT_EXCEEDED',
        `this member carries ${this.#connectionsMax} connections to engines already; close some, or ask another member`,
      );
    this.#pending++;
    try {
      const made = await this.#connect(this.#routeOf(target), options);
      if (this.#closed) {
        made.connection.destroy();
        throw closed();
      }
      this.#keep(made.connection);
      return made;
    } finally {
      this.#pending--;
    }
  }

  /** Ends all connections, and refuses new ones. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#open) connection.destroy(closed());
  }

  #keep(connection: DialedConnection): void {
    this.#open.add(connection);
    connection.once('close', () => this.#open.delete(connection));
  }

  #routeOf({ engine: id, node }: messages.EngineTarget): Route {
    if ((id === '') === (node === ''))
      throw new StoreError('INVALID_OBJECT', 'target must name an engine or a node, not both', { path: 'target' });
    return this.#store.view((tx) => {
      const all = tx.kind(engines);
      const [engine] = id === '' ? all.find(engines.by('node', node)) : [all.get(id)];
      if (!engine)
        throw new StoreError(
          'NOT_FOUND',
          id === '' ? `node ${node} has no engine that managers drive` : `engine ${id} does not exist`,
        );
      return { engine, driver: engine.want === '' ? undefined : tx.kind(drivers).get(engine.want) };
    });
  }

  async #connect({ engine, driver }: Route, options: OpenOptions): Promise<EngineConnection> {
    const { signal, forwarded = false } = options;
    if (!driver) throw unreachable(engine, `no manager drives it${engine.error === '' ? '' : `: ${engine.error}`}`);
    const isOurs = driver.member === String(this.#replica?.status().id);
    if (isOurs && this.#dialer) return this.#dial(engine, this.#dialer, signal);
    if (isOurs) throw unreachable(engine, `manager ${driver.name} does not drive engines any more; try again`);
    if (forwarded) throw unreachable(engine, `manager ${driver.name} drives it now; try again`);
    return this.#forward(engine, driver, options);
  }

  async #dial(engine: Stored<EngineBody>, dialer: EngineDialer, signal: AbortSignal): Promise<EngineConnection> {
    const { id, addr } = engine;
    try {
      return await this.#limited(signal, async (stop) => {
        const connection = await dialer.dial({ id, addr }, stop);
        return { connection, opened: { engine: id, addr } };
      });
    } catch (cause) {
      if (isStoreError(cause)) throw cause;
      throw unreachable(engine, messageOf(cause), cause);
    }
  }

  async #forward(
    engine: Stored<EngineBody>,
    driver: Stored<DriverBody>,
    { signal, onBehalfOf = '' }: OpenOptions,
  ): Promise<EngineConnection> {
    const channel = this.#forwarder.channel(driver.addr);
    const target = { engine: engine.id, node: '' };
    try {
      return await this.#limited(signal, async (stop) => {
        const { tunnel, opened } = await openTunnel(channel, target, {
          signal: stop,
          forwarded: true,
          onBehalfOf,
        });
        return { connection: tunnel, opened };
      });
    } catch (cause) {
      if (neverSent(cause) || connectionLost(cause) || notServed(cause))
        throw unreachable(engine, `manager ${driver.name}, which drives it, does not answer at ${driver.addr}`, cause);
      throw cause;
    }
  }

  /** Gives an attempt up after a time, or when the caller does. A connection that comes later is closed. */
  async #limited(
    signal: AbortSignal,
    attempt: (stop: AbortSignal) => Promise<EngineConnection>,
  ): Promise<EngineConnection> {
    const limit = new AbortController();
    const stop = AbortSignal.any([signal, limit.signal]);
    const late = () => new StoreError('ENGINE_UNREACHABLE', `no connection stood within ${this.#connectMs} ms`);
    const made = attempt(stop);
    try {
      return await within(systemClock, this.#connectMs, orAborted(made, signal), late);
    } catch (error) {
      limit.abort();
      made.then(
        ({ connection }) => connection.destroy(),
        () => undefined,
      );
      throw error;
    }
  }

  get #store() {
    if (!this.#replica) throw new StoreError('CLOSED', 'this member does not serve engines yet; try again');
    return this.#replica.store;
  }
}

/** Limits of {@link EngineRoutes}. */
export interface RouteLimits {
  readonly connectMs?: number;
  readonly connectionsMax?: number;
}

const closed = () => new StoreError('CLOSED', 'this member ends; ask another one');

function unreachable({ id, addr }: Stored<EngineBody>, why: string, cause?: unknown): StoreError {
  return new StoreError('ENGINE_UNREACHABLE', `engine ${addr} (${id}) cannot be reached: ${why}`, { cause });
}
