import type { Random } from '../../base/random.js';
import { isEngineError } from '../engine/errors.js';
import { packArchive } from '../engine/tar.js';
import { type FileSet, secretsFolder } from './files.js';
import { clusterLabel, filesLabel } from './labels.js';
import type { Mutations } from './mutations.js';

/** Volume with files that containers are about to mount: it is not removed before the last one is created. */
interface Held {
  holders: number;
  readonly ready: Promise<{ readonly mountpoint: string; readonly helper: string | undefined }>;
}

/** A volume, for as long as its container is being created. */
export interface HeldVolume {
  /** Path of the files on the engine. */
  readonly mountpoint: string;
  /** Lets go of the volume. The last one to do so removes the container that filled it. */
  release(): Promise<void>;
}

/** Settings of {@link FileVolumes}. */
export interface FileVolumesOptions {
  readonly mutations: Mutations;
  readonly clusterId: string;
  readonly random: Random;
  /** Tells whether the container of a task has the volume: then it was filled before that was created. */
  readonly isMounted: (volume: string) => boolean;
}

/**
 * Volumes with the files of secrets and configs. An engine has no call that writes into a volume, so a container that is
 * never started carries the files in. It stays until the container of the task is there: a volume in use is not removed.
 */
export class FileVolumes {
  readonly #options: FileVolumesOptions;
  readonly #held = new Map<string, Held>();
  readonly #removals = new Map<string, Promise<void>>();

  constructor(options: FileVolumesOptions) {
    this.#options = options;
  }

  /** Tells whether the volume is about to be used. */
  isHeld(volume: string): boolean {
    return this.#held.has(volume);
  }

  /** Makes and fills a volume. @param image An image that the engine has. */
  async hold(set: FileSet, image: string): Promise<HeldVolume> {
    const held = this.#held.get(set.volume) ?? { holders: 0, ready: this.#fill(set, image) };
    this.#held.set(set.volume, held);
    held.holders++;
    try {
      const { mountpoint } = await held.ready;
      return { mountpoint, release: () => this.#release(set.volume, held) };
    } catch (error) {
      await this.#release(set.volume, held);
      throw error;
    }
  }

  /** Removes a volume that nothing uses. */
  async remove(volume: string): Promise<void> {
    const { mutations, isMounted } = this.#options;
    const isFree = () => !this.isHeld(volume) && !isMounted(volume);
    const removal = mutations.change(async (client, options) => {
      if (isFree()) await client.removeVolume(volume, options);
    });
    const settled = removal.then(
      () => undefined,
      () => undefined,
    );
    this.#removals.set(volume, settled);
    try {
      await removal;
    } catch (error) {
      if (!isEngineError(error, 'NOT_FOUND') && !isEngineError(error, 'CONFLICT')) throw error;
    } finally {
      if (this.#removals.get(volume) === settled) this.#removals.delete(volume);
    }
  }

  /** Removes a container that has filled a volume. */
  async removeHelper(id: string): Promise<void> {
    try {
      await this.#options.mutations.change((client, options) =>
        client.removeContainer(id, { ...options, force: true }),
      );
    } catch (error) {
      if (!isEngineError(error, 'NOT_FOUND') && !isEngineError(error, 'CONFLICT')) throw error;
    }
  }

  async #fill(set: FileSet, image: string) {
    const { volume, entries } = set;
    const { mutations, clusterId, isMounted } = this.#options;
    await this.#removals.get(volume);
    const labels = { [clusterLabel]: clusterId, [filesLabel]: volume };
    const { Mountpoint: mountpoint } = await mutations.change((client, options) =>
      client.createVolume({ Name: volume, Driver: 'local', Labels: labels }, options),
    );
    if (isMounted(volume)) return { mountpoint, helper: undefined };
    const { Id: helper } = await mutations.change((client, options) =>
      client.createContainer(helperBody(image, volume, labels), this.#helperName(volume), options),
    );
    await mutations.change((client, options) =>
      client.putArchive(helper, secretsFolder, packArchive(entries), options),
    );
    return { mountpoint, helper };
  }

  /** A name of its own for each: one of a driver before, which may be half filled, is not in the way. */
  #helperName(volume: string): string {
    return `${volume}-${this.#options.random(2 ** 32).toString(36)}`;
  }

  async #release(volume: string, held: Held): Promise<void> {
    held.holders--;
    if (held.holders > 0) return;
    if (this.#held.get(volume) === held) this.#held.delete(volume);
    const { helper } = await held.ready.catch(() => ({ helper: undefined }));
    // What is not removed here is removed with the next list.
    if (helper !== undefined) await this.removeHelper(helper).catch(() => undefined);
  }
}

function helperBody(image: string, volume: string, labels: Readonly<Record<string, string>>) {
  const mount = { Type: 'volume', Source: volume, Target: secretsFolder, VolumeOptions: { NoCopy: true } };
  return {
    Image: image,
    Entrypoint: ['true'], // it is never run, but an engine wants a command
    Labels: labels,
    HostConfig: { Mounts: [mount], NetworkMode: 'none' },
  };
}
