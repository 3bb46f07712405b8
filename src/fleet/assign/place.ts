import { splitHostPort } from '../../base/host-port.js';
import type { DriverBody, ManagerStatus, Node } from '../../kinds/index.js';

/** A member of the cluster, as the leader knows it. */
export interface ManagerMember {
  /** Raft id as decimal digits. */
  readonly id: string;
  readonly addr: string;
  readonly leader: boolean;
}

/** The part of a driver that says on which node its manager runs. */
type Placed = Pick<DriverBody, 'member' | 'node'>;

/**
 * Finds the manager that runs on a node: one that was started with the name or id of the node, else one whose address is on
 * the engine's host. The leader precedes others on the same host. A manager with a live driver, or that leads, is reachable; of the
 * others nothing is known.
 */
export function managerOn(
  node: Pick<Node, 'id' | 'description' | 'engine'>,
  members: readonly ManagerMember[],
  drivers: readonly Placed[],
): ManagerStatus | undefined {
  const names = new Map(drivers.map((driver) => [driver.member, driver.node]));
  const hosts = [hostOf(node.engine?.addr ?? ''), node.description?.hostname ?? ''].filter((host) => host !== '');
  const here = members.filter(({ id, addr }) => {
    const named = names.get(id) ?? '';
    if (named !== '') return named === node.id || same(named, node.description?.hostname ?? '');
    return hosts.some((host) => same(host, hostOf(addr)));
  });
  const found = here.find(({ leader }) => leader) ?? here[0];
  if (!found) return undefined;
  const { id, addr, leader } = found;
  return { memberId: id, addr, leader, reachability: leader || names.has(id) ? 'reachable' : 'unknown' };
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** Host of an address; empty when it is none. */
function hostOf(addr: string): string {
  try {
    return splitHostPort(addr).host;
  } catch {
    return '';
  }
}
