export type {
  CapacityRange,
  Topology,
  TopologyRequirement,
  Volume,
  VolumeAccessMode,
  VolumeInfo,
  VolumePublishStatus,
  VolumeSecret,
  VolumeSpec,
} from './schema.js';
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
