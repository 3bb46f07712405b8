import type { GenericResource, ResourceRequirements, Resources } from '../parts/index.js';
import { refuse } from '../rules.js';

/** Least processor time that an engine takes: a thousandth of a CPU. */
const nanoCpusMin = 1_000_000;
/** Least memory with which a container can start. */
const memoryBytesMin = 4 * 1024 * 1024;

/** Refuses amounts that no container can have. */
export function checkResources({ limits, reservations }: ResourceRequirements): void {
  if (limits) checkAmounts('spec.task.resources.limits', limits);
  if (reservations) checkAmounts('spec.task.resources.reservations', reservations);
}

function checkAmounts(path: string, { nanoCpus, memoryBytes, pids, generic }: Resources): void {
  if (nanoCpus !== 0 && nanoCpus < nanoCpusMin)
    refuse('service', `${path}.nanoCpus`, `must be 0, or at least ${nanoCpusMin}: 0.001 CPUs; is ${nanoCpus}`);
  if (memoryBytes !== 0 && memoryBytes < memoryBytesMin)
    refuse('service', `${path}.memoryBytes`, `must be 0, or at least ${memoryBytesMin}: 4 MiB; is ${memoryBytes}`);
  // -1 is no limit, as in Docker.
  if (pids < -1) refuse('service', `${path}.pids`, `must be -1 or more, is ${pids}`);
  const kinds = new Set<string>();
  generic.forEach((resource, i) => checkGeneric(`${path}.generic[${i}]`, resource, kinds));
}

function checkGeneric(path: string, { kind, named, discrete }: GenericResource, kinds: Set<string>): void {
  if (kind === '') refuse('service', `${path}.kind`, 'must name a resource, such as gpu');
  if ((named === undefined) === (discrete === undefined))
    refuse('service', path, 'must have one of named and discrete');
  if (discrete !== undefined && discrete < 1)
    refuse('service', `${path}.discrete`, `must be at least 1, is ${discrete}`);
  const key = named === undefined ? kind : `${kind} ${named}`;
  if (kinds.has(key)) refuse('service', `${path}.kind`, `"${key}" is given twice; add the numbers up`);
  kinds.add(key);
}
