import type { Driver, Ipam, Network } from '../../kinds/index.js';
import { ipamJson } from './network-spec.js';
import { type Json, timeText, withoutEmpty } from './object.js';
import { metaJson } from './service-object.js';

/** Network as `GET /networks` has it. */
export function networkJson(network: Network): Json {
  const { id, meta, spec, driverState } = network;
  const used = ipamOf(network);
  return {
    Name: spec.annotations.name,
    Id: id,
    Created: timeText(meta.createdAt),
    Scope: 'swarm',
    Driver: driverOf(network)?.name ?? 'overlay',
    EnableIPv4: true,
    EnableIPv6: spec.ipv6Enabled,
    IPAM: { Driver: 'default', Options: null, Config: [], ...(used && ipamJson(used)) },
    Internal: spec.internal,
    Attachable: spec.attachable,
    Ingress: spec.ingress,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: null,
    Options: { ...spec.driverConfig?.options, ...driverState?.options },
    Labels: spec.annotations.labels,
  };
}

/** Network that every engine has, as the cluster shows it when a service asks for it. */
export function predefinedNetworkJson(name: string): Json {
  return {
    ...{ Name: name, Id: name, Created: timeText(undefined), Scope: 'swarm', Driver: name === 'none' ? 'null' : name },
    ...{ EnableIPv4: true, EnableIPv6: false, IPAM: { Driver: 'default', Options: null, Config: [] }, Internal: false },
    ...{ Attachable: false, Ingress: false, ConfigFrom: { Network: '' }, ConfigOnly: false, Containers: null },
    ...{ Options: {}, Labels: {} },
  };
}

/** Network as tasks have it. */
export function networkObjectJson(network: Network): Json {
  const { spec, driverState } = network;
  const used = ipamOf(network);
  return {
    ...metaJson(network),
    Spec: {
      Name: spec.annotations.name,
      Labels: spec.annotations.labels,
      DriverConfiguration: driverJson(spec.driverConfig),
      ...withoutEmpty({
        IPv6Enabled: spec.ipv6Enabled,
        Internal: spec.internal,
        Attachable: spec.attachable,
        Ingress: spec.ingress,
      }),
      IPAMOptions: spec.ipam ? ipamOptionsJson(spec.ipam) : {},
      Scope: 'swarm',
    },
    DriverState: driverJson(driverState ?? driverOf(network)),
    ...(used && { IPAMOptions: ipamOptionsJson(used) }),
  };
}

const driverOf = ({ driverState, spec }: Network) =>
  driverState ?? (spec.driverConfig?.name ? spec.driverConfig : undefined);

const ipamOf = ({ ipam, spec }: Network) => ipam ?? spec.ipam;

const driverJson = (driver: Driver | undefined) => withoutEmpty({ Name: driver?.name, Options: driver?.options });

function ipamOptionsJson({ driver, configs }: Ipam): Json {
  return {
    Driver: driverJson(driver),
    ...withoutEmpty({
      Configs: configs.map(({ subnet, range, gateway }) =>
        withoutEmpty({ Subnet: subnet, Range: range, Gateway: gateway }),
      ),
    }),
  };
}
