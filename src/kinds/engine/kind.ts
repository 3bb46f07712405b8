import { defineKind, type SystemKind } from '../custom-kind.js';
import { objectOf } from '../object-of.js';
import { flag, int, oneOfWords, text, uint } from '../schema.js';

export const engineStates = ['pending', 'healthy', 'unhealthy'] as const;
/** Reachability of an engine for the manager that drives it. Whether discovery names it is another matter: `listed`. */
export type DrivenEngineState = (typeof engineStates)[number];

/** Fields of one Docker engine that discovery named to managers. */
export interface EngineBody {
  /** Address of the engine, `host:port`: unique. */
  readonly addr: string;
  /** Id that the engine gives itself; empty until it has answered. */
  readonly engineId: string;
  /** Node that stands for the engine; empty until it has answered, and when another address has the same engine. */
  readonly nodeId: string;
  /** Reachability for its driver. Default `pending`: it has not answered yet. */
  readonly state: DrivenEngineState;
  /** Failures in a row, as its driver last reported. */
  readonly failures: number;
  /** Error of the last failure, for people; empty when there is none. */
  readonly error: string;
  /** True while discovery names it: an engine that left gets no new tasks, and keeps those it has. */
  readonly listed: boolean;
  /** Id of the driver that should drive it; empty when no manager can. */
  readonly want: string;
  /** Time at which `want` was set, ms since the epoch. */
  readonly wantAt: number;
  /** Time at which its driver last said that it answers, after a change of state or of driver; ms since the epoch. */
  readonly confirmedAt: number;
  /** Newest version of Docker's API that it speaks, such as `1.41`; empty until it has answered. */
  readonly apiVersion: string;
  /** Id of the engine in a Docker swarm of its own, whose overlay networks it can use; empty without one. */
  readonly swarmNode: string;
  /** True: it manages that swarm, and can make overlay networks. */
  readonly swarmControl: boolean;
}

/** Values of the indexes of {@link engines}. */
export interface EngineIndexes {
  /** Address: unique. */
  readonly addr: string;
  /** Id of the node that stands for it, where there is one: unique. */
  readonly node: string | undefined;
  /** Id of the driver that should drive it, where there is one. */
  readonly want: string | undefined;
}

/** Docker engines that run the tasks of a cluster: each is driven by one manager at a time. */
export const engines: SystemKind<EngineBody, EngineIndexes, 'engines'> = defineKind({
  name: 'engines',
  schema: objectOf<EngineBody>()({
    addr: text(),
    engineId: text(),
    nodeId: text(),
    state: oneOfWords(engineStates),
    failures: uint(),
    error: text(),
    listed: flag(),
    want: text(),
    wantAt: int(),
    confirmedAt: int(),
    apiVersion: text(),
    swarmNode: text(),
    swarmControl: flag(),
  }),
  indexes: {
    addr: (engine) => engine.addr,
    node: (engine) => engine.nodeId || undefined,
    want: (engine) => engine.want || undefined,
  },
  unique: ['addr', 'node'],
});
