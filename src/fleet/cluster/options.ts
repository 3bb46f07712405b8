import { refuseUnknown } from '../../base/options.js';
import { type ContainerFilter, filterNames, filtersNamed, type Strategy, strategyNamed } from '../../schedule/index.js';
import type { DockerClientOptions } from '../engine/calls.js';
import { type EngineOptions, type EngineSettings, engineSettings } from '../engine/options.js';

/** Options of a {@link Cluster}. Those of its engines are among them. */
export interface ClusterOptions extends EngineOptions {
  /** `spread` (default), `binpack` or `random`. */
  readonly strategy?: string;
  /** Names of filters; default all of them. */
  readonly filters?: readonly string[];
  /** Times that a creation is tried again which failed on its engine. Default 0. */
  readonly createRetry?: number;
  /** Settings of the clients of engines: TLS, timeouts. */
  readonly client?: Omit<DockerClientOptions, 'address'>;
  /** Begins without the lead: see {@link Cluster.lead}. Default false: it leads at once, with records in memory. */
  readonly follows?: boolean;
}

/** Options with their defaults. */
export interface ClusterSettings {
  readonly engine: EngineSettings;
  readonly strategy: Strategy;
  readonly filters: readonly ContainerFilter[];
  readonly createRetry: number;
  readonly client: Omit<DockerClientOptions, 'address'>;
  readonly follows: boolean;
}

const ownNames = ['strategy', 'filters', 'createRetry', 'client', 'follows'];

/**
 * Fills in the defaults.
 * @throws SchedulingError for a strategy or filter that does not exist; RangeError for a number that cannot be right.
 */
export function clusterSettings(options: ClusterOptions): ClusterSettings {
  const {
    strategy = 'spread',
    filters = filterNames,
    createRetry = 0,
    client = {},
    follows = false,
    ...engine
  } = options;
  const settings = engineSettings(engine);
  refuseUnknown('Cluster', options, [...ownNames, ...Object.keys(settings)]);
  if (!(Number.isInteger(createRetry) && createRetry >= 0))
    throw new RangeError(`swarm.createretry can not be negative, ${createRetry} is invalid`);
  return {
    engine: settings,
    strategy: strategyNamed(strategy),
    filters: filtersNamed(filters),
    createRetry,
    client,
    follows,
  };
}
