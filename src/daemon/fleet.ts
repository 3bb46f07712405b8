import { systemClock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { splitHostPort } from '../base/host-port.js';
import type { Logger } from '../base/log.js';
import { systemRandom } from '../base/random.js';
import { type Context, discoveryOptions, type ManagerFlags, openBackend } from '../cli/index.js';
import { Client } from '../client/index.js';
import type { Backend } from '../discovery/index.js';
import type { EngineAccess } from '../fleet/access.js';
import { type DriveEngine, DriverSession } from '../fleet/assign/index.js';
import { confirmGoneBy, EngineDriver } from '../fleet/driver/index.js';
import { DockerClient } from '../fleet/index.js';
import { processTable } from '../settings/table.js';
import type { OpenReplica } from './open-replica.js';
import { serveEngines } from './serve-engines.js';
import { type Certificates, readCertificates } from './tls-files.js';

/** Engines that this manager helps to drive. */
export interface OpenFleet {
  /** Clients of any engine: of its own directly, of the others through their managers. */
  readonly access: EngineAccess;
  /** Certificates for the engines; absent for clear text. */
  readonly tls: Certificates | undefined;
  /** Stops driving, and gives everything back. Resolves when nothing is under way. */
  close(): Promise<void>;
}

type FleetFlags = ManagerFlags & { readonly fleet: string };

/**
 * Prepares driving the engines that discovery names: reads all files and opens the discovery service, so that a mistake is found
 * before the member starts. The function that it resolves with starts the work.
 */
export async function prepareFleet(
  flags: FleetFlags,
  context: Context,
): Promise<(replica: OpenReplica, logger: Logger) => OpenFleet> {
  const tls = await certificatesOf(flags);
  const heartbeatMs = flags.fleetHeartbeatMs ?? processTable.fleetHeartbeatMs.default;
  const backend = await openBackend(context, flags.fleet, { heartbeatMs, options: discoveryOptions(flags.fleetDiscoveryOpt) });
  const { node = '', ingress } = flags;
  return (replica, logger) => startFleet({ replica, logger, backend, node, ingress, tls });
} // prettier-ignore

async function certificatesOf(flags: FleetFlags): Promise<Certificates | undefined> {
  const { fleetTls, fleetTlsverify, fleetTlscacert, fleetTlscert, fleetTlskey } = flags;
  if (!fleetTls && !fleetTlsverify) return undefined;
  const files = { certFile: fleetTlscert ?? '', keyFile: fleetTlskey ?? '', caFile: fleetTlscacert };
  return readCertificates({ ...files, verify: fleetTlsverify ?? false }, '--fleet-tls');
}

interface Starting {
  readonly replica: OpenReplica;
  readonly logger: Logger;
  readonly backend: Backend;
  readonly node: string;
  /** Address on which ingress ports are published. */
  readonly ingress: string | undefined;
  readonly tls: Certificates | undefined;
}

function startFleet({ replica, logger, backend, node, ingress, tls }: Starting): OpenFleet {
  const ending = new AbortController();
  const { id, name } = replica.status();
  const client = new Client({ hosts: [replica.addr], access: replica.access() });
  const session = new DriverSession<DockerClient>({
    client,
    store: replica.store,
    clock: systemClock,
    random: systemRandom,
    logger,
    self: { member: String(id), name, addr: replica.addr, node, ingress: ingressOf(ingress, replica.addr) },
    connect: (address) => new DockerClient({ address, ...(tls && { tls }) }),
    drive: driving(replica, logger),
  });
  const served = serveEngines(replica, { tls });
  const running = [session.run(ending.signal), listen(backend, session, logger, ending.signal)];
  return {
    access: served.access,
    tls,
    close: async () => {
      served.stop();
      ending.abort();
      await Promise.all(running);
      client.close();
      await backend.close?.();
    },
  };
}

/** Address at which clients reach the ingress ports: one that stands for all has the host of the member. */
function ingressOf(listen: string | undefined, addr: string): string {
  return listen === '0.0.0.0' || listen === '::' ? splitHostPort(addr).host : (listen ?? '');
}

function driving(replica: OpenReplica, logger: Logger): DriveEngine<DockerClient> {
  const { store } = replica;
  const confirmGone = confirmGoneBy(replica);
  return ({ link, nodeId, holds, report }, signal) => {
    const { clusterId } = replica.status();
    const ports = { store, confirmGone, clock: systemClock, random: systemRandom, logger };
    return new EngineDriver({ client: link, nodeId, clusterId, report, holds, ...ports }).run(signal);
  };
}

/** Hands each list of discovery on until `signal` aborts. Errors are logged: the list before still counts. */
async function listen(
  backend: Backend,
  session: DriverSession<DockerClient>,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const { entries, error } of backend.watch({ signal })) {
      if (entries) session.list([...entries].map(String));
      else logger.warn(`discovery of engines: ${messageOf(error)}`);
    }
  } catch (error) {
    logger.error(`discovery of engines ended: ${messageOf(error)}`);
  }
}
