export { type Secret, secretBytesMax, type SecretSpec } from './schema.js';
export {
  EventCreateSecret,
  EventDeleteSecret,
  EventUpdateSecret,
  secretCheckCustom,
  secretCheckCustomPrefix,
  secretCheckId,
  secretCheckIdPrefix,
  secretCheckName,
  secretCheckNamePrefix,
  type SecretCheckFunc,
} from './watch.js';
