import type { Ipam, NetworkSpec } from '../../kinds/index.js';
import { type Json, withoutEmpty } from './object.js';

/** Body of `POST /networks/create` in Docker's JSON. */
export function networkSpecJson(spec: NetworkSpec): Json {
  return {
    Name: spec.annotations.name,
    Labels: spec.annotations.labels,
    ...withoutEmpty({
      Driver: spec.driverConfig?.name,
      Options: spec.driverConfig?.options,
      EnableIPv6: spec.ipv6Enabled,
    }),
    Internal: spec.internal,
    Attachable: spec.attachable,
    Ingress: spec.ingress,
    IPAM: spec.ipam ? ipamJson(spec.ipam) : null,
  };
}

/** Management of addresses in Docker's JSON. */
export function ipamJson({ driver, configs }: Ipam): Json {
  return withoutEmpty({
    Driver: driver?.name,
    Options: driver?.options,
    Config: configs.map(({ subnet, range, gateway, reserved }) =>
      withoutEmpty({ Subnet: subnet, IPRange: range, Gateway: gateway, AuxiliaryAddresses: reserved }),
    ),
  });
}
