import type { DeepPartial, Network } from '../kinds/index.js';
import { type External, externalOf } from './external.js';
import { networkLeftOut } from './keys.js';
import type { Reader } from './reader.js';

/** Network of the file. Without an explicit name, its key is prefixed with the stack's name. */
export interface ComposeNetwork extends External {
  readonly key: string;
  readonly spec: DeepPartial<Network['spec']>;
  readonly reader: Reader;
}

export function networkOf(key: string, reader: Reader): ComposeNetwork {
  reader.keys(
    ['driver', 'driver_opts', 'internal', 'attachable', 'enable_ipv6', 'external', 'name', 'labels', 'ipam'],
    networkLeftOut,
  );
  return {
    key,
    ...externalOf(key, reader),
    reader,
    spec: {
      annotations: { labels: reader.get('labels').pairs() },
      driverConfig: {
        name: reader.get('driver').optionalText() ?? 'overlay',
        options: reader.get('driver_opts').pairs(),
      },
      internal: reader.get('internal').flag(),
      attachable: reader.get('attachable').flag(),
      ipv6Enabled: reader.get('enable_ipv6').flag(),
      ...ipamOf(reader.get('ipam')),
    },
  };
}

function ipamOf(reader: Reader): Pick<DeepPartial<Network['spec']>, 'ipam'> {
  if (reader.absent) return {};
  reader.keys(['driver', 'options', 'config']);
  const driver = reader.get('driver').optionalText();
  const configs = reader
    .get('config')
    .items()
    .map((config) => {
      config.keys(['subnet', 'ip_range', 'gateway', 'aux_addresses']);
      return {
        subnet: config.get('subnet').optionalText() ?? '',
        range: config.get('ip_range').optionalText() ?? '',
        gateway: config.get('gateway').optionalText() ?? '',
        reserved: config.get('aux_addresses').pairs(),
      };
    });
  return {
    ipam: {
      ...(driver !== undefined && { driver: { name: driver, options: reader.get('options').pairs() } }),
      configs,
    },
  };
}
