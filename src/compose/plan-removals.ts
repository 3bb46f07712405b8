import { type ServiceSpec, type Task, type TaskSpec, taskStateOrder } from '../kinds/index.js';
import { stackLabel } from './labels.js';
import type { Current } from './plan.js';
import type { Draft, PlannedChange, StackKind, StackObject } from './planned.js';

/**
 * Finds what belongs to the stack and is no longer in the file: services before what they use. Without `prune` that is
 * only content that other content took the place of. An object that a task uses stays until the task ends, and a secret
 * or config too while a service, or the version of it before the last, uses it. A later plan removes them.
 */
export function removals(draft: Draft, current: Current, prune: boolean): PlannedChange[] {
  const gone = <T extends StackObject>(objects: readonly T[]) =>
    objects.filter(
      ({ id, spec }) =>
        spec.annotations.labels[stackLabel] === draft.stack &&
        !draft.wanted.has(id) &&
        (prune || draft.superseded.has(id)),
    );
  const services = gone(current.services);
  const used = new Set(
    current.tasks
      .filter(isLive)
      .flatMap(({ spec, networks }) => [
        ...usedBy(spec),
        ...spec.networks.map(({ target }) => target),
        ...networks.map(({ networkId }) => networkId),
      ]),
  );
  const removed = new Set(services.map(({ id }) => id));
  const staying = current.services.filter(({ id }) => !removed.has(id));
  const kept = new Set(
    staying.flatMap(({ spec, previousSpec }) => [spec, ...(previousSpec ? [previousSpec] : [])].flatMap(usedBySpec)),
  );
  const removal = (kind: StackKind) => (object: StackObject) => ({
    op: 'remove' as const,
    kind,
    name: object.spec.annotations.name,
    id: object.id,
    version: object.meta.version,
  });
  const unused = ({ id }: StackObject) => !used.has(id) && !kept.has(id);
  return [
    ...services.map(removal('service')),
    ...gone(current.secrets).filter(unused).map(removal('secret')),
    ...gone(current.configs).filter(unused).map(removal('config')),
    ...gone(current.networks)
      .filter(({ id }) => !used.has(id))
      .map(removal('network')),
  ];
}

/** A task that has ended keeps its history, and needs nothing. */
const isLive = ({ status }: Task) => taskStateOrder(status.state) <= taskStateOrder('running');

function usedBySpec({ task }: ServiceSpec): string[] {
  return usedBy(task);
}

/** Ids of the secrets and configs of a task. */
function usedBy({ container }: TaskSpec): string[] {
  return [
    ...(container?.secrets ?? []).map(({ secretId }) => secretId),
    ...(container?.configs ?? []).map(({ configId }) => configId),
  ];
}
