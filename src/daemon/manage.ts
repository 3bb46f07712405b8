import { join } from 'node:path';
import { systemClock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { isLocal, parseListen } from '../base/listen-address.js';
import type { Logger } from '../base/log.js';
import { isStoreErrorOf } from '../base/store-error.js';
import { aborted } from '../base/waiting.js';
import { type Context, type ManageSettings, openBackend } from '../cli/index.js';
import { type Access, Client } from '../client/index.js';
import { openDockerApi, type Replication } from '../docker/index.js';
import { Cluster, Contending, StoreRecords } from '../fleet/index.js';
import { locks } from '../kinds/index.js';
import { openReplica } from './open-replica.js';
import { type Certificates, readCertificates } from './tls-files.js';

/** Limit for a first answer of the store, milliseconds. */
const checkMs = 2_000;

/** Something that was opened, and is closed in the reverse order. */
type Close = () => Promise<void> | void;

/**
 * `skep manage`: follows the engines that discovery names, and serves the Docker API in front of them until the signal of
 * `context` aborts. Prints `ready …` when it serves. Everything that cannot be right is refused before anything starts.
 */
export async function runManage(settings: ManageSettings, context: Context): Promise<void> {
  const logger = await context.logger(settings.logLevel);
  const closing: Close[] = [];
  try {
    await manage(settings, context, { logger, opened: (close) => void closing.push(close) });
  } finally {
    for (const close of closing.reverse())
      try {
        await close();
      } catch (error) {
        logger.error(`could not close: ${messageOf(error)}`);
      }
  }
}

async function manage(
  settings: ManageSettings,
  context: Context,
  { logger, opened }: { readonly logger: Logger; readonly opened: (close: Close) => void },
): Promise<void> {
  const { discovery, heartbeatMs, replication, rootDir, toDiscovery, toStore } = settings;
  const tls = settings.tls && (await readCertificates(settings.tls, '--tls'));
  warnOfOpenApi(settings, logger);
  if (replication) await checkIdentity(replication.store, toStore?.access);
  const cluster = openCluster(settings, tls, logger);
  const options = settings.discoveryOptions;
  const backend = await openBackend(context, discovery, { heartbeatMs, options, access: toDiscovery?.access });
  opened(() => backend.close?.());
  const stop = new AbortController();
  const running: Promise<void>[] = [];
  const end = async () => {
    stop.abort();
    // The cluster ends calls of engines that hang, so that the lead is given away at once.
    await Promise.all([cluster.close(), ...running]);
  };
  const store = rootDir === undefined ? undefined : await openRecords(rootDir, logger, opened);
  const contending = replication && openContending(cluster, { ...replication, ...toStore }, logger, opened);
  for (const { keep } of [toDiscovery, toStore].filter((one) => one !== undefined)) void keep?.(stop.signal);
  opened(end);
  if (store) await cluster.lead(store);
  const api = await openDockerApi(cluster, {
    listen: settings.listen,
    cors: settings.cors,
    version: context.version,
    logger,
    ...(tls && { tls }),
    ...(contending && { replication: replicationOf(contending, tls) }),
  });
  opened(() => api.close());
  running.push(cluster.follow(backend, { signal: stop.signal }));
  if (contending) running.push(contending.run(stop.signal));
  context.streams.out(`ready ${api.addresses.join(' ')} discovery=${discovery}\n`);
  await aborted(context.signal);
}

/** Opens the directory that keeps the records. */
async function openRecords(rootDir: string, logger: Logger, opened: (close: Close) => void): Promise<StoreRecords> {
  const replica = await openReplica({ name: 'manage', dataDir: join(rootDir, 'state'), logger });
  opened(() => replica.close());
  return new StoreRecords(replica.store);
}

function warnOfOpenApi({ listen, tls }: ManageSettings, logger: Logger): void {
  for (const address of tls?.verify ? [] : listen)
    if (!isLocal(parseListen(address)))
      logger.warn(
        `${address} is open to every client that reaches it, and each owns the hosts of all engines; use --tlsverify`,
      );
}

function openCluster(settings: ManageSettings, tls: Certificates | undefined, logger: Logger): Cluster {
  const { strategy, filters, overcommit, createRetry, refreshMinMs, refreshMaxMs, failureRetry } = settings;
  const follows = settings.replication !== undefined || settings.rootDir !== undefined;
  return new Cluster({
    ...{ strategy, overcommit, createRetry, refreshMinMs, refreshMaxMs, failureRetry, follows, logger },
    ...(filters && { filters }),
    ...(tls && { client: { tls } }),
  });
}

/** Refuses an identity that the members of the store do not know. Members that are not there yet may come. */
async function checkIdentity(hosts: readonly string[], access: Access | undefined): Promise<void> {
  const client = new Client({ hosts, access, timeoutMs: checkMs, unreachableMs: checkMs });
  try {
    await client.list(locks, undefined, { stale: true, limit: 1 });
  } catch (error) {
    if (isStoreErrorOf(error, ['UNAUTHENTICATED', 'DENIED'])) throw error;
  } finally {
    client.close();
  }
}

function openContending(
  cluster: Cluster,
  { store, advertise, ttlMs, access }: NonNullable<ManageSettings['replication']> & ManageSettings['toStore'],
  logger: Logger,
  opened: (close: Close) => void,
): Contending {
  const client = new Client({ hosts: store, access });
  opened(() => client.close());
  return new Contending({ cluster, client, name: 'fleet', address: advertise, ttlMs, clock: systemClock, logger });
}

function replicationOf(contending: Contending, tls: Certificates | undefined): Replication {
  return {
    role: () => contending.role(),
    onChange: (run) => contending.onChange(run),
    ...(tls && { tls }),
  };
}
