import type { Service } from '../kinds/index.js';

/** Ports that a service receives when it asks for any. */
export const dynamicFirst = 30_000;
export const dynamicLast = 32_767;

/** Number and protocol of a port in one text. */
export const portKey = (protocol: string, port: number) => `${port}/${protocol}`;

/** Ports that are published on every node, and the services that have them. */
export class PortClaims {
  /** By port, the names of the services that have it, by id: several only when leaders have disagreed. */
  readonly #holders = new Map<string, Map<string, string>>();
  readonly #ports = new Map<string, readonly string[]>();

  static of(services: Iterable<Service>): PortClaims {
    const claims = new PortClaims();
    for (const service of services) claims.set(service);
    return claims;
  }

  /** Follows a service that was created or updated. Returns true when a port became free. */
  set({ id, spec, endpoint }: Service): boolean {
    const before = this.#ports.get(id) ?? [];
    this.remove(id);
    for (const { publishMode, publishedPort, protocol } of endpoint?.ports ?? [])
      if (publishMode === 'ingress' && publishedPort !== 0)
        this.claim(id, protocol, publishedPort, spec.annotations.name);
    return before.some((key) => !this.#holders.has(key));
  }

  /** Follows the removal of a service. Returns true when a port became free. */
  remove(serviceId: string): boolean {
    const keys = this.#ports.get(serviceId) ?? [];
    this.#ports.delete(serviceId);
    for (const key of keys) {
      const holders = this.#holders.get(key);
      holders?.delete(serviceId);
      if (holders?.size === 0) this.#holders.delete(key);
    }
    return keys.length > 0;
  }

  claim(serviceId: string, protocol: string, port: number, name: string): void {
    const key = portKey(protocol, port);
    const holders = this.#holders.get(key);
    if (holders) holders.set(serviceId, name);
    else this.#holders.set(key, new Map([[serviceId, name]]));
    this.#ports.set(serviceId, [...(this.#ports.get(serviceId) ?? []), key]);
  }

  /** Returns the name of a service that has the port. */
  holder(protocol: string, port: number): string | undefined {
    return this.#holders.get(portKey(protocol, port))?.values().next().value;
  }

  /** The lowest dynamic port that is free. */
  free(protocol: string): number | undefined {
    for (let port = dynamicFirst; port <= dynamicLast; port++)
      if (!this.#holders.has(portKey(protocol, port))) return port;
    return undefined;
  }
}
