import type { EngineHandle } from '../../fleet/index.js';
import type { LoggedEvent } from '../event-log.js';

/**
 * An event as clients read it, one line: the engine's with facts about the engine, in the words of Docker Swarm. One of the
 * cluster has no engine.
 */
export function eventText({ engine, event }: LoggedEvent): string {
  const { timeNano, ...rest } = event;
  const { Actor: actor } = event;
  const json = JSON.stringify({
    ...rest,
    ...(engine && event.from !== undefined && { from: `${event.from} node:${engine.name}` }),
    ...(engine && actor && { Actor: { ...actor, Attributes: { ...actor.Attributes, ...attributes(engine) } } }),
    ...(engine && { node: { Name: engine.name, Id: engine.id, Addr: engine.addr, Ip: engine.ip } }),
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
