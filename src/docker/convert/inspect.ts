import type { ContainerInspect, EngineHandle, PortBinding, PortMap } from '../../fleet/index.js';
import { reachableIp } from './addresses.js';
import { jsonText, parseJson } from './big-integers.js';

/** Facts about the engine of a container, in the words of Docker Swarm. */
export function nodeFacts(engine: EngineHandle): Record<string, unknown> {
  return {
    ID: engine.id,
    IP: engine.ip,
    Addr: engine.addr,
    Name: engine.name,
    Cpus: engine.info?.NCPU ?? 0,
    Memory: engine.info?.MemTotal ?? 0,
    Labels: engine.labels,
  };
}

/** An engine's answer to `GET /containers/ID/json`, with its `Node` and with addresses that can be reached. */
export function inspectAnswer(text: string, engine: EngineHandle): string {
  const { Id, ...rest } = parseJson(text) as ContainerInspect;
  const settings = rest.NetworkSettings as ContainerInspect['NetworkSettings'] | undefined;
  const ports = settings?.Ports;
  return jsonText({
    Id,
    Node: nodeFacts(engine),
    ...rest,
    ...(ports && { NetworkSettings: { ...settings, Ports: reachableMap(ports, engine) } }),
  });
}

function reachableMap(ports: PortMap, engine: EngineHandle): PortMap {
  return Object.fromEntries(
    Object.entries(ports).map(([port, bindings]) => [port, bindings && reachableBindings(bindings, engine)]),
  );
}

/** A port that is published on all addresses of both families is one. */
function reachableBindings(bindings: readonly PortBinding[], engine: EngineHandle): PortBinding[] {
  const all = bindings.map((binding) => ({ ...binding, HostIp: reachableIp(binding.HostIp, engine) }));
  return all.filter(
    (one, at) => all.findIndex(({ HostIp, HostPort }) => HostIp === one.HostIp && HostPort === one.HostPort) === at,
  );
}
