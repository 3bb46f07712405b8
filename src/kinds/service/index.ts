export type {
  GlobalMode,
  ReplicatedMode,
  Service,
  ServiceMode,
  ServiceSpec,
  UpdateConfig,
  UpdateStatus,
} from './schema.js';
export {
  EventCreateService,
  EventDeleteService,
  EventUpdateService,
  byReferencedConfigId,
  byReferencedNetworkId,
  byReferencedSecretId,
  serviceCheckCustom,
  serviceCheckCustomPrefix,
  serviceCheckId,
  serviceCheckIdPrefix,
  serviceCheckName,
  serviceCheckNamePrefix,
  type ServiceCheckFunc,
} from './watch.js';
