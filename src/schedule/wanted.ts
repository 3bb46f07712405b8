import type { CreateBody } from './create-body.js';
import { SchedulingError } from './errors.js';
import type { Wanted } from './node-view.js';
import { boundPorts, exposedPorts } from './port-numbers.js';
import { moveRules } from './swarm-labels.js';

/** Says what becomes of a container whose node fails. */
export type ReschedulePolicy = 'off' | 'on-node-failure';

const policies: readonly string[] = ['off', 'on-node-failure'] satisfies ReschedulePolicy[];

/** A container as a user asks for it, read for the scheduler. */
export interface ContainerRequest<Body extends CreateBody> {
  readonly wanted: Wanted;
  /** Body for the engine: rules are in labels, no longer in the environment. */
  readonly body: Body;
  readonly reschedule: ReschedulePolicy;
}

/**
 * Reads the body of `POST /containers/create`.
 * @throws {SchedulingError} `INVALID` when a rule, a policy or a port cannot be read.
 */
export function readRequest<Body extends CreateBody>(name: string, given: Body): ContainerRequest<Body> {
  const { rules, body } = moveRules(given);
  const host = body.HostConfig ?? {};
  const networkMode = host.NetworkMode ?? '';
  // Only in the network of the node are they ports of the node; elsewhere they need not be read.
  const exposed = networkMode === 'host' ? exposedPorts(body) : { ports: [], names: [] };
  const wanted: Wanted = {
    name,
    image: body.Image ?? '',
    constraints: rules.constraint,
    affinities: rules.affinity,
    whitelists: rules.whitelist,
    volumesFrom: host.VolumesFrom ?? [],
    links: host.Links ?? [],
    networkMode,
    ports: boundPorts(body),
    exposedPorts: exposed.ports,
    exposedNames: exposed.names,
    cpus: cpusOf(host),
    memoryBytes: Math.max(0, host.Memory ?? 0),
  };
  return { wanted, body, reschedule: policyOf(rules.reschedule) };
}

/** CPUs that a container reserves: `CpuShares` is their number, `NanoCpus` (`--cpus`) a limit. The larger counts. */
function cpusOf({ CpuShares = 0, NanoCpus = 0 }: { CpuShares?: number; NanoCpus?: number }): number {
  return Math.max(0, CpuShares, NanoCpus / 1e9);
}

function policyOf(texts: readonly string[]): ReschedulePolicy {
  if (texts.length > 1) throw new SchedulingError('INVALID', 'too many reschedule policies');
  const [policy = 'off'] = texts;
  if (!policies.includes(policy)) throw new SchedulingError('INVALID', `invalid reschedule policy: ${policy}`);
  return policy as ReschedulePolicy;
}
