// Where a container may run, where it runs best, and why not elsewhere.
export type { CreateBody } from './create-body.js';
export { locateContainer, shownName, swarmIdLabel } from './containers.js';
export { SchedulingError, type SchedulingErrorCode } from './errors.js';
export { explain, type Explained, type Fitting, nearestFirst, type Refused } from './explain.js';
export { type Expression, parseExpression } from './expression.js';
export type { Filter, Refusal, Rule } from './filter.js';
export { type ContainerFilter, containerFilters, filterNames, filtersNamed } from './filters/index.js';
export { resourcesFilter } from './filters/resources.js';
export { judge, judgeSoftly, type NamedRule, passes, rulesOf, type Verdict } from './judge.js';
export type { ContainerView, HostPort, ImageView, NodeView, Wanted } from './node-view.js';
export { select, type SchedulerOptions } from './scheduler.js';
export { strategyNamed, strategyNames } from './strategies/index.js';
export type { Strategy } from './strategies/strategy.js';
export { type ContainerRequest, readRequest, type ReschedulePolicy } from './wanted.js';
export * from './tasks/index.js';
