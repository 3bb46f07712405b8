import { objectOf } from '../object-of.js';
import { flag, optional, text, uint32 } from '../schema.js';

/** The file in which a container finds a secret or a config. */
export interface FileTarget {
  /** Path of the file; a secret's is relative to `/run/secrets`. */
  readonly name: string;
  /** User who owns the file, as digits; empty is root. */
  readonly uid: string;
  /** Group that owns the file, as digits; empty is root. */
  readonly gid: string;
  /** File mode as a number. Default `0o444`: every user may read. */
  readonly mode: number;
}
const fileTarget = objectOf<FileTarget>()({ name: text(), uid: text(), gid: text(), mode: uint32(0o444) });

/** A secret that a container receives. */
export interface SecretReference {
  /** Id of the secret. */
  readonly secretId: string;
  /** Name of the secret as the user wrote it. */
  readonly secretName: string;
  /** File in which the container finds it. */
  readonly file?: FileTarget;
}
export const secretReference = objectOf<SecretReference>()({
  secretId: text(),
  secretName: text(),
  file: optional(fileTarget),
});

/** A config that a container receives. */
export interface ConfigReference {
  /** Id of the config. */
  readonly configId: string;
  /** Name of the config as the user wrote it. */
  readonly configName: string;
  /** File in which the container finds it. */
  readonly file?: FileTarget;
  /** True: the engine reads the config, such as a credential spec, and the container has no file of it. Default `false`. */
  readonly runtime: boolean;
}
export const configReference = objectOf<ConfigReference>()({
  configId: text(),
  configName: text(),
  file: optional(fileTarget),
  runtime: flag(),
});
