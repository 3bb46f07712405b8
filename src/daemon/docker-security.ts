import { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { splitHostPort } from '../base/host-port.js';
import { parseListen } from '../base/listen-address.js';
import type { Logger } from '../base/log.js';
import { Denials } from '../api/index.js';
import type { AuditSink } from '../audit/index.js';
import { Access, Client } from '../client/index.js';
import type { Admission, ClientTls, Need, ServerTls, SwarmBackend } from '../docker/index.js';
import { ApiError } from '../docker/index.js';
import { actorOf, adminRole, type Caller, callerText, mayDo } from '../identity/index.js';
import { readCertificate } from '../pki/index.js';
import { behalfOf } from '../rpc/index.js';
import type { MemberSecurity } from './member-security.js';
import { serverNames } from './server-names.js';

/** Interval at which the API gets a new certificate; one lives much longer. */
const againMs = 20 * 24 * 60 * 60 * 1_000;
/** Clients that are kept, each for one identity: more begin again. */
const clientsMax = 64;
/** Most characters of a method and path in the audit. */
const callMax = 256;

/** Parts of the security of the Docker API. */
interface Parts {
  readonly security: MemberSecurity;
  /** Address of the member, at which writes go in. */
  readonly addr: string;
  /** Makes the content of the cluster, by a client. */
  readonly backendFor: (client: Client) => SwarmBackend;
  readonly audit: AuditSink | undefined;
  readonly clock: Clock;
}

/** Security of the Docker API of a member: TLS with certificates of its cluster, and the rights of who calls. */
export class DockerSecurity implements Admission {
  readonly #security: MemberSecurity;
  readonly #addr: string;
  readonly #backendFor: (client: Client) => SwarmBackend;
  readonly #audit: AuditSink | undefined;
  readonly #backends = new Map<string, { readonly client: Client; readonly backend: SwarmBackend }>();
  #stop = () => undefined as void;

  constructor({ security, addr, backendFor, audit, clock }: Parts) {
    this.#security = security;
    this.#addr = addr;
    this.#backendFor = backendFor;
    this.#audit = audit && new Denials(audit, clock);
  }

  /** Certificate for the API at these addresses. Tools of Docker compare names and addresses in it, our own do not. */
  async serverTls(listen: readonly string[]): Promise<ServerTls> {
    const places = listen.map(parseListen).flatMap((place) => (place.kind === 'tcp' ? [place.host] : []));
    const names = serverNames([...places, splitHostPort(this.#addr).host]);
    const { certificate, key, roots } = await this.#security.issueServer(names);
    return { cert: certificate, key: key.reveal(), ca: roots.join('\n'), ask: true };
  }

  /** Gives the API new certificates before old ones end, until {@link close}. */
  keep(listen: readonly string[], set: (tls: ServerTls) => void, clock: Clock, logger: Logger): void {
    const cancel = clock.schedule(againMs, () => {
      this.serverTls(listen).then(set, (error: unknown) =>
        logger.error('the Docker API could not renew its certificate', { error: messageOf(error) }),
      );
      this.keep(listen, set, clock, logger);
    });
    this.#stop = cancel;
  }

  /** TLS with which this member hands requests on to the API of another. */
  clientTls(): ClientTls {
    const { roots = [], certificate, key } = this.#security.dialing.bundle ?? {};
    return { ca: roots.join('\n'), ...(certificate !== undefined && key && { cert: certificate, key: key.reveal() }) };
  }

  admit(socket: Duplex, need: Need, call: string): SwarmBackend | undefined {
    if (!(socket instanceof TLSSocket)) return undefined; // a Unix socket, which lets only its owner in
    const caller = this.#callerOf(socket);
    if (caller.as === 'member') return undefined; // it has asked for the rights of its own caller
    const refused = refusalOf(caller, need);
    if (refused) {
      this.#note(refused, caller, { call, address: `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}` });
      throw refused;
    }
    return this.#backendOf(caller);
  }

  close(): void {
    this.#stop();
    for (const { client } of this.#backends.values()) client.close();
    this.#backends.clear();
  }

  #note(
    { status, message: why }: ApiError,
    caller: Caller,
    { call, address }: { readonly call: string; readonly address: string },
  ): void {
    const code = status === 401 ? 'UNAUTHENTICATED' : 'DENIED';
    this.#audit?.note({
      event: 'denied',
      method: `Docker ${call.slice(0, callMax)}`,
      identity: actorOf(caller),
      address,
      code,
      why,
    });
  }

  #callerOf(socket: TLSSocket): Caller {
    const certificate = socket.getPeerX509Certificate();
    if (!certificate || !socket.authorized) return this.#security.callerOf(undefined);
    const roots = (this.#security.dialing.bundle?.roots ?? []).map((root) => new X509Certificate(root));
    const read = readCertificate(certificate, roots, 'client');
    return this.#security.callerOf('problem' in read ? undefined : read);
  }

  /** Content of the cluster, written in the name of the caller: the leader asks for its rights on each object. */
  #backendOf(caller: Caller): SwarmBackend {
    const behalf = behalfOf(caller);
    const known = this.#backends.get(behalf);
    if (known) return known.backend;
    if (this.#backends.size >= clientsMax) this.#forgetOldest();
    const client = new Client({ hosts: [this.#addr], access: Access.by(this.#security.dialing, behalf) });
    const backend = this.#backendFor(client);
    this.#backends.set(behalf, { client, backend });
    return backend;
  }

  #forgetOldest(): void {
    const [oldest] = this.#backends;
    if (!oldest) return;
    this.#backends.delete(oldest[0]);
    oldest[1].client.close();
  }
}

/** Returns why a request is refused; `undefined` when the caller may make it. */
function refusalOf(caller: Caller, need: Need): ApiError | undefined {
  if (caller.as === 'anonymous') {
    const why = caller.why ?? 'no certificate';
    const how = '"skep login HOST", then eval "$(skep context docker-env)"';
    return new ApiError(401, `the Docker API needs an identity (${why}): ${how}`);
  }
  if (caller.as !== 'user') return new ApiError(401, `${callerText(caller)} may not use the Docker API`);
  const missing = missingRight(caller, need);
  return missing === undefined
    ? undefined
    : new ApiError(403, `${callerText(caller)} may not do this: it needs ${missing}`);
}

/** Names the right that a user lacks; `undefined` when it has all. */
function missingRight({ roles }: Caller & { as: 'user' }, need: Need): string | undefined {
  if (need === 'any') return undefined;
  if (need === 'admin') return roles.some(({ name }) => name === adminRole) ? undefined : `the role ${adminRole}`;
  // A rule that names objects is not enough: this API shows all of a kind at once.
  const missing = need.find(([verb, kind]) => !mayDo(roles, { verb, kind, names: [''] }).allowed);
  return missing && `the right to ${missing[0]} every ${missing[1]}`;
}
