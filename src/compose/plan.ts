import {
  builtInKinds,
  canonicalObject,
  type Config,
  type DeepPartial,
  isPredefinedNetwork,
  type Network,
  type Secret,
  type Service,
  type ServiceSpec,
  type Task,
} from '../kinds/index.js';
import { stackLabel } from './labels.js';
import { checkPlan } from './plan-check.js';
import { planContents } from './plan-content.js';
import { removals } from './plan-removals.js';
import { byName, Draft, kept, noMeta, type PlannedChange } from './planned.js';
import type { Reader } from './reader.js';
import type { ComposeService } from './service.js';
import type { Stack } from './stack.js';

/** Objects that are in the cluster now. */
export interface Current {
  readonly networks: readonly Network[];
  readonly secrets: readonly Secret[];
  readonly configs: readonly Config[];
  readonly services: readonly Service[];
  /** Needed to remove objects: tasks may still use them. */
  readonly tasks: readonly Task[];
}

export interface PlanOptions {
  /** True: objects of the stack that the file no longer has are removed. */
  readonly prune: boolean;
  /** Makes ids for what is new: a service names its networks by id, in the same transaction. */
  readonly newId: () => string;
  /** Tells whether a secret or config holds this data, base64. Secrets are read without their data. */
  readonly isSame: (kind: 'secret' | 'config', id: string, data: string) => boolean;
  /** Makes the end of the name of a secret or config with changed content: eight characters. */
  readonly suffixOf: (kind: 'secret' | 'config', data: string) => string;
}

type Ids = ReadonlyMap<string, { readonly id: string; readonly name: string }>;

/**
 * Finds what must change so that the cluster holds the stack: only what differs.
 * @throws {ComposeError} when an external network, secret or config is not there, and where the cluster would refuse a
 *   service.
 * @throws {StoreError} `NAME_CONFLICT`: an object of that name is there and is not the stack's.
 */
export function planStack(stack: Stack, current: Current, options: PlanOptions): PlannedChange[] {
  const draft = new Draft(stack.name);
  const networks = planNetworks(draft, stack, current.networks, options.newId);
  const contents = (kind: 'secret' | 'config') =>
    planContents(draft, kind, kind === 'secret' ? stack.secrets : stack.configs, {
      ...options,
      current: kind === 'secret' ? current.secrets : current.configs,
    });
  const ids = { networks, secrets: contents('secret'), configs: contents('config') };
  const services = byName(current.services);
  const planned = new Map<string, ComposeService>();
  for (const service of stack.services) {
    const name = `${stack.name}_${service.key}`;
    const old = services.get(name.toLowerCase());
    draft.checkOwner('service', old);
    planned.set(name, service);
    const id = old?.id ?? options.newId();
    const spec = specOf(service, { name, stack, ids, old });
    draft.add('service', canonicalObject(builtInKinds.services, { ...old, id, spec }, id, noMeta), old);
  }
  for (const key of stack.leftOut) keepLeftOut(draft, services.get(`${stack.name}_${key}`.toLowerCase()));
  const changes = [...removals(draft, current, options.prune), ...draft.changes];
  checkPlan(changes, current, planned);
  return changes;
}

/** Keeps a service that no profile enables, with all it uses. */
function keepLeftOut(draft: Draft, there: Service | undefined): void {
  if (!there) return;
  const { networks, container } = there.spec.task;
  for (const id of [
    there.id,
    ...networks.map(({ target }) => target),
    ...(container?.secrets ?? []).map(({ secretId }) => secretId),
    ...(container?.configs ?? []).map(({ configId }) => configId),
  ])
    draft.wanted.add(id);
}

function planNetworks(
  draft: Draft,
  stack: Stack,
  current: readonly Network[],
  newId: () => string,
): Map<string, string> {
  const ids = new Map<string, string>();
  const networks = byName(current);
  for (const network of stack.networks) {
    const name = network.name ?? `${stack.name}_${network.key}`;
    const old = networks.get(name.toLowerCase());
    if (network.external) {
      if (!old && isPredefinedNetwork(name)) ids.set(network.key, name);
      else if (old) {
        ids.set(network.key, old.id);
        draft.wanted.add(old.id);
      } else if (!stack.unused.has(network.key))
        network.reader.fail(
          `the external network "${name}" is not there: create it first, with skep network create ${name}`,
        );
      continue;
    }
    draft.checkOwner('network', old);
    const id = old?.id ?? newId();
    ids.set(network.key, id);
    const labels = { ...network.spec.annotations?.labels, [stackLabel]: stack.name };
    const spec = { ...network.spec, annotations: { ...kept(old), name, labels } };
    draft.add('network', canonicalObject(builtInKinds.networks, { ...old, id, spec }, id, noMeta), old);
  }
  return ids;
}

function specOf(
  { key, spec, attachments, secrets, configs, credentialConfig }: ComposeService,
  context: {
    readonly name: string;
    readonly stack: Stack;
    readonly ids: { readonly networks: ReadonlyMap<string, string>; readonly secrets: Ids; readonly configs: Ids };
    readonly old: Service | undefined;
  },
): DeepPartial<ServiceSpec> {
  const { name, stack, ids, old } = context;
  const own = { [stackLabel]: stack.name };
  const joins = attachments.length > 0 ? attachments : [{ key: 'default', aliases: [] }];
  const networks = joins.map((join) => {
    const target = ids.networks.get(join.key) ?? '';
    return { target, aliases: isPredefinedNetwork(target) ? [] : [...new Set([...join.aliases, key])] };
  });
  const container = spec.task?.container;
  const credential = credentialConfig && idOf('config', context, credentialConfig);
  const used = configs.map(({ file, ...use }) => {
    const { id, name: configName } = idOf('config', context, use);
    return { configId: id, configName, file };
  });
  const runtime = credential ? [{ configId: credential.id, configName: credential.name, runtime: true }] : [];
  return {
    ...spec,
    annotations: { ...kept(old), name, labels: { ...spec.annotations?.labels, ...own } },
    task: {
      ...spec.task,
      container: {
        ...container,
        labels: { ...container?.labels, ...own },
        secrets: secrets.map(({ file, ...use }) => {
          const { id, name: secretName } = idOf('secret', context, use);
          return { secretId: id, secretName, file };
        }),
        configs: [...used, ...runtime],
        ...(credential && { privileges: { ...container?.privileges, credentialSpec: { config: credential.id } } }),
      },
      networks,
      ...(old && { forceUpdate: old.spec.task.forceUpdate }),
    },
  };
}

/** Finds the secret or config that a service uses. */
function idOf(
  kind: 'secret' | 'config',
  { ids, stack }: { readonly ids: { readonly secrets: Ids; readonly configs: Ids }; readonly stack: Stack },
  { key, reader }: { readonly key: string; readonly reader: Reader },
): { readonly id: string; readonly name: string } {
  const plural = `${kind}s` as const;
  const name = stack[plural].find((content) => content.key === key)?.name ?? key;
  return (
    ids[plural].get(key) ??
    reader.fail(`the external ${kind} "${name}" is not there: create it first, with skep ${kind} create ${name}`)
  );
}
