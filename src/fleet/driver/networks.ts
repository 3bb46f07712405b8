import { type Ipam, isPredefinedNetwork, type Network, type NetworkAttachment, type Task } from '../../kinds/index.js';
import type { CreateNetworkBody } from '../engine/types.js';
import { filled, type Json } from './json.js';
import { clusterLabel, networkLabel } from './labels.js';
import { TaskRefused } from './refusal.js';

/** Membership of an engine in a Docker swarm, whose overlay networks it can use. */
export interface SwarmPlace {
  /** True: the engine is a member. */
  readonly member: boolean;
  /** True: it manages the swarm, and can make overlay networks. */
  readonly control: boolean;
}

/** A network that a container joins on its engine. */
export interface NetworkPlace {
  /** Name of the network on the engine. */
  readonly name: string;
  /** Settings of the connection; absent for one of the engine's own networks. */
  readonly endpoint?: Json;
  /** The network to make when the engine does not have it; absent when the engine cannot make it, or always has it. */
  readonly create?: CreateNetworkBody;
}

/**
 * Returns the networks of a task in the order in which it names them.
 * @throws {TaskRefused} when a network is not in the store.
 */
export function networkPlaces(
  task: Task,
  networkOf: (id: string) => Network | undefined,
  where: { readonly clusterId: string; readonly swarm: SwarmPlace },
): NetworkPlace[] {
  return task.spec.networks.map((attachment) => {
    const { target } = attachment;
    if (isPredefinedNetwork(target)) return predefined(attachment);
    const network = networkOf(target);
    if (!network) throw new TaskRefused(`network ${target} not found`);
    const create = networkBody(network, where);
    const { name } = network.spec.annotations;
    return { name, endpoint: { Aliases: aliasesOf(task, attachment) }, ...(create && { create }) };
  });
}

/** Names that the user asked for are passed on: the engine says which of its own networks take them. */
function predefined({ target, aliases }: NetworkAttachment): NetworkPlace {
  return { name: target, ...(aliases.length > 0 && { endpoint: { Aliases: aliases } }) };
}

/** The service's name, those that the user gave, and `tasks.NAME` of each, as in Docker: stacks look for `tasks.web`. */
function aliasesOf({ serviceAnnotations: { name } }: Task, { aliases }: NetworkAttachment): string[] {
  const names = name === '' ? aliases : [name, ...aliases];
  return [...new Set([...names, ...names.map((one) => `tasks.${one}`)])];
}

/** Options that only an overlay network has: the traffic of a bridge does not leave its engine. */
const overlayOnly = /^(?:encrypted$|com\.docker\.network\.driver\.overlay\.)/;

/** Tells whether a network is one over many engines, where they can do that. */
export function isOverlay({ spec: { driverConfig } }: Network): boolean {
  return ['', 'overlay'].includes(driverConfig?.name ?? '');
}

/**
 * Returns the network to make on an engine. An overlay network is one where the engine is in a swarm of Docker, which
 * only its managers can make; elsewhere it is a bridge of the one engine. `undefined`: others make it.
 */
export function networkBody(
  network: Network,
  { clusterId, swarm }: { readonly clusterId: string; readonly swarm: SwarmPlace },
): CreateNetworkBody | undefined {
  const { annotations, driverConfig, internal, attachable, ipv6Enabled, ipam } = network.spec;
  const overlay = isOverlay(network) && swarm.member;
  if (overlay && !swarm.control) return undefined;
  const bridged = isOverlay(network) && !overlay;
  const options = Object.entries(driverConfig?.options ?? {}).filter(([key]) => !(bridged && overlayOnly.test(key)));
  return {
    Name: annotations.name,
    CheckDuplicate: true,
    Driver: overlay ? 'overlay' : bridged ? 'bridge' : (driverConfig?.name ?? 'bridge'),
    Labels: { ...annotations.labels, [clusterLabel]: clusterId, [networkLabel]: network.id },
    ...filled({
      Internal: internal,
      Attachable: attachable || overlay, // containers outside of services join it, and ours are such
      EnableIPv6: ipv6Enabled,
      Options: Object.fromEntries(options),
      IPAM: ipam && ipamJson(ipam),
    }),
  };
}

function ipamJson({ driver, configs }: Ipam): Json {
  return filled({
    Driver: driver?.name,
    Options: driver?.options,
    Config: configs.map(({ subnet, range, gateway, reserved }) =>
      filled({ Subnet: subnet, IPRange: range, Gateway: gateway, AuxiliaryAddresses: reserved }),
    ),
  });
}
