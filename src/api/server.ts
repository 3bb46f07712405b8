import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import {
  Server as GrpcServer,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { systemClock } from '../base/clock.js';
import { splitHostPort } from '../base/host-port.js';
import { ListenError } from '../base/listening.js';
import { Turns } from '../base/turns.js';
import type { Replica } from '../replica/index.js';
import {
  afterPreface,
  type AnswerFormation,
  commonOptions,
  formationService,
  type GrpcNetwork,
  multiplexed,
  served,
  services,
  UnaryMethods,
} from '../rpc/index.js';
import { descriptor } from '../wire/index.js';
import { backupService } from './backup.js';
import { catalogService } from './catalog.js';
import { controlService } from './control.js';
import { EngineRoutes } from './engine-routes.js';
import { enginesService } from './engines.js';
import { fleetService } from './fleet.js';
import { Forwarder } from './forward.js';
import { leaseService } from './lease.js';
import { membershipService } from './membership.js';
import { turns } from './turns.js';
import { watchService } from './watch.js';

/**
 * Calls that one connection may have open at a time; grpc-js sets no limit. Each stream keeps one message that its reader
 * has not taken: about 256 KiB, so 1 GiB for a connection that reads nothing, and more where single objects are larger.
 */
const streamsMax = 4_096;

/** Limit for a connection to send the HTTP/2 preface, milliseconds. */
const prefaceDefaultMs = 5_000;

type Definition = ServiceDefinition<UntypedServiceImplementation>;

/** Everything that a member serves, on one port. */
export class ApiServer {
  readonly #server = new GrpcServer({
    ...commonOptions,
    'grpc.max_concurrent_streams': streamsMax,
    'grpc-node.max_session_memory': 64,
  });
  /** Server that accepts the connections for grpc-js, which would keep a silent one for ever. */
  readonly #door: Server;
  readonly #waiting = new Set<Socket>();
  readonly #health = new HealthImplementation({ '': 'NOT_SERVING' });
  readonly #forwarder = new Forwarder();
  /** Ways to engines. A manager that drives engines gives it a dialer. */
  readonly engines = new EngineRoutes(this.#forwarder);
  /** Turns of their own for messages of members: these do not wait behind the calls of others. */
  readonly #memberTurns = new Turns(systemClock);

  constructor({ prefaceMs = prefaceDefaultMs }: { readonly prefaceMs?: number } = {}) {
    const injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#door = createServer({ noDelay: true }, (socket) => {
      this.#waiting.add(socket);
      socket.once('close', () => this.#waiting.delete(socket));
      afterPreface(socket, prefaceMs, (begun) => {
        this.#waiting.delete(begun);
        injector.injectConnection(begun);
      });
    });
  }

  /** Binds to `HOST:PORT` (port 0 lets the system choose) and serves raft and formation. Resolves with the port. */
  async listen(addr: string, network: GrpcNetwork, answerFormation: AnswerFormation): Promise<number> {
    this.#server.addService(...served(services.formation, formationService(answerFormation), this.#memberTurns));
    this.#server.addService(...served(services.raft, network.service(), this.#memberTurns));
    this.#health.addToServer(this.#server);
    new ReflectionService(fromJSON(descriptor, { keepCase: true })).addToServer(this.#server);
    const { host, port } = splitHostPort(addr);
    return new Promise<number>((resolve, reject) => {
      this.#door.once('error', (error) => reject(new ListenError(addr, error)));
      this.#door.listen(Number(port), host, () => resolve((this.#door.address() as AddressInfo).port));
    });
  }

  /** Serves the API of a replica. */
  serve(replica: Replica): void {
    const methods = new UnaryMethods();
    const serve = (definition: Definition, handlers: UntypedServiceImplementation) => {
      this.#server.addService(...served(definition, handlers, turns));
      methods.add(definition, handlers);
    };
    serve(services.control, controlService(replica, this.#forwarder));
    serve(services.watch, watchService(replica));
    serve(services.catalog, catalogService(replica, this.#forwarder));
    serve(services.lease, leaseService(replica, this.#forwarder));
    serve(services.fleet, fleetService(replica, this.#forwarder));
    this.engines.begin(replica);
    serve(services.engines, enginesService(this.engines));
    serve(services.backup, backupService(replica));
    serve(services.membership, membershipService(replica, this.#forwarder));
    this.#server.addService(...multiplexed(methods, turns));
    this.#health.setStatus('', 'SERVING');
  }

  /** Says that no new calls are welcome. */
  drain(): void {
    this.#health.setStatus('', 'NOT_SERVING');
  }

  /** Lets calls end for `graceMs`, then ends them. */
  async close(graceMs: number): Promise<void> {
    this.engines.close();
    this.#forwarder.close();
    this.#door.close();
    for (const socket of this.#waiting) socket.destroy();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.#server.forceShutdown();
        resolve();
      }, graceMs);
      this.#server.tryShutdown(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
