import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/log.js';
import { type Connections, PublishedPort } from './published-port.js';
import type { IngressPort } from './targets.js';

export interface IngressProxyOptions {
  /** Address on which ports are published, such as `0.0.0.0`. */
  readonly host: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Most open connections of clients, all ports together. Default 10,000. */
  readonly connectionsMax?: number;
}

const connectionsDefault = 10_000;

/** Publishes ports of services: a connection to one goes to a task of the service, wherever that runs. */
export class IngressProxy {
  readonly #options: IngressProxyOptions;
  readonly #connections: Connections;
  readonly #ports = new Map<number, PublishedPort>();
  /** Ports whose listeners were stopped while their connections go on. */
  readonly #stopped = new Set<PublishedPort>();
  /** Ports of other protocols about which the log has a warning. */
  readonly #unserved = new Set<string>();

  constructor(options: IngressProxyOptions) {
    this.#options = options;
    this.#connections = { open: 0, max: options.connectionsMax ?? connectionsDefault };
  }

  /** Number of open connections of clients. */
  get open(): number {
    return this.#connections.open;
  }

  /** Reasons for which ports are not published, by port. */
  get problems(): ReadonlyMap<number, string> {
    const found = [...this.#ports].map(([number, { problem }]) => [number, problem] as const);
    return new Map(found.filter((one): one is [number, string] => one[1] !== undefined));
  }

  /** Publishes these ports, and no others. */
  set(ports: readonly IngressPort[]): void {
    const wanted = new Map(ports.filter(({ protocol }) => protocol === 'tcp').map((port) => [port.port, port]));
    this.#warnOfOthers(ports);
    for (const port of this.#stopped) if (port.idle) this.#stopped.delete(port);
    for (const [number, port] of this.#ports) {
      if (wanted.has(number)) continue;
      this.#ports.delete(number);
      this.#stopped.add(port);
      port.stop();
    }
    const { host, clock, logger } = this.#options;
    for (const [number, port] of wanted) {
      const known = this.#ports.get(number);
      if (known) known.update(port);
      else this.#ports.set(number, new PublishedPort(port, { host, clock, logger, connections: this.#connections }));
    }
  }

  /** Listens no longer, and ends all connections. */
  close(): void {
    for (const port of [...this.#ports.values(), ...this.#stopped]) port.end();
    this.#ports.clear();
    this.#stopped.clear();
  }

  #warnOfOthers(ports: readonly IngressPort[]): void {
    const others = ports.filter(({ protocol }) => protocol !== 'tcp');
    const keys = new Set(others.map(({ serviceId, port, protocol }) => `${serviceId} ${port}/${protocol}`));
    for (const key of this.#unserved) if (!keys.has(key)) this.#unserved.delete(key);
    for (const { service, serviceId, port, protocol } of others) {
      const key = `${serviceId} ${port}/${protocol}`;
      if (this.#unserved.has(key)) continue;
      this.#unserved.add(key);
      this.#options.logger.warn('cannot publish a port of a service: only tcp is proxied; use the mode host', {
        service,
        port,
        protocol,
      });
    }
  }
}
