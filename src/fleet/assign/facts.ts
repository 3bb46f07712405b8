import type { messages } from '../../client/index.js';
import type { GenericResource } from '../../kinds/index.js';
import type { EngineInfo, EnginePing } from '../engine/types.js';
import { FleetError } from '../fleet.js';
import { nodeIdOf } from './node-id.js';

/** Fields of `GET /info` beside those that every part of the fleet reads. */
interface MoreInfo {
  readonly Plugins?: Readonly<Record<string, readonly string[] | null>>;
  readonly Swarm?: { readonly NodeID?: string; readonly LocalNodeState?: string; readonly ControlAvailable?: boolean };
  readonly GenericResources?: readonly GenericPiece[] | null;
}

interface GenericPiece {
  readonly NamedResourceSpec?: { readonly Kind?: string; readonly Value?: string };
  readonly DiscreteResourceSpec?: { readonly Kind?: string; readonly Value?: number };
}

type Description = messages.EngineFacts['description'];

/**
 * Reads what an engine says of itself as the facts that managers report.
 * @throws {FleetError} `INVALID` when it has no id, or does not say how large it is.
 */
export function factsOf(
  info: EngineInfo & MoreInfo,
  { apiVersion = '' }: Pick<EnginePing, 'apiVersion'>,
): messages.EngineFacts {
  if (!info.ID) throw new FleetError('INVALID', 'the engine has no id; is it an engine of Docker?');
  if (!info.NCPU || !info.MemTotal)
    throw new FleetError('INVALID', 'the engine does not say how large it is; is it an engine of Docker?');
  const { Swarm: swarm } = info;
  const inSwarm = swarm?.LocalNodeState === 'active';
  return {
    engineId: info.ID,
    nodeId: nodeIdOf(info.ID),
    description: descriptionOf(info),
    apiVersion,
    swarmNode: inSwarm ? (swarm.NodeID ?? '') : '',
    swarmControl: inSwarm && swarm.ControlAvailable === true,
  };
}

function descriptionOf(info: EngineInfo & MoreInfo): Description {
  return {
    hostname: info.Name,
    platform: { architecture: info.Architecture ?? '', os: info.OSType ?? '' },
    resources: {
      nanoCpus: info.NCPU * 1e9,
      memoryBytes: info.MemTotal,
      generic: (info.GenericResources ?? []).flatMap(genericOf),
      pids: 0,
    },
    engine: { engineVersion: info.ServerVersion ?? '', labels: labelsOf(info.Labels ?? []), plugins: pluginsOf(info) },
  };
}

function genericOf({ NamedResourceSpec: named, DiscreteResourceSpec: discrete }: GenericPiece): GenericResource[] {
  if (named?.Kind) return [{ kind: named.Kind, named: named.Value ?? '' }];
  return discrete?.Kind ? [{ kind: discrete.Kind, discrete: discrete.Value ?? 0 }] : [];
}

/** Labels as `key=value`; the first `=` separates. */
function labelsOf(labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    labels.map((label) => {
      const at = label.indexOf('=');
      return at < 0 ? [label, ''] : [label.slice(0, at), label.slice(at + 1)];
    }),
  );
}

/** In one order, whatever the engine's: a change of the order is no news. */
function pluginsOf({ Plugins: plugins = {} }: MoreInfo) {
  const all = Object.entries(plugins).flatMap(([type, names]) => (names ?? []).map((name) => ({ type, name })));
  return all.sort((a, b) => (`${a.type}/${a.name}` < `${b.type}/${b.name}` ? -1 : 1));
}
