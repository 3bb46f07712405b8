import { defineKind } from '../custom-kind.js';
import * as s from '../schemas.js';

/**
 * Containers that a fleet of Docker engines was asked for. The id is the Swarm id, which a container keeps when it moves
 * to another engine. The record is there before the container is, so that a manager that dies in between loses nothing.
 */
export const containers = defineKind({
  name: 'containers',
  schema: s.object({
    /** Name of the container; empty when the engine chose it. */
    name: s.text(),
    /** Id of the engine that has it, or is to make it. */
    engine: s.text(),
    /** Address of that engine, `host:port`. */
    addr: s.text(),
    /** Id that the engine gave it; empty until the engine has made it. */
    container: s.text(),
    /** True when it was running when its engine was last heard: it is started again where it moves to. */
    running: s.flag(),
    /** True when it moves to another engine once its own is lost. */
    moves: s.flag(),
    /** Body of `POST /containers/create`, as it was placed. */
    body: s.plain<Readonly<Record<string, unknown>>>(),
  }),
  indexes: {
    name: (container) => container.name || undefined,
    engine: (container) => container.engine,
    addr: (container) => container.addr,
  },
  unique: ['name'],
});
