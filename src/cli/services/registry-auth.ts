import { changeOf, type Client } from '../../client/index.js';
import type { PlannedChange, Stack } from '../../compose/index.js';
import type { Service } from '../../kinds/index.js';

/** Gives the credentials for the registry of an image; `''` when there are none. */
export type AuthOf = (image: string) => Promise<string>;

/** Returns a service with credentials for the registry of its image; the same object when there are none. */
export async function withRegistryAuth(service: Service, authOf: AuthOf): Promise<Service> {
  const { spec } = service;
  const { container } = spec.task;
  const registryAuth = container ? await authOf(container.image) : '';
  if (!container || registryAuth === '') return service;
  return { ...service, spec: { ...spec, task: { ...spec.task, container: { ...container, registryAuth } } } };
}

/**
 * Returns the changes of a stack with credentials for registries. A member never shows those of a service: it is asked
 * whether they would change, where nothing else does.
 */
export async function withStackAuth(
  client: Client,
  stack: Stack,
  given: { readonly changes: readonly PlannedChange[]; readonly services: readonly Service[]; readonly authOf: AuthOf },
): Promise<PlannedChange[]> {
  const { changes, services, authOf } = given;
  const made: PlannedChange[] = [];
  for (const change of changes)
    made.push(
      change.op !== 'remove' && change.kind === 'service'
        ? { ...change, object: await withRegistryAuth(change.object as Service, authOf) }
        : change,
    );
  const planned = new Set(changes.map((change) => (change.op === 'remove' ? change.id : change.object.id)));
  const names = new Set(stack.services.map(({ key }) => `${stack.name}_${key}`.toLowerCase()));
  for (const service of services) {
    const { name } = service.spec.annotations;
    if (planned.has(service.id) || !names.has(name.toLowerCase())) continue;
    const object = await withRegistryAuth(service, authOf);
    if (object === service) continue;
    const { version } = service.meta;
    const [update] = await client.plan([changeOf('update', 'service', object, { version })]);
    if (update && update.fields.length > 0) made.push({ op: 'update', kind: 'service', name, object, version });
  }
  return made;
}
