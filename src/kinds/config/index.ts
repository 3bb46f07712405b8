export { type Config, configBytesMax, type ConfigSpec } from './schema.js';
export {
  EventCreateConfig,
  EventDeleteConfig,
  EventUpdateConfig,
  configCheckCustom,
  configCheckCustomPrefix,
  configCheckId,
  configCheckIdPrefix,
  configCheckName,
  configCheckNamePrefix,
  type ConfigCheckFunc,
} from './watch.js';
