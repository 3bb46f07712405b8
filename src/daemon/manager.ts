import { systemClock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { ListenError } from '../base/listening.js';
import type { Logger } from '../base/log.js';
import { systemRandom } from '../base/random.js';
import { settledWithin } from '../base/waiting.js';
import { type Context, exitCodeOf, type ManagerFlags, runtimeDir } from '../cli/index.js';
import type { DnsServer } from '../dns/index.js';
import type { DockerApi } from '../docker/index.js';
import type { HttpEndpoint } from '../http/index.js';
import { instances } from '../kinds/index.js';
import { flagKey } from '../settings/names.js';
import { managerTable, memberTable, replicaTable } from '../settings/table.js';
import type { OpenFleet } from './fleet.js';
import type { serveHttp } from './http.js';
import type { Ingress } from './ingress.js';
import { loadKinds } from './kind-modules.js';
import { openLeaderLoops } from './leader-loops.js';
import { processLogger } from './logger.js';
import { openMember, type OpenReplica, type OpenReplicaOptions } from './open-replica.js';
import { readSecretFile } from './secret-file.js';

/** Time limit for a leader to hand over before it ends, milliseconds. */
const handOverMs = 1_000;

/**
 * `skep manager`: one replica in the foreground. Prints `ready …` when it serves; hands leadership over and ends cleanly
 * when `context.signal` is aborted.
 * @returns the exit code.
 */
export async function runManager(flags: ManagerFlags, context: Context): Promise<number> {
  const { streams, signal } = context;
  const interrupted = new Promise<'interrupted'>((resolve) => {
    if (signal.aborted) resolve('interrupted');
    signal.addEventListener('abort', () => resolve('interrupted'), { once: true });
  });
  const logger = processLogger(flags.logLevel, {
    member: flags.name,
    format: flags.logFormat,
    env: context.env,
  });
  let replica: OpenReplica;
  let http: HttpEndpoint | undefined;
  let dns: DnsServer | undefined;
  let docker: DockerApi | undefined;
  let fleet: OpenFleet | undefined;
  let ingress: Ingress | undefined;
  try {
    const startFleet = await fleetOf(flags, context);
    const its = flags.http === undefined ? undefined : (await import('./http.js')).measured();
    const opening = openMember(await memberOptions(flags, context, logger), its?.given ?? {});
    opening.catch(() => undefined);
    // Joining may take a minute; what was written until now is taken up again by the next start.
    const opened = await Promise.race([opening, interrupted]);
    if (opened === 'interrupted') return 0;
    replica = opened;
    if (its) http = await serveHttpOf(flags, { member: replica, meter: its.meter, version: context.version, logger });
    if (flags.dns !== undefined) dns = await serveDns(flags.dns, replica, logger);
    fleet = startFleet?.(replica, logger);
    if (fleet) docker = await serveDockerOf(flags, { replica, fleet, context, logger });
    if (flags.ingress !== undefined) ingress = await publishPorts(flags.ingress, replica, logger);
  } catch (error) {
    await http?.close();
    await dns?.close();
    streams.err(`skep: ${messageOf(error)}\n`);
    return exitCodeOf(error);
  }
  const loops = openLeaderLoops(replica, logger);
  streams.out(readyLine(flags.name, replica, { http, dns, docker }));
  const ended = await Promise.race([interrupted, replica.stopped]);
  await http?.close();
  await docker?.close();
  ingress?.close();
  await dns?.close();
  // While this member still serves: the others take its engines at once.
  await fleet?.close();
  await loops.close();
  if (ended !== 'interrupted') {
    await replica.close();
    if (ended) streams.err(`skep: ${ended.message}\n`);
    return ended === undefined ? 0 : exitCodeOf(ended);
  }
  await handOver(replica);
  await replica.close();
  return 0;
}

/** Options of the member itself: its flags, and what their files hold. */
async function memberOptions(flags: ManagerFlags, { env }: Context, logger: Logger): Promise<OpenReplicaOptions> {
  const sockets = runtimeDir(env);
  return {
    ...optionsIn(flags),
    ...(flags.insecure && { security: 'off' }),
    name: flags.name,
    logger,
    ...(sockets !== undefined && { runtimeDir: sockets }),
    kinds: await loadKinds(flags.kinds ?? []),
    ...(flags.tokenFile !== undefined && { joinToken: await readSecretFile(flags.tokenFile) }),
    ...(flags.peersSecretFile !== undefined && { peersSecret: await readSecretFile(flags.peersSecretFile) }),
  };
}

/** Says where the member and its parts are reached. */
function readyLine(
  name: string,
  replica: OpenReplica,
  {
    http,
    dns,
    docker,
  }: { http?: HttpEndpoint | undefined; dns?: DnsServer | undefined; docker?: DockerApi | undefined },
): string {
  const { clusterId, id, members } = replica.status();
  const parts = [
    `ready ${name} addr=${replica.addr} id=${id} cluster=${clusterId} members=${members.length}`,
    ...(http ? [`http=${http.url.replace(/\/$/, '')}`] : []),
    ...(dns ? [`dns=${dns.addr}`] : []),
    ...(docker ? [`docker=${docker.addresses.join(',')}`] : []),
  ];
  return `${parts.join(' ')}\n`;
}

/** Returns the flags that are options of the library, by the library's names. */
function optionsIn(flags: ManagerFlags): Partial<OpenReplicaOptions> {
  const given = new Map(Object.entries(flags).filter(([, value]) => value !== undefined));
  const options = managerTable.map(([name]) => [name, given.get(flagKey(name))] as const);
  return Object.fromEntries(
    options.filter(([name, value]) => value !== undefined && (name in memberTable || name in replicaTable)),
  );
}

/** Loads the HTTP endpoint only where it is asked for. */
async function serveHttpOf(...given: Parameters<typeof serveHttp>): Promise<HttpEndpoint> {
  return (await import('./http.js')).serveHttp(...given);
}

/** Loads what drives engines only where engines are to be driven. */
async function fleetOf(flags: ManagerFlags, context: Context) {
  const { fleet } = flags;
  if (fleet === undefined) return undefined;
  return (await import('./fleet.js')).prepareFleet({ ...flags, fleet }, context);
}

/** Answers for the catalogue from what this member knows, with a leader or without. Closes the member when it cannot. */
async function serveDns(listen: string, replica: OpenReplica, logger: Logger): Promise<DnsServer> {
  const { openDnsServer } = await import('../dns/index.js');
  const find = (name: string) => replica.store.view((tx) => tx.kind(instances).find(instances.by('lowered', name)));
  try {
    const version = () => replica.store.version;
    return await openDnsServer({ listen, find, version, random: systemRandom, logger });
  } catch (error) {
    await replica.close();
    throw new ListenError(listen, error, 'cannot serve DNS: ');
  }
}

/** Serves the Docker API where it is asked for. Closes the member when it cannot. */
async function serveDockerOf(
  flags: ManagerFlags,
  options: { replica: OpenReplica; fleet: OpenFleet; context: Context; logger: Logger },
): Promise<DockerApi | undefined> {
  const { docker: listen = [], fleet: discovery = '', fleetHeartbeatMs, fleetDiscoveryOpt } = flags;
  if (listen.length === 0) return undefined;
  const { serveDocker } = await import('./docker.js');
  try {
    return await serveDocker({ listen, discovery, fleetHeartbeatMs, fleetDiscoveryOpt, ...options });
  } catch (error) {
    await options.fleet.close();
    await options.replica.close();
    throw error;
  }
}

/** Passes connections to published ports on to tasks. Loaded only here: most members publish nothing. */
async function publishPorts(listen: string, { store }: OpenReplica, logger: Logger): Promise<Ingress> {
  const { openIngress } = await import('./ingress.js');
  return openIngress({ store, listen, logger, clock: systemClock });
}

/** Transfers leadership before this member ends, so that clients need not wait for an election. */
async function handOver(replica: OpenReplica): Promise<void> {
  if (!replica.isLeader || replica.status().members.length < 2) return;
  await settledWithin(systemClock, handOverMs, replica.transferLeadership());
}
