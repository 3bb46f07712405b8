export { type Volume } from './schema.js';
export {
  EventCreateVolume,
  EventDeleteVolume,
  EventUpdateVolume,
  byVolumeGroup,
  volumeCheckCustom,
  volumeCheckCustomPrefix,
  volumeCheckId,
  volumeCheckIdPrefix,
  volumeCheckName,
  volumeCheckNamePrefix,
  type VolumeCheckFunc,
} from './watch.js';
