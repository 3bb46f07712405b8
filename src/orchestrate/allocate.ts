import { plainEqual } from '../base/plain.js';
import type { PortConfig, Service, Task } from '../kinds/index.js';
import type { Draft } from './draft.js';
import { dynamicFirst, dynamicLast, type PortClaims, portKey } from './port-claims.js';
import { isAllocated, isUnassigned } from './task.js';

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
    const { claims } = draft;
    claims.remove(service.id);
    const ports = chosenPorts(service, claims);
    if (typeof ports === 'string') {
      claims.set(service);
      refuse(draft, service, ports);
    } else
      draft.updateService({
        ...service,
        endpoint: { spec: service.spec.endpoint, ports, virtualIps: old?.virtualIps ?? [] },
      });
  }
}

/** The ports with their numbers, or the reason why there are none. Numbers that are known come before free ones. */
function chosenPorts({ id, spec, endpoint }: Service, claims: PortClaims): PortConfig[] | string {
  const ports = spec.endpoint?.ports ?? [];
  const numbers = new Map<PortConfig, number>();
  for (const port of ports) {
    const number = port.publishedPort || keptPort(port, endpoint?.ports ?? [], claims);
    if (port.publishMode === 'host' || !number) continue;
    const holder = claims.holder(port.protocol, number);
    if (holder !== undefined)
      return `port ${portKey(port.protocol, number)} is published by service "${holder}" already`;
    claims.claim(id, port.protocol, number, spec.annotations.name);
    numbers.set(port, number);
  }
  for (const port of ports) {
    if (port.publishMode === 'host' || numbers.has(port)) continue;
    const number = claims.free(port.protocol);
    if (number === undefined) return `no ${port.protocol} port from ${dynamicFirst} to ${dynamicLast} is free`;
    claims.claim(id, port.protocol, number, spec.annotations.name);
    numbers.set(port, number);
  }
  return ports.map((port) => ({ ...port, publishedPort: numbers.get(port) ?? port.publishedPort }));
}

/** The number that the same port of the service has had, when it is still its own. */
function keptPort(port: PortConfig, had: readonly PortConfig[], claims: PortClaims): number | undefined {
  const same = (old: PortConfig) => plainEqual({ ...old, publishedPort: 0 }, { ...port, publishedPort: 0 });
  return had.find((old) => same(old) && claims.holder(old.protocol, old.publishedPort) === undefined)?.publishedPort;
}

/** Says at the tasks that wait for the ports why they do. They stay `new` until the ports are there. */
function refuse(draft: Draft, service: Service, err: string): void {
  for (const task of draft.tasksOf(service.id)) {
    if (!isUnassigned(task) || !needsEndpoint(service, task) || task.status.err === err) continue;
    draft.update({ ...task, status: { ...task.status, timestamp: draft.now, err } });
  }
}

/** Tells whether a task that waits still has to copy the ports of its service. Tasks of an older spec go without. */
export function needsEndpoint(service: Service, task: Task): boolean {
  return task.specVersion === service.specVersion && task.endpoint === undefined;
}
