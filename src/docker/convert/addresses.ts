import type { EngineHandle, PortSummary } from '../../fleet/index.js';

/** Addresses that mean all of an engine's. */
const unspecified = new Set(['', '0.0.0.0', '::']);

/** Address where a client reaches a port that an engine publishes at `ip`. */
export function reachableIp(ip: string | undefined, engine: EngineHandle): string {
  return unspecified.has(ip ?? '') ? engine.ip : (ip ?? '');
}

/**
 * Ports of `docker ps` with the engine's address in the place of all addresses. A port that is published on all addresses of
 * both families is shown once.
 */
export function reachablePorts(ports: readonly PortSummary[], engine: EngineHandle): PortSummary[] {
  const seen = new Set<string>();
  const shown: PortSummary[] = [];
  for (const port of ports) {
    const one = port.PublicPort === undefined ? port : { ...port, IP: reachableIp(port.IP, engine) };
    const key = `${one.IP ?? ''} ${one.PublicPort ?? ''} ${one.PrivatePort} ${one.Type}`;
    if (seen.has(key)) continue;
    seen.add(key);
    shown.push(one);
  }
  return shown;
}
