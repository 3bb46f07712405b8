import type { ContainerView, HostPort, NodeView } from './node-view.js';

/** Label that names a container over all engines that it has been on. */
export const swarmIdLabel = 'com.docker.swarm.id';

type Place = Pick<NodeView, 'id' | 'name' | 'containers'>;

const shortIdLength = 12;

/** Ways to mean a container, the surest first. */
const ways = ['id', 'swarmId', 'name', 'beginning'] as const;

/**
 * Finds the nodes that have the container that a user means, and their container: by whole or short id, by the id that
 * it keeps over engines, by name (also `node/name`), or by the beginning of an id. Only the surest way that finds any on
 * some node counts: a container whose id begins with `db` is not meant where another is called that. A name or a
 * beginning that fits several containers of a node means none of them.
 */
export function locateContainer<Node extends Place>(
  nodes: readonly Node[],
  reference: string,
): ReadonlyMap<Node, ContainerView> {
  const wanted = reference.startsWith('/') ? reference.slice(1) : reference;
  let best: number = ways.length;
  let found = new Map<Node, ContainerView | undefined>();
  for (const node of wanted === '' ? [] : nodes) {
    for (const container of node.containers) {
      const way = wayOf(node, container, wanted);
      if (way > best || way === ways.length) continue;
      if (way < best) found = new Map();
      best = way;
      found.set(node, found.has(node) ? undefined : container);
    }
  }
  return new Map([...found].flatMap(([node, one]) => (one ? [[node, one]] : [])));
}

/** Returns the place in {@link ways} of the surest one by which the text means the container; their number when none. */
function wayOf(node: Place, { id, labels, names }: ContainerView, wanted: string): number {
  const swarmId = labels[swarmIdLabel] ?? '';
  if (isId(id, wanted)) return 0;
  if (isId(swarmId, wanted)) return 1;
  for (const name of names) if (isName(node, name, wanted)) return 2;
  return id.startsWith(wanted) || swarmId.startsWith(wanted) ? 3 : ways.length;
}

function isId(id: string, wanted: string): boolean {
  return id !== '' && (id === wanted || (wanted.length === shortIdLength && id.startsWith(wanted)));
}

function isName(node: Place, name: string, wanted: string): boolean {
  if (name === wanted) return true;
  if (!wanted.endsWith(name) || !wanted.includes('/')) return false;
  return wanted === `${node.name}/${name}` || wanted === `${node.id}/${name}`;
}

/** Returns the name of a container for people. */
export const shownName = ({ names, id }: ContainerView) => names[0] ?? id.slice(0, shortIdLength);

/** Is this the container that is being placed? One that is made anew may be in the view already. */
export const isSame = (wanted: { readonly name: string }, { names }: ContainerView) =>
  wanted.name !== '' && names[0] === wanted.name;

const everywhere = ['', '0.0.0.0', '::'];

/** Can two sockets not have one port number at these addresses? */
export function addressesClash(a: string, b: string): boolean {
  return a === b || everywhere.includes(a) || everywhere.includes(b);
}

/** Does a container hold this port, at this address or at all of them? Ports whose number is still open are not held. */
export function holdsPort({ ports }: ContainerView, ip: string, port: number): boolean {
  for (const held of ports) {
    if (held.port === port && isKnown(held) && addressesClash(held.ip, ip)) return true;
  }
  return false;
}

const isKnown = ({ port, last }: HostPort) => port !== 0 && (last === undefined || last === port);
