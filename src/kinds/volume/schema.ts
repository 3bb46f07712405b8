import type { StoredObject } from '../definition.js';
import { annotations, driver } from '../parts.js';
import { flag, type Infer, int, list, object, oneOfWords, optional, stringMap, text } from '../schema.js';

const topology = list(object({ segments: stringMap() }));

export const volumeBody = object({
  spec: object({
    annotations,
    /** Volumes of a group stand in for each other. */
    group: text(),
    driver: optional(driver),
    accessMode: object({
      scope: oneOfWords(['singleNode', 'multiNode']),
      sharing: oneOfWords(['none', 'readOnly', 'oneWriter', 'all']),
      /** As a file system (`mount`) or as a device. */
      access: oneOfWords(['mount', 'block']),
      fsType: text(),
      mountFlags: list(text()),
    }),
    /** Secrets that the driver is given. */
    secrets: list(object({ key: text(), secret: text() })),
    accessibility: optional(object({ requisite: topology, preferred: topology })),
    /** 0 is no bound. */
    capacity: optional(object({ requiredBytes: int(), limitBytes: int() })),
    availability: oneOfWords(['active', 'pause', 'drain']),
  }),
  /** Nodes on which the volume is published, or is being published. */
  publishStatus: list(
    object({
      nodeId: text(),
      state: oneOfWords(['pendingPublish', 'published', 'pendingNodeUnpublish', 'pendingUnpublish']),
      publishContext: stringMap(),
      message: text(),
    }),
  ),
  /** Facts that the driver reports once the volume exists. */
  info: optional(
    object({ capacityBytes: int(), volumeContext: stringMap(), volumeId: text(), accessibleTopology: topology }),
  ),
  /** It is to be removed as soon as nobody uses it. */
  pendingDelete: flag(),
});

/** Storage of the cluster, made by a driver. */
export interface Volume extends StoredObject, Infer<typeof volumeBody> {}
