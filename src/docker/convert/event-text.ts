import type { ClusterEvent, EngineHandle } from '../../fleet/index.js';

/** An event as clients read it, one line: the engine's with facts about the engine, in the words of Docker Swarm. */
export function eventText({ engine, event }: ClusterEvent): string {
  const { timeNano, ...rest } = event;
  const { Actor: actor } = event;
  const json = JSON.stringify({
    ...rest,
    ...(event.from !== undefined && { from: `${event.from} node:${engine.name}` }),
    ...(actor && { Actor: { ...actor, Attributes: { ...actor.Attributes, ...attributes(engine) } } }),
    node: { Name: engine.name, Id: engine.id, Addr: engine.addr, Ip: engine.ip },
  });
  // The nanoseconds are too many for a number of JavaScript: their digits go in as they are.
  const digits = timeNano !== undefined && /^\d+$/.test(timeNano) ? `,"timeNano":${timeNano}` : '';
  return `${json.slice(0, -1)}${digits}}\n`;
}

/** Facts about an engine as attributes of an event. */
export function attributes(engine: EngineHandle): Record<string, string> {
  return {
    'node.name': engine.name,
    'node.id': engine.id,
    'node.addr': engine.addr,
    'node.ip': engine.ip,
  };
}
