import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { FileError } from '../base/file-error.js';
import type { Logger } from '../base/log.js';
import { aborted } from '../base/waiting.js';
import type { Context, ManageSettings } from '../cli/index.js';
import { Client } from '../client/index.js';
import { openDockerApi, type Replication } from '../docker/index.js';
import { Cluster, Contending, StoreRecords } from '../fleet/index.js';
import { openReplica } from './open-replica.js';

/** Something that was opened, and is closed in the reverse order. */
type Close = () => Promise<void> | void;

/** Certificates as they were read. */
interface Certificates {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
  readonly verify: boolean;
}

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
  { streams, signal, createBackend, version }: Context,
  { logger, opened }: { readonly logger: Logger; readonly opened: (close: Close) => void },
): Promise<void> {
  const { discovery, heartbeatMs, replication, rootDir } = settings;
  const tls = settings.tls && (await certificates(settings.tls));
  const cluster = openCluster(settings, tls, logger);
  opened(() => cluster.close());
  const backend = await createBackend(discovery, { heartbeatMs, options: settings.discoveryOptions });
  opened(() => backend.close?.());
  if (rootDir !== undefined) {
    const replica = await openReplica({ name: 'manage', dataDir: join(rootDir, 'state'), logger });
    opened(() => replica.close());
    await cluster.lead(new StoreRecords(replica.store));
  }
  const contending = replication && openContending(cluster, replication, logger, opened);
  const api = await openDockerApi(cluster, {
    listen: settings.listen,
    cors: settings.cors,
    version,
    logger,
    ...(tls && { tls }),
    ...(contending && { replication: replicationOf(contending, tls) }),
  });
  opened(() => api.close());
  const stop = new AbortController();
  const following = cluster.follow(backend, { signal: stop.signal });
  const running = contending ? [following, contending.run(stop.signal)] : [following];
  opened(async () => {
    stop.abort();
    await Promise.all(running);
  });
  streams.out(`ready ${api.addresses.join(' ')} discovery=${discovery}\n`);
  await aborted(signal);
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

function openContending(
  cluster: Cluster,
  { store, advertise, ttlMs }: NonNullable<ManageSettings['replication']>,
  logger: Logger,
  opened: (close: Close) => void,
): Contending {
  const client = new Client({ hosts: store });
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

async function certificates(files: NonNullable<ManageSettings['tls']>): Promise<Certificates> {
  const { certFile, keyFile, caFile, verify } = files;
  const cert = await pem('--tlscert', certFile);
  const key = await pem('--tlskey', keyFile);
  return { cert, key, verify, ...(caFile !== undefined && { ca: await pem('--tlscacert', caFile) }) };
}

async function pem(flag: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new FileError(`cannot read the file of ${flag}: ${messageOf(cause)}`, { cause });
  }
}
