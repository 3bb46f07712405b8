import { plainEqual } from '../base/plain.js';
import type { PortConfig, Service } from '../kinds/index.js';
import type { Draft } from './draft.js';
import { isAllocated, isUnassigned } from './task.js';

/** Ports that a service receives when it asks for any. */
const dynamicFirst = 30_000;
const dynamicLast = 32_767;

const keyOf = (protocol: string, port: number) => `${port}/${protocol}`;

/** Ports that are published on every node, and who has them. */
class Claims {
  readonly #holders = new Map<string, string>();

  constructor(services: readonly Service[]) {
    for (const { endpoint, spec } of services)
      for (const port of endpoint?.ports ?? [])
        if (port.publishMode === 'ingress' && port.publishedPort !== 0)
          this.claim(port.protocol, port.publishedPort, spec.annotations.name);
  }

  holder(protocol: string, port: number): string | undefined {
    return this.#holders.get(keyOf(protocol, port));
  }

  claim(protocol: string, port: number, name: string): void {
    this.#holders.set(keyOf(protocol, port), name);
  }

  /** The lowest dynamic port that is free. */
  free(protocol: string): number | undefined {
    for (let port = dynamicFirst; port <= dynamicLast; port++)
      if (!this.#holders.has(keyOf(protocol, port))) return port;
    return undefined;
  }
}

/**
 * Gives services the ports that their specs ask for. A port that the cluster chose stays as long as the spec has it.
 * Host ports with number 0 are left to the engine. There are no virtual addresses.
 */
export function allocatePorts(draft: Draft): void {
  const waiting = draft.services().filter((service) => !isAllocated(service));
  if (waiting.length === 0) return;
  for (const service of waiting) {
    const { endpoint: old, ...rest } = service;
    if (service.spec.endpoint === undefined) {
      draft.updateService(rest);
      continue;
    }
    const claims = new Claims(draft.services().filter(({ id }) => id !== service.id));
    const ports = chosenPorts(service, claims);
    if (typeof ports === 'string') refuse(draft, service, ports);
    else
      draft.updateService({
        ...service,
        endpoint: { spec: service.spec.endpoint, ports, virtualIps: old?.virtualIps ?? [] },
      });
  }
}

/** The ports with their numbers, or the reason why there are none. Numbers that are known come before free ones. */
function chosenPorts({ spec, endpoint }: Service, claims: Claims): PortConfig[] | string {
  const ports = spec.endpoint?.ports ?? [];
  const numbers = new Map<PortConfig, number>();
  for (const port of ports) {
    const number = port.publishedPort || keptPort(port, endpoint?.ports ?? [], claims);
    if (port.publishMode === 'host' || !number) continue;
    const holder = claims.holder(port.protocol, number);
    if (holder !== undefined) return `port ${keyOf(port.protocol, number)} is published by service "${holder}" already`;
    claims.claim(port.protocol, number, spec.annotations.name);
    numbers.set(port, number);
  }
  for (const port of ports) {
    if (port.publishMode === 'host' || numbers.has(port)) continue;
    const number = claims.free(port.protocol);
    if (number === undefined) return `no ${port.protocol} port from ${dynamicFirst} to ${dynamicLast} is free`;
    claims.claim(port.protocol, number, spec.annotations.name);
    numbers.set(port, number);
  }
  return ports.map((port) => ({ ...port, publishedPort: numbers.get(port) ?? port.publishedPort }));
}

/** The number that the same port of the service has had, when it is still its own. */
function keptPort(port: PortConfig, had: readonly PortConfig[], claims: Claims): number | undefined {
  const same = (old: PortConfig) => plainEqual({ ...old, publishedPort: 0 }, { ...port, publishedPort: 0 });
  return had.find((old) => same(old) && claims.holder(old.protocol, old.publishedPort) === undefined)?.publishedPort;
}

/** Says at the waiting tasks why they wait. They stay `new` until the ports are there. */
function refuse(draft: Draft, service: Service, err: string): void {
  for (const task of draft.tasksOf(service.id)) {
    if (!isUnassigned(task) || task.status.err === err) continue;
    draft.update({ ...task, status: { ...task.status, timestamp: draft.now, err } });
  }
}
