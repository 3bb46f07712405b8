import type { Duplex } from 'node:stream';
import type { Cancel, Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';
import type { Need } from './needs.js';
import type { SwarmBackend } from './swarm/backend.js';

/** Certificates of the API. Each is PEM text. */
export interface ServerTls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Authorities that the certificates of clients are checked with; needed with {@link verify}. */
  readonly ca?: string | Buffer;
  /** True refuses clients without a certificate of {@link ca}. */
  readonly verify?: boolean;
  /** True asks clients for a certificate, and leaves it to {@link DockerApiOptions.admission} what that one is worth. */
  readonly ask?: boolean;
}

/** Decides who may do what. */
export interface Admission {
  /**
   * Decides about a request, before its body is read. `call` is its method and path, for the record of refusals. May
   * return the content of the cluster as the caller sees and writes it.
   * @throws {ApiError} 401, 403
   */
  admit(socket: Duplex, need: Need, call: string): SwarmBackend | undefined;
}

/** Certificates that a replica shows to the primary. Each is PEM text. */
export interface ClientTls {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** False takes any certificate of the primary. Default true. */
  readonly verify?: boolean;
}

/** Part that this manager has: the primary acts; a replica hands requests to the primary, if one is known. */
export type Role =
  { readonly is: 'primary' } | { readonly is: 'replica'; /** `host:port`. */ readonly primary: string | undefined };

/** Several managers, one of which acts. */
export interface Replication {
  role(): Role;
  /** Calls `run` after each change of the role until the returned function is called. */
  onChange(run: () => void): Cancel;
  /** TLS for requests to the primary; without it they are plain HTTP. */
  readonly tls?: ClientTls | undefined;
  /** Limit for a request to wait while no primary is known, milliseconds; default 10,000. */
  readonly waitMs?: number;
}

/** Settings of {@link openDockerApi}. */
export interface DockerApiOptions {
  /** Addresses: `tcp://HOST:PORT` (port 0 lets the system choose) and `unix:///PATH`. At least one. */
  readonly listen: readonly string[];
  /** TLS on every `tcp://` address. Unix sockets stay plain: their file mode says who may connect. */
  readonly tls?: ServerTls;
  /** Without it every client that connects may do everything. */
  readonly admission?: Admission;
  /** True lets web pages of any origin call the API. */
  readonly cors?: boolean;
  /** Version of skep, for `docker version`. */
  readonly version: string;
  /** Without it this manager is alone, and the primary. */
  readonly replication?: Replication;
  /** Content of the cluster: services, tasks, nodes, secrets, configs and networks. Without it requests for them are refused. */
  readonly swarm?: SwarmBackend;
  /** Limit for a client to send headers, or a whole JSON body; milliseconds; default 30,000. */
  readonly requestMs?: number;
  /** Connections at once on each address; more are closed at once. Default 4,096. */
  readonly connectionsMax?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** The HTTP API of Docker while it is open. */
export interface DockerApi {
  /** Addresses as they can be given to `docker --host`, in the order of `listen`. */
  readonly addresses: readonly string[];
  /** Takes other certificates, for connections from now on. */
  setTls(tls: ServerTls): void;
  /** Takes no more requests and ends those that are under way, streams included, within two seconds. */
  close(): Promise<void>;
}
