import { Server, ServerCredentials } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import type { Replica } from '../replica/index.js';
import { descriptor } from '../wire/index.js';
import { backupService } from './backup-service.js';
import { catalogService } from './catalog-service.js';
import { commonOptions } from './channel.js';
import { controlService } from './control-service.js';
import { services } from './definitions.js';
import { formationService, type AnswerFormation } from './formation.js';
import { Forwarder } from './forward.js';
import { leaseService } from './lease-service.js';
import { membershipService } from './membership-service.js';
import type { GrpcNetwork } from './network.js';
import { watchService } from './watch-service.js';

/** Calls that one connection may have open at a time; grpc-js sets no limit. */
const streamsMax = 10_000;

/** Everything that a member serves, on one port. */
export class ApiServer {
  readonly #server = new Server({
    ...commonOptions,
    'grpc.max_concurrent_streams': streamsMax,
    'grpc-node.max_session_memory': 64,
  });
  readonly #health = new HealthImplementation({ '': 'NOT_SERVING' });
  readonly #forwarder = new Forwarder();

  /** Binds to `HOST:PORT` (port 0 lets the system choose) and serves raft and formation. Resolves with the port. */
  async listen(addr: string, network: GrpcNetwork, answerFormation: AnswerFormation): Promise<number> {
    this.#server.addService(services.formation, formationService(answerFormation));
    this.#server.addService(services.raft, network.service());
    this.#health.addToServer(this.#server);
    new ReflectionService(fromJSON(descriptor, { keepCase: true })).addToServer(this.#server);
    return new Promise<number>((resolve, reject) => {
      this.#server.bindAsync(addr, ServerCredentials.createInsecure(), (error, port) => {
        if (error) reject(new Error(`cannot listen on ${addr}: ${error.message}`, { cause: error }));
        else resolve(port);
      });
    });
  }

  /** Serves the API of a replica. */
  serve(replica: Replica): void {
    this.#server.addService(services.control, controlService(replica, this.#forwarder));
    this.#server.addService(services.watch, watchService(replica));
    this.#server.addService(services.catalog, catalogService(replica, this.#forwarder));
    this.#server.addService(services.lease, leaseService(replica, this.#forwarder));
    this.#server.addService(services.backup, backupService(replica));
    this.#server.addService(services.membership, membershipService(replica, this.#forwarder));
    this.#health.setStatus('', 'SERVING');
  }

  /** Says that no new calls are welcome. */
  drain(): void {
    this.#health.setStatus('', 'NOT_SERVING');
  }

  /** Lets calls end for `graceMs`, then ends them. */
  async close(graceMs: number): Promise<void> {
    this.#forwarder.close();
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
