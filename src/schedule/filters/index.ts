import { SchedulingError } from '../errors.js';
import type { Filter } from '../filter.js';
import type { NodeView, Wanted } from '../node-view.js';
import { affinityFilter } from './affinity.js';
import { constraintFilter } from './constraint.js';
import { containerSlotsFilter } from './container-slots.js';
import { dependencyFilter } from './dependency.js';
import { healthFilter } from './health.js';
import { portFilter } from './port.js';
import { whitelistFilter } from './whitelist.js';

/** A filter for containers of classic Swarm. */
export type ContainerFilter = Filter<Wanted, NodeView>;

/** All filters, in the order in which they are applied unless the user chooses. */
export const containerFilters: readonly ContainerFilter[] = [
  healthFilter,
  portFilter,
  containerSlotsFilter,
  dependencyFilter,
  affinityFilter,
  constraintFilter,
  whitelistFilter,
];

/** Names for `--filter`. */
export const filterNames: readonly string[] = containerFilters.map(({ name }) => name);

/**
 * Returns the filters of these names, in this order.
 * @throws {SchedulingError} `NOT_SUPPORTED` when one does not exist.
 */
export function filtersNamed(names: readonly string[]): ContainerFilter[] {
  return names.map((name) => {
    const filter = containerFilters.find((one) => one.name === name);
    if (!filter) throw new SchedulingError('NOT_SUPPORTED', 'filter not supported');
    return filter;
  });
}
