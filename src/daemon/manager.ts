import type { Context, ManagerFlags } from '../cli/index.js';
import { pathToFileURL } from 'node:url';
import type { AnyCustomKind } from '../kinds/index.js';
import type { Logger } from '../base/log.js';
import { systemRandom } from '../base/random.js';
import { instances } from '../catalog/kinds.js';
import type { DnsServer } from '../dns/index.js';
import { messageOf } from '../base/errors.js';
import { cannotListen } from '../base/listening.js';
import { processLogger } from './logger.js';
import { openReplica, type OpenReplica } from './open-replica.js';

/** How long a leader may take to hand over before it ends, milliseconds. */
const handOverMs = 1_000;

/**
 * `skep manager`: one replica in the foreground. Prints `ready …` when it serves; hands leadership over and ends cleanly
 * when `context.signal` is aborted.
 * @returns the exit code.
 */
export async function runManager(flags: ManagerFlags, { streams, signal }: Context): Promise<number> {
  const interrupted = new Promise<'interrupted'>((resolve) => {
    if (signal.aborted) resolve('interrupted');
    signal.addEventListener('abort', () => resolve('interrupted'), { once: true });
  });
  const logger = processLogger(flags.logLevel, flags.name);
  let replica: OpenReplica;
  let dns: DnsServer | undefined;
  try {
    const opening = openReplica({
      name: flags.name,
      listenAddr: flags.listen,
      peers: flags.peers,
      join: flags.join,
      ...(flags.begin && { begin: true }),
      logger,
      ...(flags.forceNewCluster && { forceNewCluster: true }),
      ...(flags.dataDir !== undefined && { dataDir: flags.dataDir }),
      ...(flags.advertise !== undefined && { advertiseAddr: flags.advertise }),
      ...(flags.heartbeatMs !== undefined && { heartbeatMs: flags.heartbeatMs }),
      ...(flags.electionTimeoutMs !== undefined && { electionTimeoutMs: flags.electionTimeoutMs }),
      kinds: await kindsOf(flags.kinds ?? []),
      ...(flags.snapshotInterval !== undefined && { snapshotInterval: flags.snapshotInterval }),
    });
    opening.catch(() => undefined);
    // Joining may take a minute; what was written until now is taken up again by the next start.
    const opened = await Promise.race([opening, interrupted]);
    if (opened === 'interrupted') return 0;
    replica = opened;
    if (flags.dns !== undefined) dns = await serveDns(flags.dns, replica, logger);
  } catch (error) {
    streams.err(`skep: ${messageOf(error)}\n`);
    return 1;
  }
  const { clusterId, id, members } = replica.status();
  streams.out(
    `ready ${flags.name} addr=${replica.addr} id=${id} cluster=${clusterId} members=${members.length}${dns ? ` dns=${dns.addr}` : ''}\n`,
  );
  const ended = await Promise.race([interrupted, replica.stopped]);
  await dns?.close();
  if (ended !== 'interrupted') {
    await replica.close();
    if (ended) streams.err(`skep: ${ended.message}\n`);
    return ended === undefined ? 0 : 1;
  }
  await handOver(replica);
  await replica.close();
  return 0;
}

/** Answers for the catalogue from what this member knows, with a leader or without. Closes the member when it cannot. */
async function serveDns(listen: string, replica: OpenReplica, logger: Logger): Promise<DnsServer> {
  const { openDnsServer } = await import('../dns/index.js');
  const find = (name: string) => replica.store.view((tx) => tx.kind(instances).find(instances.by('lowered', name)));
  try {
    return await openDnsServer({ listen, find, random: systemRandom, logger });
  } catch (error) {
    await replica.close();
    throw new Error(`cannot serve DNS: ${messageOf(cannotListen(listen, error))}`, { cause: error });
  }
}

/** Every kind that these modules export. Throws when one has none: it would be a mistake in the path. */
async function kindsOf(modules: readonly string[]): Promise<AnyCustomKind[]> {
  const kinds: AnyCustomKind[] = [];
  for (const module of modules) {
    const exported = Object.values(await imported(module));
    const found = exported.flat().filter(isOwnKind);
    if (found.length === 0) throw new Error(`${module} exports no kind: export what defineKind returns`);
    kinds.push(...found);
  }
  return kinds;
}

async function imported(module: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(module).href)) as Record<string, unknown>;
  } catch (cause) {
    throw new Error(`${module} cannot be loaded: ${messageOf(cause)}`, { cause });
  }
}

function isOwnKind(value: unknown): value is AnyCustomKind {
  return typeof value === 'object' && value !== null && 'definition' in value && 'created' in value;
}

/** Lets another member lead before this one goes, so that nobody has to wait for an election. */
async function handOver(replica: OpenReplica): Promise<void> {
  if (!replica.isLeader || replica.status().members.length < 2) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, handOverMs);
  });
  await Promise.race([replica.transferLeadership().catch(() => undefined), late]);
  clearTimeout(timer);
}
