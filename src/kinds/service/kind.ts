import { type BuiltInKind, builtInKind } from '../built-in.js';
import { serviceRules } from './rules.js';
import { referencedConfigs, referencedNetworks, referencedSecrets, type Service, serviceBody } from './schema.js';

export const serviceKind: BuiltInKind<Service, 'service', 'services'> = builtInKind({
  kind: 'service',
  plural: 'services',
  body: serviceBody,
  uniqueName: true,
  indexes: {
    referencedNetwork: ({ spec }) => referencedNetworks(spec.task.networks, spec.networks),
    referencedSecret: ({ spec }) => referencedSecrets(spec.task),
    referencedConfig: ({ spec }) => referencedConfigs(spec.task),
  },
  columns: [
    ['MODE', ({ spec: { mode } }) => ('replicated' in mode ? `replicated ${mode.replicated.replicas}` : 'global')],
    ['IMAGE', (service) => service.spec.task.container?.image],
  ],
  rules: serviceRules,
});
