import type { BodyOf, StoredObject } from '../definition.js';
import { objectOf } from '../object-of.js';
import { type Annotations, annotations } from '../parts/annotations.js';
import { type Driver, driver } from '../parts/driver.js';
import { flag, list, oneOfWords, optional, stringMap, text } from '../schema.js';

/** One range of addresses of a network. */
export interface IpamConfig {
  /** Address family of the subnet. Default `unknown`: the subnet tells. */
  readonly family: 'unknown' | 'ipv4' | 'ipv6';
  /** Addresses of the network in CIDR notation, such as `10.0.0.0/24`; empty lets the driver choose. */
  readonly subnet: string;
  /** Part of the subnet from which tasks receive addresses, in CIDR notation; empty is all of it. */
  readonly range: string;
  /** Address of the gateway; empty lets the driver choose. */
  readonly gateway: string;
  /** Addresses that no task receives, by name. */
  readonly reserved: Readonly<Record<string, string>>;
}
const ipamConfig = objectOf<IpamConfig>()({
  family: oneOfWords(['unknown', 'ipv4', 'ipv6']),
  subnet: text(),
  range: text(),
  gateway: text(),
  reserved: stringMap(),
});

/** Management of the addresses of a network. */
export interface Ipam {
  /** Driver that gives addresses out; absent is the built-in one. */
  readonly driver?: Driver;
  /** Ranges of addresses. */
  readonly configs: readonly IpamConfig[];
}
const ipam = objectOf<Ipam>()({ driver: optional(driver), configs: list(ipamConfig) });

/** Desired state of a network, set by users. */
export interface NetworkSpec {
  /** Name, labels and index entries of the network. */
  readonly annotations: Annotations;
  /** Driver that makes the network, such as `overlay`. */
  readonly driverConfig?: Driver;
  /** True: tasks receive IPv6 addresses, too. Default `false`. */
  readonly ipv6Enabled: boolean;
  /** True: the network has no way out. Default `false`. */
  readonly internal: boolean;
  /** True: containers outside of services may join. Default `false`. */
  readonly attachable: boolean;
  /** True: it carries the traffic of published ports; a cluster has one such network. Default `false`. */
  readonly ingress: boolean;
  /** Wishes about addresses; absent lets the driver choose. */
  readonly ipam?: Ipam;
}
const networkSpec = objectOf<NetworkSpec>()({
  annotations,
  driverConfig: optional(driver),
  ipv6Enabled: flag(),
  internal: flag(),
  attachable: flag(),
  ingress: flag(),
  ipam: optional(ipam),
});

/** A network that connects tasks. */
export interface Network extends StoredObject {
  /** Desired state, set by users. */
  readonly spec: NetworkSpec;
  /** State that the driver made from the spec. */
  readonly driverState?: Driver;
  /** Addresses in use; `spec.ipam` has those that users asked for. */
  readonly ipam?: Ipam;
}
export const networkBody = objectOf<BodyOf<Network>>()({
  spec: networkSpec,
  driverState: optional(driver),
  ipam: optional(ipam),
});
