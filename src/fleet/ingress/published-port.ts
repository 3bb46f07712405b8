import { createServer, type Server, type Socket } from 'node:net';
import type { Cancel, Clock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { joinHostPort } from '../../base/host-port.js';
import { ListenError } from '../../base/listening.js';
import type { Logger } from '../../base/log.js';
import { inOrder } from './choice.js';
import { dial, join } from './sockets.js';
import type { IngressPort } from './targets.js';

/** Connections of all ports of one proxy, and the most that there may be. */
export interface Connections {
  open: number;
  readonly max: number;
}

export interface PortOptions {
  /** Address on which ports are published. */
  readonly host: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly connections: Connections;
}

/** Time for a target to take a connection, milliseconds. */
const connectMs = 1_000;
/** Time for which a target that failed is asked last, milliseconds. */
const failedMs = 5_000;
/** Time until a port that is taken is tried again, milliseconds. */
const retryMs = 10_000;
/** Shortest time between two warnings about connections of one port, milliseconds. */
const warnMs = 10_000;

/** One published port: listens, and hands each connection to a task. */
export class PublishedPort {
  readonly #options: PortOptions;
  #current: IngressPort;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Open connections by task. */
  readonly #open = new Map<string, number>();
  /** Moment until which a task is asked last. */
  readonly #failedUntil = new Map<string, number>();
  #turn = 0;
  #retry: Cancel | undefined;
  #problem: string | undefined;
  #warnedAt = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(port: IngressPort, options: PortOptions) {
    this.#current = port;
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (client) => {
      void this.#take(client);
    });
    this.#server.on('error', (error) => this.#refused(error));
    this.#server.on('listening', () => this.#listening());
    this.#listen();
  }

  /** Reason why nothing listens; `undefined` when all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** True without any connection. */
  get idle(): boolean {
    return this.#sockets.size === 0;
  }

  /** Takes other targets for new connections. Open ones go on. */
  update(port: IngressPort): void {
    this.#current = port;
    const there = new Set(port.targets.map(({ taskId }) => taskId));
    for (const taskId of this.#failedUntil.keys()) if (!there.has(taskId)) this.#failedUntil.delete(taskId);
  }

  /** Listens no longer. Open connections go on. */
  stop(): void {
    this.#stopped = true;
    this.#retry?.();
    this.#server.close();
  }

  /** Ends all connections, too. */
  end(): void {
    this.stop();
    for (const socket of this.#sockets) socket.destroy();
  }

  #listen(): void {
    this.#server.listen({ port: this.#current.port, host: this.#options.host });
  }

  #listening(): void {
    if (this.#stopped) this.#server.close();
    const { logger } = this.#options;
    const { service, port } = this.#current;
    if (this.#problem !== undefined) logger.info('published a port after all', { service, port });
    this.#problem = undefined;
  }

  #refused(error: Error): void {
    const { host, logger, clock } = this.#options;
    const { service, port } = this.#current;
    const { message } = new ListenError(joinHostPort(host, port), error);
    if (message !== this.#problem) logger.warn('cannot publish a port of a service', { service, port, error: message });
    this.#problem = message;
    if (this.#stopped) return;
    this.#retry = clock.schedule(retryMs, () => this.#listen());
  }

  async #take(client: Socket): Promise<void> {
    const { connections } = this.#options;
    client.on('error', () => undefined);
    if (connections.open >= connections.max) {
      this.#warn('too many connections', { max: connections.max });
      client.resetAndDestroy();
      return;
    }
    connections.open++;
    this.#keep(client);
    client.once('close', () => connections.open--);
    try {
      const found = await this.#dialAny(client);
      if (!found) {
        client.resetAndDestroy();
        return;
      }
      this.#count(found.taskId, 1);
      found.socket.once('close', () => this.#count(found.taskId, -1));
      this.#keep(found.socket);
      join(client, found.socket);
    } catch (error) {
      this.#warn('a connection failed', { error: messageOf(error) });
      client.destroy();
    }
  }

  /** Connects to the first target that answers; `undefined` when none does, or the client or the port is gone. */
  async #dialAny(client: Socket): Promise<{ readonly taskId: string; readonly socket: Socket } | undefined> {
    const { clock } = this.#options;
    const errors: string[] = [];
    const order = inOrder(this.#current.targets, {
      open: (taskId) => this.#open.get(taskId) ?? 0,
      failed: (taskId) => (this.#failedUntil.get(taskId) ?? 0) > clock.monotonic(),
      turn: this.#turn++,
    });
    for (const target of order) {
      // A task that began to stop meanwhile gets no connection.
      if (!this.#current.targets.some(({ taskId }) => taskId === target.taskId)) continue;
      try {
        const socket = await dial(target, clock, connectMs);
        this.#failedUntil.delete(target.taskId);
        if (!client.destroyed) return { taskId: target.taskId, socket };
        socket.destroy();
        return undefined;
      } catch (error) {
        this.#failedUntil.set(target.taskId, clock.monotonic() + failedMs);
        errors.push(`${target.taskId} at ${joinHostPort(target.host, target.port)}: ${messageOf(error)}`);
      }
    }
    this.#warn('no task takes a connection', { tasks: order.length, errors: errors.slice(0, 3) });
    return undefined;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #count(taskId: string, by: 1 | -1): void {
    const open = (this.#open.get(taskId) ?? 0) + by;
    if (open === 0) this.#open.delete(taskId);
    else this.#open.set(taskId, open);
  }

  #warn(message: string, facts: Record<string, unknown>): void {
    const now = this.#options.clock.monotonic();
    if (now - this.#warnedAt < warnMs) return;
    this.#warnedAt = now;
    const { service, port } = this.#current;
    this.#options.logger.warn(message, { service, port, ...facts });
  }
}
