import { type BuiltInKind, builtInKind } from '../built-in.js';
import { serviceRules } from './rules.js';
import {
  referencedConfigs,
  referencedNetworks,
  referencedSecrets,
  type Service,
  serviceBody,
  type ServiceMode,
} from './schema.js';

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
    ['MODE', ({ spec: { mode } }) => modeText(mode)],
    ['IMAGE', (service) => service.spec.task.container?.image],
  ],
  rules: serviceRules,
  hidden: ['spec.task.container.registryAuth', 'previousSpec.task.container.registryAuth'],
});

function modeText(mode: ServiceMode): string {
  if ('replicated' in mode) return `replicated ${mode.replicated.replicas}`;
  if ('replicatedJob' in mode) return `replicated job ${mode.replicatedJob.totalCompletions}`;
  return 'global' in mode ? 'global' : 'global job';
}
