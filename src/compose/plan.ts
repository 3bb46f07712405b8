import { plainEqual } from '../base/plain.js';
import { StoreError } from '../base/store-error.js';
import {
  type AnyObject,
  builtInKinds,
  canonicalObject,
  type DeepPartial,
  type Network,
  type Service,
  type ServiceSpec,
} from '../kinds/index.js';
import type { Stack } from './stack.js';

/** Label of the stack that an object belongs to, as Docker's. */
export const stackLabel = 'com.docker.stack.namespace';

/** One thing to do to the cluster so that it is what the file says. */
export type PlannedChange =
  | { readonly op: 'create'; readonly kind: 'network' | 'service'; readonly name: string; readonly object: AnyObject }
  | {
      readonly op: 'update';
      readonly kind: 'network' | 'service';
      readonly name: string;
      readonly object: AnyObject;
      readonly version: number;
    }
  | {
      readonly op: 'remove';
      readonly kind: 'network' | 'service';
      readonly name: string;
      readonly id: string;
      readonly version: number;
    };

/** Objects that are in the cluster now. */
export interface Current {
  readonly networks: readonly Network[];
  readonly services: readonly Service[];
}

const noMeta = Object.freeze({ version: 0, createdAt: 0, updatedAt: 0 });

/**
 * Finds what must change so that the cluster holds the stack: only what differs.
 * @param newId makes ids for what is new: a service names its networks by id, in the same transaction.
 * @throws {ComposeError} when an external network is not there.
 * @throws {StoreError} `NAME_CONFLICT`: an object of that name is there and is not the stack's.
 */
export function planStack(
  stack: Stack,
  current: Current,
  options: { prune: boolean; newId: () => string },
): PlannedChange[] {
  const labels = { [stackLabel]: stack.name };
  const ids = new Map<string, string>();
  const changes: PlannedChange[] = [];
  const wanted = new Set<string>();
  const networks = byName(current.networks);
  const services = byName(current.services);

  for (const network of stack.networks) {
    const name = network.name ?? `${stack.name}_${network.key}`;
    const old = networks.get(name.toLowerCase());
    if (network.external) {
      if (!old && stack.unused.has(network.key)) continue;
      if (!old) network.reader.fail(`the external network "${name}" is not there: ${advice(name)}`);
      ids.set(network.key, old.id);
      wanted.add(old.id);
      continue;
    }
    checkOwner('network', stack.name, old);
    const id = old?.id ?? options.newId();
    ids.set(network.key, id);
    wanted.add(id);
    const annotations = { ...kept(old), name, labels: { ...network.spec.annotations?.labels, ...labels } };
    const spec = { ...network.spec, annotations };
    const object = canonicalObject(builtInKinds.networks, { ...old, id, spec }, id, noMeta);
    addChange(changes, 'network', name, object, old);
  }
  for (const { key, spec, attachments } of stack.services) {
    const name = `${stack.name}_${key}`;
    const old = services.get(name.toLowerCase());
    checkOwner('service', stack.name, old);
    const id = old?.id ?? options.newId();
    wanted.add(id);
    const joins = attachments.length > 0 ? attachments : [{ key: 'default', aliases: [] }];
    const joined = joins.map((join) => ({
      target: ids.get(join.key) ?? '',
      aliases: [...new Set([key, ...join.aliases])],
    }));
    const full: DeepPartial<ServiceSpec> = {
      ...spec,
      annotations: { ...kept(old), name, labels: { ...spec.annotations?.labels, ...labels } },
      task: { ...spec.task, networks: joined, ...(old && { forceUpdate: old.spec.task.forceUpdate }) },
    };
    const object = canonicalObject(builtInKinds.services, { ...old, id, spec: full }, id, noMeta);
    addChange(changes, 'service', name, object, old);
  }
  for (const key of stack.leftOut) {
    const there = services.get(`${stack.name}_${key}`.toLowerCase());
    for (const id of there ? [there.id, ...there.spec.task.networks.map(({ target }) => target)] : []) wanted.add(id);
  }
  return options.prune ? [...removals(stack.name, current, wanted), ...changes] : changes;
}

/** Keeps the parts of a spec that a Compose file cannot express. */
function kept(old: Network | Service | undefined) {
  return old && { indices: old.spec.annotations.indices };
}

/** Refuses to change what another stack, or a person, made. */
function checkOwner(kind: string, stack: string, old: Network | Service | undefined): void {
  if (!old) return;
  const { name, labels } = old.spec.annotations;
  const owner = labels[stackLabel];
  if (owner === stack) return;
  const whose = owner === undefined ? 'belongs to no stack' : `belongs to the stack "${owner}"`;
  throw new StoreError('NAME_CONFLICT', `there is a ${kind} "${name}" already, and it ${whose}`);
}

/** Names are compared without case. */
function byName<T extends Network | Service>(objects: readonly T[]): ReadonlyMap<string, T> {
  return new Map(objects.map((object) => [object.spec.annotations.name.toLowerCase(), object]));
}

/** Networks that every engine has; here they are objects like all others. */
const predefined = ['host', 'bridge', 'none'];

function advice(name: string): string {
  return `create it first, with skep network create ${name}${predefined.includes(name) ? ` --driver ${name === 'none' ? 'null' : name}` : ''}`;
}

function addChange(
  changes: PlannedChange[],
  kind: 'network' | 'service',
  name: string,
  object: Network | Service,
  old: Network | Service | undefined,
): void {
  if (!old) changes.push({ op: 'create', kind, name, object });
  else if (!plainEqual(old.spec, object.spec))
    changes.push({ op: 'update', kind, name, object, version: old.meta.version });
}

/** Finds what belongs to the stack and is no longer in the file: services before the networks that they use. */
function removals(stack: string, current: Current, wanted: ReadonlySet<string>): PlannedChange[] {
  const gone = <T extends Network | Service>(objects: readonly T[]) =>
    objects.filter(({ id, spec }) => spec.annotations.labels[stackLabel] === stack && !wanted.has(id));
  const removal = (kind: 'network' | 'service') => (object: Network | Service) => ({
    op: 'remove' as const,
    kind,
    name: object.spec.annotations.name,
    id: object.id,
    version: object.meta.version,
  });
  return [...gone(current.services).map(removal('service')), ...gone(current.networks).map(removal('network'))];
}
