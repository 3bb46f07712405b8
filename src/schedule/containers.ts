import type { ContainerView, HostPort, NodeView } from './node-view.js';

/** Label that names a container over all engines that it has been on. */
export const swarmIdLabel = 'com.docker.swarm.id';

const shortIdLength = 12;

/**
 * Finds the container of a node that a user means: by whole or short id, by the id that it keeps over engines, by name
 * (also `node/name`), or by the beginning of an id. A name or a beginning that fits several means none of them.
 */
export function findContainer(node: NodeView, reference: string): ContainerView | undefined {
  const wanted = reference.startsWith('/') ? reference.slice(1) : reference;
  if (wanted === '') return undefined;
  const ways: ((container: ContainerView) => boolean)[] = [
    ({ id }) => isId(id, wanted),
    ({ labels }) => isId(labels[swarmIdLabel] ?? '', wanted),
  ];
  const exact = ways.map((way) => node.containers.find(way)).find((found) => found !== undefined);
  if (exact) return exact;
  const named = node.containers.filter(({ names }) => names.some((name) => isName(node, name, wanted)));
  if (named.length > 0) return named.length === 1 ? named[0] : undefined;
  const begun = node.containers.filter(
    ({ id, labels }) => id.startsWith(wanted) || (labels[swarmIdLabel] ?? '').startsWith(wanted),
  );
  return begun.length === 1 ? begun[0] : undefined;
}

function isId(id: string, wanted: string): boolean {
  return id !== '' && (id === wanted || (wanted.length === shortIdLength && id.startsWith(wanted)));
}

function isName(node: NodeView, name: string, wanted: string): boolean {
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
