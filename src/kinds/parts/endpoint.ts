import { objectOf } from '../object-of.js';
import { list, oneOfWords, optional, text, uint32 } from '../schema.js';

/** One port of a service, and how it is published. */
export interface PortConfig {
  /** Name of the port for people; may be empty. */
  readonly name: string;
  /** Transport protocol of the port. Default `tcp`. */
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** Port inside the container, 1 to 65535. */
  readonly targetPort: number;
  /** Port at which clients outside reach the service. Default 0: the cluster chooses one. */
  readonly publishedPort: number;
  /** `ingress` publishes on every node and balances the load; `host` only on the nodes of the tasks. Default `ingress`. */
  readonly publishMode: 'ingress' | 'host';
}
export const portConfig = objectOf<PortConfig>()({
  name: text(),
  protocol: oneOfWords(['tcp', 'udp', 'sctp']),
  targetPort: uint32(),
  publishedPort: uint32(),
  publishMode: oneOfWords(['ingress', 'host']),
});

/** Endpoints at which the tasks of a service are reached. */
export interface EndpointSpec {
  /** `vip` gives the service one virtual address; `dnsrr` lets DNS answer with those of its tasks. Default `vip`. */
  readonly mode: 'vip' | 'dnsrr';
  /** Ports that the service publishes. */
  readonly ports: readonly PortConfig[];
}
export const endpointSpec = objectOf<EndpointSpec>()({ mode: oneOfWords(['vip', 'dnsrr']), ports: list(portConfig) });

/** Virtual address of a service on one network. */
export interface VirtualIp {
  /** Id of the network. */
  readonly networkId: string;
  /** Address with its prefix length, such as `10.0.0.5/24`. */
  readonly addr: string;
}
const virtualIp = objectOf<VirtualIp>()({ networkId: text(), addr: text() });

/** The addresses and ports that a service has received. */
export interface Endpoint {
  /** Copy of the request that these addresses and ports fulfil. */
  readonly spec?: EndpointSpec;
  /** Ports in use, with published ports that the cluster chose. */
  readonly ports: readonly PortConfig[];
  /** Virtual addresses, one for each network of the service. */
  readonly virtualIps: readonly VirtualIp[];
}
export const endpoint = objectOf<Endpoint>()({
  spec: optional(endpointSpec),
  ports: list(portConfig),
  virtualIps: list(virtualIp),
});
