import {
  Server as GrpcServer,
  ServerCredentials,
  type ServerOptions,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { systemClock } from '../base/clock.js';
import { Turns } from '../base/turns.js';
import type { AuditSink } from '../audit/index.js';
import type { Caller } from '../identity/index.js';
import type { Replica } from '../replica/index.js';
import {
  type AnswerFormation,
  commonOptions,
  formationService,
  type GrpcNetwork,
  guard,
  multiplexed,
  type Recognizing,
  served,
  services,
  UnaryMethods,
} from '../rpc/index.js';
import { accessService } from './access.js';
import { refusalEntry, tokenEntry, withAudit } from './audited.js';
import { backupService } from './backup.js';
import { CallLimits, Denials, limitedIssue, WatchCounts } from './call-limits.js';
import { catalogService } from './catalog.js';
import { certificatesService } from './certificates.js';
import { controlService } from './control.js';
import { ControlSocket } from './control-socket.js';
import { EngineRoutes } from './engine-routes.js';
import { enginesService } from './engines.js';
import { ClearEntrance, type Entrance, SecureEntrance, type ServerSecurity } from './entrance.js';
import { fleetService } from './fleet.js';
import { Forwarder } from './forward.js';
import { ForwardedCalls } from './forwarded-calls.js';
import { leaseService } from './lease.js';
import { LocalHandlers } from './local.js';
import { membershipService } from './membership.js';
import { type CallMeter, metered } from './metered.js';
import { addReflection } from './reflection.js';
import { type Audience, audiences } from './standing.js';
import { traced } from './traced.js';
import { turns } from './turns.js';
import { UserRates } from './user-rates.js';
import { watchService } from './watch.js';

/**
 * Calls that one connection may have open at a time; grpc-js sets no limit. Each stream keeps one message that its reader
 * has not taken: about 256 KiB, so 1 GiB for a connection that reads nothing, and more where single objects are larger.
 */
const streamsMax = 4_096;

/** Limit for a connection to send the HTTP/2 preface, milliseconds. */
const prefaceDefaultMs = 5_000;

/** Audiences of callers that are known. */
const known: readonly Audience[] = ['api', 'bearer', 'members', 'local'];

type Definition = ServiceDefinition<UntypedServiceImplementation>;

/** Time without a stream after which the connection of a user is closed, milliseconds. Ours open another when they need one. */
const idleMs = 60 * 60_000;

/** Messages and calls of a connection, where they differ from those of members. */
const audienceLimits: Readonly<Record<Audience, ServerOptions>> = {
  anonymous: { 'grpc.max_receive_message_length': 64 * 1024, 'grpc.max_concurrent_streams': 4 },
  bearer: { 'grpc.max_concurrent_streams': 2_000, 'grpc.max_connection_idle_ms': idleMs },
  api: { 'grpc.max_concurrent_streams': 2_000, 'grpc.max_connection_idle_ms': idleMs },
  members: { 'grpc.max_concurrent_streams': 10_000 },
  local: { 'grpc.max_concurrent_streams': 2_000 },
};

interface ApiServerOptions {
  /** Limit for a connection to send the HTTP/2 preface, milliseconds. */
  readonly prefaceMs?: number;
  readonly security?: ServerSecurity;
  /** Receives the calls of the API; those of other members to raft are not reported. */
  readonly calls?: CallMeter;
  /** Receives denials and changes, for the audit. */
  readonly audit?: AuditSink | undefined;
}

/** Everything that a member serves, on one port. */
export class ApiServer {
  readonly #security: ServerSecurity | undefined;
  readonly #audit: AuditSink | undefined;
  readonly #limits: CallLimits;
  readonly #watches = new WatchCounts();
  readonly #forwarded = new ForwardedCalls();
  readonly #rates: UserRates;
  readonly #recognizing: Recognizing | undefined;
  readonly #servers: Readonly<Record<Audience, GrpcServer>>;
  /** Takes the connections for grpc-js, which would keep a silent one for ever. */
  readonly #entrance: Entrance;
  readonly #health = new HealthImplementation({ '': 'NOT_SERVING' });
  readonly #forwarder: Forwarder;
  /** Ways to engines. A manager that drives engines gives it a dialer. */
  readonly engines: EngineRoutes;
  /** The same methods, for callers in this process: they may do everything. */
  readonly local = new LocalHandlers();
  #control: ControlSocket | undefined;
  #memberState: ((id: number) => 'member' | 'removed' | 'unknown') | undefined;
  /** Turns of their own for messages of members: these do not wait behind the calls of others. */
  readonly #memberTurns = new Turns(systemClock);

  readonly #calls: CallMeter | undefined;

  constructor({ prefaceMs = prefaceDefaultMs, security, calls, audit }: ApiServerOptions = {}) {
    this.#security = security;
    this.#calls = calls;
    this.#limits = new CallLimits(security?.clock ?? systemClock);
    this.#rates = new UserRates(security?.clock ?? systemClock);
    this.#audit = audit && new Denials(audit, security?.clock ?? systemClock);
    this.#forwarder = new Forwarder(security?.dialing);
    this.engines = new EngineRoutes(this.#forwarder);
    const clear = security ? undefined : newServer();
    this.#recognizing = security && this.#recognizingBy(security);
    const serverFor = (audience: Audience) => {
      const recognizing = this.#recognizingAt(audience);
      const interceptors = recognizing ? [guard(recognizing)] : [];
      return clear ?? newServer({ ...audienceLimits[audience], interceptors });
    };
    this.#servers = {
      anonymous: serverFor('anonymous'),
      bearer: serverFor('bearer'),
      api: serverFor('api'),
      members: serverFor('members'),
      local: serverFor('local'),
    };
    this.#entrance = clear ? new ClearEntrance(clear, prefaceMs) : this.#secureEntrance(security as ServerSecurity);
  }

  /** Binds to `HOST:PORT` (port 0 lets the system choose) and serves raft and formation. Resolves with the port. */
  async listen(addr: string, network: GrpcNetwork, answerFormation: AnswerFormation): Promise<number> {
    this.#memberState = (id) => network.stateOf(id);
    this.#add(['members'], served(services.formation, formationService(answerFormation), this.#memberTurns));
    this.#add(['members'], served(services.raft, network.service(), this.#memberTurns));
    for (const server of this.#each(audiences)) this.#health.addToServer(server);
    for (const server of this.#each(known)) addReflection(server);
    return this.#entrance.listen(addr);
  }

  /** Serves the owner of this process at a socket in a folder of its own. */
  async listenLocal(path: string): Promise<void> {
    const injector = this.#servers.local.createConnectionInjector(ServerCredentials.createInsecure());
    this.#control = new ControlSocket(path, (socket) => injector.injectConnection(socket));
    await this.#control.listen();
  }

  /** Serves the API of a replica. */
  serve(replica: Replica): void {
    const forwarder = this.#forwarder;
    const methods = new UnaryMethods();
    const serve = (definition: Definition, its: UntypedServiceImplementation) => {
      const handlers = traced(definition, metered(definition, this.#audited(definition, its), this.#calls));
      this.#add(known, served(definition, handlers, turns));
      methods.add(definition, handlers);
      this.local.add(definition, handlers);
    };
    serve(services.control, controlService(replica, forwarder));
    serve(services.watch, this.#watches.limited(watchService(replica)));
    serve(services.catalog, this.#watches.limited(catalogService(replica, forwarder)));
    serve(services.lease, leaseService(replica, forwarder));
    serve(services.fleet, fleetService(replica, forwarder));
    this.engines.begin(replica);
    serve(services.engines, enginesService(this.engines));
    serve(services.backup, backupService(replica, forwarder));
    serve(services.membership, membershipService(replica, forwarder));
    const serveAll = (definition: Definition, its: UntypedServiceImplementation) => {
      const handlers = traced(definition, metered(definition, this.#audited(definition, its), this.#calls));
      this.#add(audiences, served(definition, handlers, turns));
      methods.add(definition, handlers);
      this.local.add(definition, handlers);
    };
    serveAll(services.access, accessService(replica, forwarder));
    if (this.#memberState) {
      const certificates = certificatesService(replica, forwarder, this.#memberState);
      serveAll(services.certificates, limitedIssue(certificates, this.#limits));
    }
    for (const audience of this.#security ? known : known.slice(0, 1)) {
      const recognizing = this.#recognizingAt(audience);
      this.#add([audience], multiplexed({ methods, turns, ...(recognizing && { recognizing }) }));
    }
    this.#health.setStatus('', 'SERVING');
  }

  /** Takes the credentials that the member has now, for new connections. */
  refresh(): void {
    this.#entrance.refresh();
  }

  /** Ends the connections whose identity no longer counts. */
  recheck(): void {
    this.#entrance.recheck();
    const security = this.#security;
    if (security) this.#forwarded.recheck((behalf) => security.named(behalf));
  }

  /** Says that no new calls are welcome. */
  drain(): void {
    this.#health.setStatus('', 'NOT_SERVING');
  }

  /** Lets calls end for `graceMs`, then ends them. */
  async close(graceMs: number): Promise<void> {
    this.engines.close();
    this.#forwarder.close();
    this.#entrance.close();
    this.#control?.close();
    await Promise.all([...this.#each(audiences)].map((server) => shutDown(server, graceMs)));
  }

  /** The servers of these audiences, each once: without security they are one. */
  #each(wanted: readonly Audience[]): ReadonlySet<GrpcServer> {
    return new Set(wanted.map((audience) => this.#servers[audience]));
  }

  #audited(definition: Definition, handlers: UntypedServiceImplementation): UntypedServiceImplementation {
    return this.#audit ? withAudit(definition, handlers, this.#audit) : handlers;
  }

  #add(wanted: readonly Audience[], service: ReturnType<typeof served>): void {
    for (const server of this.#each(wanted)) server.addService(...service);
  }

  /** Tells who calls on the connections of an audience. The control socket lets only the owner of the member in. */
  #recognizingAt(audience: Audience): Recognizing | undefined {
    return audience === 'local' && this.#recognizing
      ? { ...this.#recognizing, caller: () => ({ as: 'local' }) }
      : this.#recognizing;
  }

  #recognizingBy(security: ServerSecurity): Recognizing {
    return {
      caller: (peer, authorization) => this.#entrance.caller(peer, authorization),
      named: (behalf) => security.named(behalf),
      refused: (refusal) => this.#audit?.note(refusalEntry(refusal)),
      count: (caller) => this.#rates.count(caller),
      forwarding: (behalf, caller, end) => this.#forwarded.add(behalf, caller, end),
    };
  }

  #secureEntrance(security: ServerSecurity): Entrance {
    const injectors = Object.fromEntries(
      audiences.map((audience) => [
        audience,
        this.#servers[audience].createConnectionInjector(ServerCredentials.createInsecure()),
      ]),
    ) as Record<Audience, ReturnType<GrpcServer['createConnectionInjector']>>;
    const shown = (caller: Caller, peer: string) => this.#audit?.note(tokenEntry(caller, peer));
    return new SecureEntrance(security, { limits: this.#limits, shown }, (audience, socket) =>
      injectors[audience].injectConnection(socket),
    );
  }
}

function newServer(options: ServerOptions = {}): GrpcServer {
  return new GrpcServer({
    ...commonOptions,
    'grpc.max_concurrent_streams': streamsMax,
    'grpc-node.max_session_memory': 64,
    ...options,
  });
}

async function shutDown(server: GrpcServer, graceMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, graceMs);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
