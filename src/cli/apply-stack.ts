import { createHash } from 'node:crypto';
import { newId } from '../base/ids.js';
import { systemRandom } from '../base/random.js';
import { isStoreError, isStoreErrorOf } from '../base/store-error.js';
import { changeOf, type Client, type messages, type WriteOptions } from '../client/index.js';
import { type PlannedChange, planStack, type Stack, versionsOf } from '../compose/index.js';
import type { Config, Secret, Service } from '../kinds/index.js';
import { type AuthOf, withStackAuth } from './services/registry-auth.js';

/** Characters that tell apart contents of one name. */
const suffixLength = 8;
/** Maximum number of plans when another writer changes the same objects. */
const attempts = 3;

/** A stack in the cluster, after its changes or before those of a dry run. */
export interface AppliedStack {
  readonly changes: readonly PlannedChange[];
  /** Fields of each change; only of a dry run. */
  readonly planned: readonly messages.PlannedChange[];
  /** Services of the stack, with the version of their spec; without those that are not made yet. */
  readonly services: ReadonlyMap<string, number>;
  /** Version of the write; 0 when nothing was written. */
  readonly version: number;
}

/** Makes the cluster hold the stack, in one transaction. Plans again when others change it meanwhile. */
export async function applyStack(
  client: Client,
  stack: Stack,
  options: {
    readonly prune: boolean;
    readonly dryRun: boolean;
    readonly said: WriteOptions;
    /** Gives the credentials for the registry of an image; absent: services keep those that they have. */
    readonly authOf?: AuthOf | undefined;
  },
): Promise<AppliedStack> {
  let tidy = true;
  for (let attempt = 1; ; attempt++) {
    try {
      const { changes: all, current } = await plan(client, stack, options);
      const changes = tidy ? all : all.filter(({ op }) => op !== 'remove');
      const wire = changes.map(toWire);
      const of = (version: number) => servicesOf(stack, current, changes, version);
      if (changes.length === 0) return { changes, planned: [], services: of(0), version: 0 };
      if (options.dryRun) return { changes, planned: await client.plan(wire), services: of(0), version: 0 };
      const { version } = await client.apply(wire, { reason: `apply ${stack.name}`, ...options.said });
      return { changes, planned: [], services: of(version), version };
    } catch (error) {
      // Old content is removed by the way: what still needs it must not stop the stack.
      if (isStoreError(error, 'IN_USE') && !options.prune && tidy) {
        tidy = false;
        continue;
      }
      const changed = isStoreErrorOf(error, ['SEQUENCE_CONFLICT', 'NAME_CONFLICT', 'NOT_FOUND']);
      if (!changed || attempt === attempts) throw error;
    }
  }
}

/** Finds the services of the stack: those that were written have their spec from this version on. */
function servicesOf(
  stack: Stack,
  current: readonly Service[],
  changes: readonly PlannedChange[],
  version: number,
): ReadonlyMap<string, number> {
  const names = new Set(stack.services.map(({ key }) => `${stack.name}_${key}`.toLowerCase()));
  const kept = current.filter(({ spec }) => names.has(spec.annotations.name.toLowerCase()));
  const services = new Map(kept.map(({ id, specVersion }) => [id, specVersion]));
  for (const change of changes)
    if (change.kind === 'service' && change.op !== 'remove' && version > 0) services.set(change.object.id, version);
  return services;
}

/** Compares the stack with the cluster. */
async function plan(
  client: Client,
  stack: Stack,
  { prune, authOf }: { readonly prune: boolean; readonly authOf?: AuthOf | undefined },
): Promise<{ readonly changes: PlannedChange[]; readonly current: readonly Service[] }> {
  const { objects: networks } = await client.list('network');
  const { objects: secrets } = await client.list('secret');
  const { objects: configs } = await client.list('config');
  const { objects: services } = await client.list('service');
  const removable = prune || hasContent(stack, [...secrets, ...configs]);
  const tasks = removable ? (await client.list('task')).objects : [];
  const same = await sameSecrets(client, stack, secrets);
  const data = new Map(configs.map(({ id, spec }) => [id, spec.data]));
  const changes = planStack(
    stack,
    { networks, secrets, configs, services, tasks },
    {
      prune,
      newId: () => newId(systemRandom),
      isSame: (kind, id, wanted) => (kind === 'secret' ? same.has(id) : data.get(id) === wanted),
      suffixOf,
    },
  );
  if (authOf) return { changes: await withStackAuth(client, stack, { changes, services, authOf }), current: services };
  return { changes, current: services };
}

/** Tells whether some secret or config may be superseded while tasks use it. */
function hasContent(stack: Stack, stored: readonly (Secret | Config)[]): boolean {
  return [...stack.secrets, ...stack.configs].some(
    ({ external, name, key }) => !external && versionsOf(stack.name, name ?? `${stack.name}_${key}`, stored).length > 0,
  );
}

/**
 * Returns a part of the hash of a config. A secret has a random one: everyone may read names, and a hash would confirm
 * guesses of short passwords.
 */
function suffixOf(kind: 'secret' | 'config', data: string): string {
  if (kind === 'secret') return newId(systemRandom).slice(0, suffixLength);
  return createHash('sha256').update(Buffer.from(data, 'base64')).digest('hex').slice(0, suffixLength);
}

/** Finds the secrets that hold what the file says. A member never shows their data: it is asked whether it would change. */
async function sameSecrets(client: Client, stack: Stack, secrets: readonly Secret[]): Promise<ReadonlySet<string>> {
  const same = new Set<string>();
  for (const { external, name, key, data } of stack.secrets) {
    if (external) continue;
    for (const secret of versionsOf(stack.name, name ?? `${stack.name}_${key}`, secrets)) {
      const wanted = { ...secret, spec: { ...secret.spec, data } };
      try {
        await client.plan([changeOf('update', 'secret', wanted, { version: secret.meta.version })]);
        same.add(secret.id);
        break;
      } catch (error) {
        if (!isStoreError(error, 'INVALID_OBJECT')) throw error;
      }
    }
  }
  return same;
}

function toWire(change: PlannedChange): messages.Change {
  const { op, kind } = change;
  if (op === 'remove') return { op, kind, id: change.id, version: change.version };
  return changeOf(op, kind, change.object, op === 'update' ? { version: change.version } : {});
}
