import { systemClock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { joinHostPort, splitHostPort } from '../base/host-port.js';
import { isLocal, isUnspecific, parseListen } from '../base/listen-address.js';
import type { Logger } from '../base/log.js';
import { type Context, discoveryOptions, openBackend } from '../cli/index.js';
import { Client } from '../client/index.js';
import { type ClientTls, type DockerApi, openDockerApi, type Replication, storeBackend } from '../docker/index.js';
import { Cluster, Contending, taskLogs } from '../fleet/index.js';
import { processTable } from '../settings/table.js';
import { ClusterView } from './cluster-view.js';
import { DockerSecurity } from './docker-security.js';
import type { OpenFleet } from './fleet.js';
import { partsOf } from './member-parts.js';
import type { OpenReplica } from './open-replica.js';
import { securityOf } from './security-of.js';

/** Time for a manager to be without the lead of the engines' containers when the one that had it dies, milliseconds. */
const leadTtlMs = 15_000;

/** Parts of the Docker API of a manager. */
export interface ServeDockerOptions {
  /** Addresses to listen on. */
  readonly listen: readonly string[];
  /** URL of the discovery service that names the engines. */
  readonly discovery: string;
  /** Interval at which that is looked at, milliseconds. */
  readonly fleetHeartbeatMs?: number | undefined;
  /** Options of that discovery service, `key=value`. */
  readonly fleetDiscoveryOpt?: readonly string[] | undefined;
  /** Ways to the engines. */
  readonly fleet: Pick<OpenFleet, 'access' | 'tls'>;
  readonly replica: OpenReplica;
  readonly context: Context;
  readonly logger: Logger;
}

type Close = () => Promise<void> | void;

/**
 * Serves the Docker API of a manager: services, tasks and nodes from its own store, and the containers of all engines. One
 * of several managers acts on those containers; the others hand such requests on to it.
 * @throws {ListenError} an address that is taken; {DiscoveryError} a URL that cannot be read. Then nothing is open.
 */
export async function serveDocker(options: ServeDockerOptions): Promise<DockerApi> {
  const closing: Close[] = [];
  const close = async () => {
    for (const one of closing.splice(0).reverse())
      try {
        await one();
      } catch (error) {
        options.logger.error(`could not close: ${messageOf(error)}`);
      }
  };
  try {
    const api = await open(options, (one) => void closing.push(one));
    return { addresses: api.addresses, setTls: (tls) => api.setTls(tls), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(options: ServeDockerOptions, opened: (close: Close) => void) {
  const { listen, fleet, replica, context, logger } = options;
  const { fleetHeartbeatMs: heartbeatMs = processTable.fleetHeartbeatMs.default, fleetDiscoveryOpt } = options;
  const finding = { heartbeatMs, options: discoveryOptions(fleetDiscoveryOpt) };
  const discovery = await openBackend(context, options.discovery, finding);
  opened(() => discovery.close?.());
  const client = new Client({ hosts: [replica.addr], access: replica.access() });
  opened(() => client.close());
  const cluster = new Cluster({ follows: true, logger, ...(fleet.tls && { client: { tls: fleet.tls } }) });
  const stop = new AbortController();
  const running: Promise<void>[] = [];
  opened(async () => {
    stop.abort();
    // The cluster ends calls of engines that hang, so that the lead is given away at once.
    await Promise.all([cluster.close(), ...running]);
  });
  const view = new ClusterView(() => replica.status(), client, systemClock);
  const backendBy = (by: Client) =>
    storeBackend({ store: replica.store, client: by, cluster: () => view.cluster(), logs: taskLogs(fleet.access) });
  const own = securityOf(replica);
  const { audit } = partsOf(replica);
  const security =
    own && new DockerSecurity({ security: own, addr: replica.addr, backendFor: backendBy, audit, clock: systemClock });
  if (security) opened(() => security.close());
  else warnOfOpenApi(listen, logger);
  const lead = new LateReplication(security && (() => security.clientTls()));
  const api = await openDockerApi(cluster, {
    listen,
    version: context.version,
    logger,
    replication: lead,
    swarm: backendBy(client),
    ...(security && { admission: security, tls: await security.serverTls(listen) }),
  });
  opened(() => api.close());
  security?.keep(listen, (tls) => api.setTls(tls), systemClock, logger);
  // The system may have chosen the port, so the address is known only now.
  const address = addressFor(api.addresses, replica.addr);
  const contending = new Contending({
    ...{ cluster, client, name: 'fleet', address, ttlMs: leadTtlMs, clock: systemClock, logger },
  });
  lead.begin(contending);
  running.push(cluster.follow(discovery, { signal: stop.signal }), contending.run(stop.signal));
  return api;
}

function warnOfOpenApi(listen: readonly string[], logger: Logger): void {
  for (const address of listen)
    if (!isLocal(parseListen(address)))
      logger.warn(`${address} is open to every client that reaches it, and each owns the hosts of all engines`);
}

/** The address at which the other managers reach the API: of all addresses of a computer, the one they reach it at. */
function addressFor(addresses: readonly string[], memberAddr: string): string {
  const places = addresses.map(parseListen).filter((place) => place.kind === 'tcp');
  const place = places.find((one) => !isUnspecific(one) && !isLocal(one)) ?? places[0];
  if (!place) throw new TypeError('the Docker API needs a tcp:// address: the other managers hand requests on to it');
  const host = isUnspecific(place) ? splitHostPort(memberAddr).host : place.host;
  return joinHostPort(host, place.port);
}

/** Role of a manager whose election begins after the API is open. */
class LateReplication implements Replication {
  readonly #waiting: (() => void)[] = [];
  readonly #tls: (() => ClientTls) | undefined;
  #contending: Contending | undefined;

  constructor(tls: (() => ClientTls) | undefined) {
    this.#tls = tls;
  }

  get tls() {
    return this.#tls?.();
  }

  role() {
    return this.#contending?.role() ?? ({ is: 'replica', primary: undefined } as const);
  }

  onChange(run: () => void) {
    if (this.#contending) return this.#contending.onChange(run);
    this.#waiting.push(run);
    return () => void this.#waiting.splice(this.#waiting.indexOf(run), 1);
  }

  begin(contending: Contending): void {
    this.#contending = contending;
    for (const run of this.#waiting) contending.onChange(run);
  }
}
