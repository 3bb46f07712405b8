import type { Mount } from '../../kinds/index.js';
import { type Json, withoutEmpty } from './object.js';

/** Mount in Docker's JSON. */
export function mountJson({ type, source, target, readOnly, bind, volume, tmpfs }: Mount): Json {
  return {
    Type: type,
    ...withoutEmpty({ Source: source, Target: target, ReadOnly: readOnly }),
    ...(bind && { BindOptions: withoutEmpty({ Propagation: bind.propagation }) }),
    ...(volume && {
      VolumeOptions: withoutEmpty({
        NoCopy: volume.noCopy,
        Labels: volume.labels,
        Subpath: volume.subpath,
        DriverConfig: volume.driver && withoutEmpty({ Name: volume.driver.name, Options: volume.driver.options }),
      }),
    }),
    ...(tmpfs && { TmpfsOptions: withoutEmpty({ SizeBytes: tmpfs.sizeBytes, Mode: tmpfs.mode }) }),
    ...(type === 'cluster' && { ClusterOptions: {} }),
  };
}
