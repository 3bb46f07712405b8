import { objectOf } from '../object-of.js';
import { int, optional, text } from '../schema.js';

/** Source of the credentials of a Windows service account: one of the three. */
export interface CredentialSpec {
  /** Id of a config with the credential spec. */
  readonly config: string;
  /** File in the engine's folder `CredentialSpecs`. */
  readonly file: string;
  /** Value in the node's registry. */
  readonly registry: string;
}
const credentialSpec = objectOf<CredentialSpec>()({ config: text(), file: text(), registry: text() });

/** Rights of a container beyond those of its user. */
export interface Privileges {
  /** Account of a Windows container; absent is none. */
  readonly credentialSpec?: CredentialSpec;
}
export const privileges = objectOf<Privileges>()({ credentialSpec: optional(credentialSpec) });

/** Limit that the kernel sets for each process of a container. */
export interface Ulimit {
  /** Name of the limit, such as `nofile`. */
  readonly name: string;
  /** Value that applies. Default 0; -1 is no limit. */
  readonly soft: number;
  /** Greatest value to which a process may raise its own. Default 0; -1 is no limit. */
  readonly hard: number;
}
export const ulimit = objectOf<Ulimit>()({ name: text(), soft: int(), hard: int() });
