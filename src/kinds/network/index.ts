export type { Ipam, IpamConfig, Network, NetworkSpec } from './schema.js';
export {
  EventCreateNetwork,
  EventDeleteNetwork,
  EventUpdateNetwork,
  networkCheckCustom,
  networkCheckCustomPrefix,
  networkCheckId,
  networkCheckIdPrefix,
  networkCheckName,
  networkCheckNamePrefix,
  type NetworkCheckFunc,
} from './watch.js';
