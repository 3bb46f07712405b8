export { type Secret, secretBytesMax } from './schema.js';
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
