import { objectOf } from '../object-of.js';
import { flag, int, oneOfWords, optional, stringMap, text, uint32 } from '../schema.js';
import { type Driver, driver } from './driver.js';

/** Settings of a `bind` mount. */
export interface BindOptions {
  /** Mount propagation as Linux names it, such as `rprivate` or `rshared`; empty leaves it to the engine. */
  readonly propagation: string;
}
const bindOptions = objectOf<BindOptions>()({ propagation: text() });

/** Settings of a `volume` mount. */
export interface VolumeOptions {
  /** True: a new volume stays empty, without the image's files at the target. Default `false`. */
  readonly noCopy: boolean;
  /** Labels of a volume that is made for this mount. */
  readonly labels: Readonly<Record<string, string>>;
  /** Driver that makes the volume; absent leaves it to the engine. */
  readonly driver?: Driver;
  /** Folder inside the volume that is mounted; empty is the whole volume. */
  readonly subpath: string;
}
const volumeOptions = objectOf<VolumeOptions>()({
  noCopy: flag(),
  labels: stringMap(),
  driver: optional(driver),
  subpath: text(),
});

/** Settings of a `tmpfs` mount. */
export interface TmpfsOptions {
  /** Largest size in bytes. Default 0: no limit. */
  readonly sizeBytes: number;
  /** File mode of the mounted directory, as a number: `0o1777`. Default 0: the engine's. */
  readonly mode: number;
}
const tmpfsOptions = objectOf<TmpfsOptions>()({ sizeBytes: int(), mode: uint32() });

/** One file system that is mounted into a container. */
export interface Mount {
  /** Sort of the mount: a path of the node, a volume, memory, a Windows pipe, or a volume of the cluster. Default `bind`. */
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'npipe' | 'cluster';
  /** Path on the node, name of the volume, or `group:NAME` in the cluster; empty where there is none. */
  readonly source: string;
  /** Path inside the container. */
  readonly target: string;
  /** True: the container cannot write there. Default `false`. */
  readonly readOnly: boolean;
  /** Settings for a mount of type `bind`. */
  readonly bind?: BindOptions;
  /** Settings for a mount of type `volume`. */
  readonly volume?: VolumeOptions;
  /** Settings for a mount of type `tmpfs`. */
  readonly tmpfs?: TmpfsOptions;
}
export const mount = objectOf<Mount>()({
  type: oneOfWords(['bind', 'volume', 'tmpfs', 'npipe', 'cluster']),
  source: text(),
  target: text(),
  readOnly: flag(),
  bind: optional(bindOptions),
  volume: optional(volumeOptions),
  tmpfs: optional(tmpfsOptions),
});
