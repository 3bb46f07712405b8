import { plainEqual } from '../../base/plain.js';
import type { ClusterEvent } from '../../fleet/index.js';
import type { Config, Event, Network, Node, Secret, Service } from '../../kinds/index.js';

type Attributes = Readonly<Record<string, string>>;

const actions = { create: 'create', update: 'update', delete: 'remove' } as const;

/** A change of the store as an event of Docker; `undefined` for one that clients would make nothing of. */
export function swarmEvent(change: Event, now: number): ClusterEvent['event'] | undefined {
  if (change.action === 'commit') return undefined;
  const attributes = attributesOf(change);
  if (!attributes) return undefined;
  const at = change.action === 'delete' ? now : change.object.meta.updatedAt;
  return {
    Type: change.kind,
    Action: actions[change.action],
    Actor: { ID: change.object.id, Attributes: attributes },
    scope: 'swarm',
    time: Math.floor(at / 1_000),
    timeNano: `${at}000000`,
  };
}

/** Facts about the object, and about the change; `undefined` when nothing changed that Docker reports. */
function attributesOf(change: Exclude<Event, { readonly action: 'commit' }>): Attributes | undefined {
  const old = change.action === 'update' ? change.old : undefined;
  switch (change.kind) {
    case 'service':
      return serviceAttributes(change.object, old as Service | undefined);
    case 'node':
      return nodeAttributes(change.object, old as Node | undefined);
    case 'secret':
    case 'config':
    case 'network':
      return namedAttributes(change.object, old as Named | undefined);
    default:
      return undefined;
  }
}

type Named = Secret | Config | Network;

function namedAttributes(object: Named, old: Named | undefined): Attributes | undefined {
  if (old && plainEqual(old.spec, object.spec)) return undefined;
  return { name: object.spec.annotations.name };
}

function serviceAttributes(service: Service, old: Service | undefined): Attributes | undefined {
  const name = { name: service.spec.annotations.name };
  if (!old) return name;
  const changes = {
    ...difference('updatestate', updateState(old), updateState(service)),
    ...difference('image', imageOf(old), imageOf(service)),
    ...difference('replicas', replicasOf(old), replicasOf(service)),
  };
  if (Object.keys(changes).length === 0 && plainEqual(old.spec, service.spec)) return undefined;
  return { ...name, ...changes };
}

const updateState = ({ updateStatus }: Service) =>
  (updateStatus?.state ?? '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace('unknown', '');
const imageOf = ({ spec }: Service) => spec.task.container?.image ?? '';
const replicasOf = ({ spec: { mode } }: Service) => ('replicated' in mode ? String(mode.replicated.replicas) : '');

function nodeAttributes(node: Node, old: Node | undefined): Attributes | undefined {
  const name = { name: node.description?.hostname ?? '' };
  if (!old) return name;
  const changes = {
    ...difference('availability', old.spec.availability, node.spec.availability),
    ...difference('role', old.spec.desiredRole, node.spec.desiredRole),
    ...difference('state', old.status.state, node.status.state),
  };
  if (Object.keys(changes).length === 0 && plainEqual(old.spec, node.spec)) return undefined;
  return { ...name, ...changes };
}

function difference(what: string, before: string, now: string): Attributes {
  if (before === now) return {};
  return { ...(now !== '' && { [`${what}.new`]: now }), ...(before !== '' && { [`${what}.old`]: before }) };
}
