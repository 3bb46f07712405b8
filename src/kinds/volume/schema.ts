import type { BodyOf, StoredObject } from '../definition.js';
import { objectOf } from '../object-of.js';
import { type Annotations, annotations } from '../parts/annotations.js';
import { type Driver, driver } from '../parts/driver.js';
import { flag, int, list, oneOfWords, optional, stringMap, text } from '../schema.js';

/** A place in the words of a storage driver. */
export interface Topology {
  /** Parts of the place, such as `zone` or `rack`, with their values. */
  readonly segments: Readonly<Record<string, string>>;
}
const topology = objectOf<Topology>()({ segments: stringMap() });

/** Ways in which tasks may use a volume. */
export interface VolumeAccessMode {
  /** Nodes that may use it at the same time: one or several. Default `singleNode`. */
  readonly scope: 'singleNode' | 'multiNode';
  /** Tasks that may share it: none, readers, one writer with readers, or all. Default `none`. */
  readonly sharing: 'none' | 'readOnly' | 'oneWriter' | 'all';
  /** Form in which tasks receive it: a file system (`mount`) or a device (`block`). Default `mount`. */
  readonly access: 'mount' | 'block';
  /** File system, such as `ext4`, for `mount`; empty lets the driver choose. */
  readonly fsType: string;
  /** Options of the mount, such as `noatime`, for `mount`. */
  readonly mountFlags: readonly string[];
}
const volumeAccessMode = objectOf<VolumeAccessMode>()({
  scope: oneOfWords(['singleNode', 'multiNode']),
  sharing: oneOfWords(['none', 'readOnly', 'oneWriter', 'all']),
  access: oneOfWords(['mount', 'block']),
  fsType: text(),
  mountFlags: list(text()),
});

/** A secret that the driver of a volume is given. */
export interface VolumeSecret {
  /** Name under which the driver expects it. */
  readonly key: string;
  /** Id of the secret. */
  readonly secret: string;
}
const volumeSecret = objectOf<VolumeSecret>()({ key: text(), secret: text() });

/** Places from which a volume must or should be reached. */
export interface TopologyRequirement {
  /** Places of which at least one must reach the volume. */
  readonly requisite: readonly Topology[];
  /** Places that should reach it, the best first. */
  readonly preferred: readonly Topology[];
}
const topologyRequirement = objectOf<TopologyRequirement>()({ requisite: list(topology), preferred: list(topology) });

/** Bounds for the size of a volume. */
export interface CapacityRange {
  /** Least size in bytes. Default 0: no bound. */
  readonly requiredBytes: number;
  /** Greatest size in bytes. Default 0: no bound. */
  readonly limitBytes: number;
}
const capacityRange = objectOf<CapacityRange>()({ requiredBytes: int(), limitBytes: int() });

/** Desired state of a volume, set by users. */
export interface VolumeSpec {
  /** Name, labels and index entries of the volume. */
  readonly annotations: Annotations;
  /** Group of volumes that stand in for each other; empty is none. */
  readonly group: string;
  /** Driver that makes the volume. The API requires one. */
  readonly driver?: Driver;
  /** Ways in which tasks may use the volume. */
  readonly accessMode: VolumeAccessMode;
  /** Secrets that the driver is given. */
  readonly secrets: readonly VolumeSecret[];
  /** Places from which it must be reached; absent lets the driver choose. */
  readonly accessibility?: TopologyRequirement;
  /** Bounds for its size; absent lets the driver choose. */
  readonly capacity?: CapacityRange;
  /** `active` serves tasks, `pause` takes no new ones, `drain` gives up those it has. Default `active`. */
  readonly availability: 'active' | 'pause' | 'drain';
}
const volumeSpec = objectOf<VolumeSpec>()({
  annotations,
  group: text(),
  driver: optional(driver),
  accessMode: volumeAccessMode,
  secrets: list(volumeSecret),
  accessibility: optional(topologyRequirement),
  capacity: optional(capacityRange),
  availability: oneOfWords(['active', 'pause', 'drain']),
});

/** A volume on one node. */
export interface VolumePublishStatus {
  /** Id of the node. */
  readonly nodeId: string;
  /** Stage of publishing it there or taking it back. Default `pendingPublish`. */
  readonly state: 'pendingPublish' | 'published' | 'pendingNodeUnpublish' | 'pendingUnpublish';
  /** Data that the driver needs on the node, as it said when it published the volume. */
  readonly publishContext: Readonly<Record<string, string>>;
  /** Reason for the state, for people; empty when there is none. */
  readonly message: string;
}
const volumePublishStatus = objectOf<VolumePublishStatus>()({
  nodeId: text(),
  state: oneOfWords(['pendingPublish', 'published', 'pendingNodeUnpublish', 'pendingUnpublish']),
  publishContext: stringMap(),
  message: text(),
});

/** Facts that the driver reports once a volume exists. */
export interface VolumeInfo {
  /** Size in bytes. Default 0: unknown. */
  readonly capacityBytes: number;
  /** Data of the driver, which it receives back with every call. */
  readonly volumeContext: Readonly<Record<string, string>>;
  /** Identifier that the driver gave the volume. */
  readonly volumeId: string;
  /** Places from which the volume is reached. */
  readonly accessibleTopology: readonly Topology[];
}
const volumeInfo = objectOf<VolumeInfo>()({
  capacityBytes: int(),
  volumeContext: stringMap(),
  volumeId: text(),
  accessibleTopology: list(topology),
});

/** Storage of the cluster, made by a driver. */
export interface Volume extends StoredObject {
  /** Desired state, set by users. */
  readonly spec: VolumeSpec;
  /** Nodes on which the volume is published, or is being published. */
  readonly publishStatus: readonly VolumePublishStatus[];
  /** Facts that the driver reports once the volume exists. */
  readonly info?: VolumeInfo;
  /** True: it is to be removed as soon as nothing uses it. Default `false`. */
  readonly pendingDelete: boolean;
}
export const volumeBody = objectOf<BodyOf<Volume>>()({
  spec: volumeSpec,
  publishStatus: list(volumePublishStatus),
  info: optional(volumeInfo),
  pendingDelete: flag(),
});
