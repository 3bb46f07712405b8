import { isStoreError, StoreError } from '../base/store-error.js';
import { checkService, type Service } from '../kinds/index.js';
import { placeOf } from './places.js';
import type { Current } from './plan.js';
import type { PlannedChange, StackObject } from './planned.js';
import type { ComposeService } from './service.js';

type Objects = ReadonlyMap<string, StackObject>;

/**
 * Asks the rules of services about everything that a plan changes, so that an error can name the line.
 * @param services services of the file, by the name that they have in the cluster.
 * @throws {ComposeError} where the cluster would refuse a service.
 */
export function checkPlan(
  changes: readonly PlannedChange[],
  current: Current,
  services: ReadonlyMap<string, ComposeService>,
): void {
  const after = (kind: PlannedChange['kind'], objects: readonly StackObject[]): Objects => {
    const all = new Map(objects.map((object) => [object.id, object]));
    for (const change of changes) {
      if (change.kind !== kind) continue;
      if (change.op === 'remove') all.delete(change.id);
      else all.set(change.object.id, change.object);
    }
    return all;
  };
  const planned = after('service', current.services) as ReadonlyMap<string, Service>;
  const old = new Map(current.services.map((service) => [service.id, service]));
  const found =
    <T>(objects: Objects) =>
    (id: string) =>
      objects.get(id) as T | undefined;
  const around = {
    network: found<Current['networks'][number]>(after('network', current.networks)),
    secret: found<Current['secrets'][number]>(after('secret', current.secrets)),
    config: found<Current['configs'][number]>(after('config', current.configs)),
    findService: (where: (service: Service) => boolean) => [...planned.values()].find(where),
  };
  for (const change of changes) {
    if (change.kind !== 'service' || change.op === 'remove') continue;
    const service = services.get(change.name);
    if (!service) continue;
    const object = change.object as Service;
    atPlace(service, object, () => checkService(around, object, old.get(object.id)));
  }
}

/** Runs a check, and gives its error the place in the file. */
function atPlace(service: ComposeService, planned: Service, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!isStoreError(error) || error.details.path === undefined) throw error;
    const { path } = error.details;
    placeOf(service, planned, path).fail(saysOf(error, path), error);
  }
}

/** Returns what the error says about the field, without the field: the place in the file stands for it. */
function saysOf({ code, message }: StoreError, path: string): string {
  const before = `${code}: service: ${path} `;
  return message.startsWith(before) ? message.slice(before.length) : message;
}
