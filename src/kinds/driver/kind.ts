import { defineKind, type SystemKind } from '../custom-kind.js';
import { objectOf } from '../object-of.js';
import { list, text } from '../schema.js';

/** Fields of one manager that drives engines. */
export interface DriverBody {
  /** Raft id of the manager as decimal digits: unique. */
  readonly member: string;
  /** Name of the manager, for people. */
  readonly name: string;
  /** Address at which other managers reach it, `host:port`. */
  readonly addr: string;
  /** Name or id of the node on which it runs, as it was started with; empty when its address says so. */
  readonly node: string;
  /** IP address at which it publishes the ingress ports of services; empty when it publishes none. */
  readonly ingress: string;
  /** Id of its lease: the driver is removed with it. */
  readonly lease: string;
  /** Ids of `engines` that did not answer this manager: others try them. */
  readonly cannotReach: readonly string[];
}

/** Values of the indexes of {@link drivers}. */
export interface DriverIndexes {
  /** Raft id of the manager: unique. */
  readonly member: string;
  /** Id of its lease. */
  readonly lease: string | undefined;
}

/** Managers that drive engines, each for as long as it keeps its lease alive. */
export const drivers: SystemKind<DriverBody, DriverIndexes, 'drivers'> = defineKind({
  name: 'drivers',
  schema: objectOf<DriverBody>()({
    member: text(),
    name: text(),
    addr: text(),
    node: text(),
    ingress: text(),
    lease: text(),
    cannotReach: list(text()),
  }),
  indexes: { member: (driver) => driver.member, lease: (driver) => driver.lease || undefined },
  unique: ['member'],
});
