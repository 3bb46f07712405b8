import { type BuiltInKind, builtInKind } from '../built-in.js';
import { networkRules } from './rules.js';
import { type Network, networkBody } from './schema.js';

export const networkKind: BuiltInKind<Network, 'network', 'networks'> = builtInKind({
  kind: 'network',
  plural: 'networks',
  body: networkBody,
  uniqueName: true,
  columns: [['DRIVER', (network) => network.spec.driverConfig?.name]],
  rules: networkRules,
});
