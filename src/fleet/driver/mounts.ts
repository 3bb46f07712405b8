import type { Mount } from '../../kinds/index.js';
import type { CreateVolumeBody } from '../engine/types.js';
import { filled } from './json.js';
import { TaskRefused } from './refusal.js';

/** A mount in the JSON of Docker. */
export type MountJson = Readonly<Record<string, unknown>>;

/**
 * Returns a mount as Docker's `HostConfig.Mounts` has it.
 * @throws {TaskRefused} for a volume of the cluster, which plain engines do not have.
 */
export function mountJson({ type, source, target, readOnly, bind, volume, tmpfs }: Mount): MountJson {
  if (type === 'cluster')
    throw new TaskRefused(
      `mount ${target}: cluster volume ${source} cannot be mounted, engines outside of Docker's swarm mode have none; use a volume with a driver`,
    );
  return {
    Type: type,
    Target: target,
    ...filled({ Source: source, ReadOnly: readOnly }),
    ...(bind && { BindOptions: filled({ Propagation: bind.propagation }) }),
    ...(volume && {
      VolumeOptions: filled({
        NoCopy: volume.noCopy,
        Labels: volume.labels,
        Subpath: volume.subpath,
        DriverConfig: volume.driver && filled({ Name: volume.driver.name, Options: volume.driver.options }),
      }),
    }),
    ...(tmpfs && { TmpfsOptions: filled({ SizeBytes: tmpfs.sizeBytes, Mode: tmpfs.mode }) }),
  };
}

/** Returns the volumes that are made before the container: those that name a driver, so that its error arrives as one of the volume. */
export function volumesToMake(mounts: readonly Mount[]): CreateVolumeBody[] {
  return mounts.flatMap(({ type, source, volume }) => {
    if (type !== 'volume' || source === '' || !volume?.driver) return [];
    const { driver, labels } = volume;
    return [{ Name: source, Driver: driver.name, DriverOpts: driver.options, Labels: labels }];
  });
}
