import { isIP } from 'node:net';
import { leases } from '../replica/index.js';
import {
  byReferencedConfigId,
  byReferencedNetworkId,
  byReferencedSecretId,
  isKind,
  kindOf,
  StoreError,
  type AnyObject,
  type By,
  type Config,
  type Kind,
  type Network,
  type ReadTx,
  type Secret,
  type Service,
  type StoredObject,
  type Volume,
} from '../state/index.js';
import { checkName, refuse } from './names.js';
import { checkService } from './service-rules.js';

function inUse(what: string, by: string): never {
  throw new StoreError('IN_USE', `${what} is in use by ${by}: change that first`);
}

/** What the API asks of an object beyond what the store does: names, references, and what may not collide. */
export function checkObject(tx: ReadTx, kind: string, object: AnyObject, old: StoredObject | undefined): void {
  checkName(kind, object);
  checkLabels(kind, object);
  switch (kind) {
    case 'service':
      checkService(tx, object as Service);
      return;
    case 'network':
      checkNetwork(tx, object as Network);
      return;
    case 'secret':
    case 'config':
      checkData(kind, object as Secret | Config, old as Secret | Config | undefined);
      return;
    case 'volume':
      checkVolume(tx, object as Volume);
  }
}

/** The kind of `skep/coordination`; the API is no user of that. */
const locksKind = 'locks';

/** Whoever holds a lock is told when its lease ends, and not when the lock is gone: there would be two. */
function checkUnheld(tx: ReadTx, object: StoredObject): void {
  const { lease } = object as StoredObject & { readonly lease?: string };
  if (lease !== undefined && tx.kind(leases).get(lease))
    throw new StoreError('IN_USE', `locks ${object.id} is held; to take it away, remove its lease: leases/${lease}`);
}

/** Refuses to remove what others need. Asked when the whole transaction is made: they may go together. */
export function checkRemoval(tx: ReadTx, kind: string, object: StoredObject): void {
  if (kind === locksKind) checkUnheld(tx, object);
  if (!isKind(kind)) return;
  const name = `${kind} ${nameOrId(kind, object)}`;
  switch (kind) {
    case 'network':
      checkUnused(tx, name, byReferencedNetworkId(object.id));
      return;
    case 'secret':
      checkUnused(tx, name, byReferencedSecretId(object.id));
      checkUnusedByVolumes(tx, name, object.id);
      return;
    case 'config':
      checkUnused(tx, name, byReferencedConfigId(object.id));
      return;
    case 'volume': {
      const [place] = (object as Volume).publishStatus;
      if (place) inUse(name, `node ${place.nodeId}`);
      return;
    }
    default: // nobody names the others
  }
}

function nameOrId(kind: Kind, object: StoredObject): string {
  return kindOf(kind).nameOf(object) || object.id;
}

function checkUnused(tx: ReadTx, name: string, by: By): void {
  const [service] = tx.services().find(by, { limit: 1 });
  if (service) inUse(name, `service ${nameOrId('service', service)}`);
  const [task] = tx.tasks().find(by, { limit: 1, where: ({ status }) => !over.has(status.state) });
  if (task) inUse(name, `task ${task.id}`);
}

/** Tasks in these states hold nothing any more. */
const over: ReadonlySet<string> = new Set(['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned']);

function checkUnusedByVolumes(tx: ReadTx, name: string, secret: string): void {
  const where = ({ spec }: Volume) => spec.secrets.some((one) => one.secret === secret);
  const [volume] = tx.volumes().find(undefined, { limit: 1, where });
  if (volume) inUse(name, `volume ${nameOrId('volume', volume)}`);
}

function checkLabels(kind: string, object: StoredObject): void {
  const { spec } = object as { spec?: { annotations?: { labels: Readonly<Record<string, string>> } } };
  if (spec?.annotations && '' in spec.annotations.labels)
    refuse(kind, 'spec.annotations.labels', 'must not have an empty key');
}

function checkNetwork(tx: ReadTx, { id, spec }: Network): void {
  spec.ipam?.configs.forEach(({ subnet, range, gateway }, i) => {
    const path = `spec.ipam.configs[${i}]`;
    if (subnet !== '' && !isCidr(subnet)) refuse('network', `${path}.subnet`, `must be like 10.0.0.0/24, is ${subnet}`);
    if (range !== '' && !isCidr(range)) refuse('network', `${path}.range`, `must be like 10.0.0.0/24, is ${range}`);
    if (gateway !== '' && isIP(gateway) === 0)
      refuse('network', `${path}.gateway`, `must be an address, is ${gateway}`);
  });
  if (!spec.ingress) return;
  const [other] = tx.networks().find(undefined, { limit: 1, where: (one) => one.spec.ingress && one.id !== id });
  if (other) throw new StoreError('IN_USE', `network ${nameOrId('network', other)} is the ingress network already`);
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', more] = text.split('/');
  const family = isIP(address);
  return family !== 0 && more === undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** Tasks that run would not notice: a new one is made, and the services are pointed to it. */
function checkData(kind: string, { spec }: Secret | Config, old: Secret | Config | undefined): void {
  if (old && old.spec.data !== spec.data)
    refuse(kind, 'spec.data', `cannot be changed: create another ${kind} and update the services that use this one`);
  if (spec.data === '' && !('driver' in spec && spec.driver)) refuse(kind, 'spec.data', 'must not be empty');
}

function checkVolume(tx: ReadTx, { spec }: Volume): void {
  if (spec.driver === undefined || spec.driver.name === '') refuse('volume', 'spec.driver.name', 'must name a driver');
  spec.secrets.forEach(({ secret }, i) => {
    if (!tx.secrets().get(secret))
      refuse('volume', `spec.secrets[${i}].secret`, `names "${secret}", which is no secret`);
  });
}
