import type { ReadTx } from '../../kinds/index.js';

/** Drivers that every engine has. Between engines that are no swarm, an overlay network is a bridge on each. */
const everywhere: ReadonlySet<string> = new Set(['', 'bridge', 'host', 'none', 'null', 'macvlan', 'ipvlan', 'overlay']);

/** Returns the driver of a network when an engine needs a plug-in for it. */
export function driverOfNetwork(view: ReadTx, networkId: string): string | undefined {
  const driver = view.networks().get(networkId)?.spec.driverConfig?.name;
  return driver === undefined || everywhere.has(driver) ? undefined : driver;
}
