import { objectOf } from '../object-of.js';
import { flag, int, oneOfWords, optional, text } from '../schema.js';

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

/** Filter of the system calls that a container may make. */
export interface Seccomp {
  /** Choice of the filter: the engine's, none, or `profile`. Default `default`. */
  readonly mode: 'default' | 'unconfined' | 'custom';
  /** Filter as JSON, for `custom`; else empty. */
  readonly profile: string;
}
const seccomp = objectOf<Seccomp>()({ mode: oneOfWords(['default', 'unconfined', 'custom']), profile: text() });

/** Rights of a container beyond those of its user, and limits of them. */
export interface Privileges {
  /** Account of a Windows container; absent is none. */
  readonly credentialSpec?: CredentialSpec;
  /** Filter of system calls; absent is the engine's. */
  readonly seccomp?: Seccomp;
  /** Profile of AppArmor: the engine's, or none. Default `default`. */
  readonly appArmor: 'default' | 'disabled';
  /** True: processes cannot gain rights, such as by a setuid program. Default `false`. */
  readonly noNewPrivileges: boolean;
}
export const privileges = objectOf<Privileges>()({
  credentialSpec: optional(credentialSpec),
  seccomp: optional(seccomp),
  appArmor: oneOfWords(['default', 'disabled']),
  noNewPrivileges: flag(),
});

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
