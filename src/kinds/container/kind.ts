import { defineKind, type SystemKind } from '../custom-kind.js';
import { objectOf } from '../object-of.js';
import { flag, plain, text } from '../schema.js';

/**
 * Fields of one container that a fleet of Docker engines was asked for. The id of the record is the Swarm id, which a
 * container keeps when it moves to another engine.
 */
export interface ContainerBody {
  /** Name of the container; empty when the engine chose it and has not said it yet. */
  readonly name: string;
  /** Id that its engine gives itself: the engine that has it, or is to make it. */
  readonly engine: string;
  /** Address of that engine, `host:port`. */
  readonly addr: string;
  /** Id that the engine gave it; empty until the engine has made it. */
  readonly container: string;
  /** True when it was running when its engine last answered: it is started again where it moves to. */
  readonly running: boolean;
  /** True when it moves to another engine once its own is lost. */
  readonly moves: boolean;
  /** Body of `POST /containers/create`, as it was placed. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Values of the indexes of {@link containers}. */
export interface ContainerIndexes {
  /** Name, where there is one: unique. */
  readonly name: string | undefined;
  /** Id of the engine. */
  readonly engine: string;
}

/**
 * Containers that a fleet of Docker engines was asked for. A record is there before its container is made, so that a
 * manager that dies in between loses nothing.
 */
export const containers: SystemKind<ContainerBody, ContainerIndexes, 'containers'> = defineKind({
  name: 'containers',
  schema: objectOf<ContainerBody>()({
    name: text(),
    engine: text(),
    addr: text(),
    container: text(),
    running: flag(),
    moves: flag(),
    body: plain<Readonly<Record<string, unknown>>>(),
  }),
  indexes: { name: (container) => container.name || undefined, engine: (container) => container.engine },
  unique: ['name'],
});
