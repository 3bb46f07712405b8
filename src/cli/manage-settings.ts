import { formatDuration } from '../base/duration.js';
import { messageOf } from '../base/errors.js';
import { isAddress, isSocketPath, joinHostPort, withPort } from '../base/host-port.js';
import { isUnspecific, type ListenAddress, parseListen } from '../base/listen-address.js';
import type { BackendOptions } from '../discovery/index.js';
import { ttlMinMs } from '../kinds/index.js';
import { filterNames, filtersNamed, strategyNamed, strategyNames } from '../schedule/index.js';
import type { Context } from './context.js';
import { discoveryOptions, discoveryUrl, timeFlag } from './discovery-flags.js';
import { UsageError } from './exit-codes.js';
import type { Way } from './way.js';

/** Settings of `skep manage`, checked as far as the command line alone tells. */
export interface ManageSettings {
  /** URL of the discovery service that names the engines. */
  readonly discovery: string;
  readonly discoveryOptions: BackendOptions;
  readonly heartbeatMs: number;
  /** `tcp://HOST:PORT` and `unix:///PATH`. */
  readonly listen: readonly string[];
  readonly cors: boolean;
  readonly strategy: string;
  /** Default: all of them. */
  readonly filters: readonly string[] | undefined;
  readonly overcommit: number;
  readonly createRetry: number;
  readonly refreshMinMs: number;
  readonly refreshMaxMs: number;
  readonly failureRetry: number;
  readonly tls: TlsFiles | undefined;
  /** Directory that keeps the records of containers; `undefined` for memory. */
  readonly rootDir: string | undefined;
  readonly replication: ReplicationSettings | undefined;
  readonly logLevel: string;
  /** Identity for the members of {@link replication}; absent in clear text. */
  readonly toStore?: Identified;
  /** Identity for the members that {@link discovery} names; absent in clear text. */
  readonly toDiscovery?: Identified;
}

/** Certificates, for the API and for the engines alike. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string | undefined;
  /** Refuses clients and engines whose certificate the CA has not signed. */
  readonly verify: boolean;
}

/** Several managers of one fleet. */
export interface ReplicationSettings {
  /** Skep managers that keep the records and decide who leads. */
  readonly store: readonly string[];
  /** Address at which the other managers reach this one. */
  readonly advertise: string;
  readonly ttlMs: number;
}

/** Identity for the members that keep the records, or that name the engines. */
export type Identified = Pick<Way, 'access' | 'keep'>;

/** Flags of `skep manage`, as they were given. */
export interface ManageFlags {
  readonly strategy: string;
  readonly filter?: readonly string[];
  readonly host?: readonly string[];
  readonly replication?: true;
  readonly replicationTtl: string;
  readonly advertise?: string;
  readonly store?: string;
  readonly rootdir?: string;
  readonly tls?: true;
  readonly tlsverify?: boolean;
  readonly tlscacert?: string;
  readonly tlscert?: string;
  readonly tlskey?: string;
  readonly engineRefreshMinInterval: string;
  readonly engineRefreshMaxInterval: string;
  readonly engineFailureRetry: string;
  readonly heartbeat: string;
  readonly cors?: true;
  readonly clusterDriver: string;
  readonly clusterOpt?: readonly string[];
  readonly overcommit?: string;
  readonly discoveryOpt?: readonly string[];
  readonly logLevel: string;
}

export const listenDefault = 'tcp://127.0.0.1:2375';
const storePort = 4242;

/**
 * Checks the command line, in the order of Docker Swarm: the first thing that cannot be right is reported.
 * @throws UsageError
 */
export function manageSettings(given: string | undefined, flags: ManageFlags, context: Context): ManageSettings {
  const tls = tlsFiles(flags);
  const times = engineTimes(flags);
  const discovery = discoveryUrl(given, context, 'manage');
  const heartbeatMs = atLeast('heartbeat', flags.heartbeat, 1_000, 'should be at least one second');
  const options = discoveryOptions(flags.discoveryOpt);
  checkScheduler(flags);
  const cluster = clusterOptions(flags);
  const listen = listenAddresses(flags, context);
  return {
    discovery,
    discoveryOptions: options,
    heartbeatMs,
    listen: listen.map(({ text }) => text),
    cors: flags.cors ?? false,
    strategy: flags.strategy,
    filters: flags.filter,
    ...cluster,
    ...times,
    tls,
    rootDir: rootDirOf(flags),
    replication: replicationOf(flags, discovery, listen[0]?.address, context),
    logLevel: flags.logLevel,
  };
}

interface Listen {
  readonly text: string;
  readonly address: ListenAddress;
}

function listenAddresses({ host }: ManageFlags, { env }: Context): Listen[] {
  const given = host ?? (env.SWARM_HOST ? [env.SWARM_HOST] : [listenDefault]);
  const texts = given.flatMap((one) => one.split(',')).map((one) => one.trim());
  return texts.map((one) => {
    const text = one.includes('://') ? one : `tcp://${one}`;
    try {
      return { text, address: parseListen(text) };
    } catch (cause) {
      throw new UsageError(`--host: ${messageOf(cause)}`, { cause });
    }
  });
}

function checkScheduler({ strategy, filter = [] }: ManageFlags): void {
  try {
    strategyNamed(strategy);
  } catch (cause) {
    throw new UsageError(`--strategy ${strategy}: ${messageOf(cause)}; known are ${strategyNames.join(', ')}`, {
      cause,
    });
  }
  for (const name of filter)
    try {
      filtersNamed([name]);
    } catch (cause) {
      throw new UsageError(`--filter ${name}: ${messageOf(cause)}; known are ${filterNames.join(', ')}`, { cause });
    }
}

function engineTimes(flags: ManageFlags) {
  const refreshMinMs = timeFlag('engine-refresh-min-interval', flags.engineRefreshMinInterval);
  if (refreshMinMs <= 0) throw new UsageError('min refresh interval should be a positive number');
  const refreshMaxMs = timeFlag('engine-refresh-max-interval', flags.engineRefreshMaxInterval);
  if (refreshMaxMs < refreshMinMs)
    throw new UsageError('max refresh interval cannot be less than min refresh interval');
  const failureRetry = numberOf(flags.engineFailureRetry);
  if (!(Number.isInteger(failureRetry) && failureRetry > 0))
    throw new UsageError(`invalid failure retry count: --engine-failure-retry must be 1 or more`);
  return { refreshMinMs, refreshMaxMs, failureRetry };
}

/** Options of the cluster as Docker Swarm has them: `key=value`. */
function clusterOptions({ clusterDriver, clusterOpt = [], overcommit: share }: ManageFlags) {
  if (clusterDriver !== 'swarm')
    throw new UsageError(`unsupported cluster ${JSON.stringify(clusterDriver)}; the only one is swarm`);
  const options = new Map<string, string>([['swarm.overcommit', share ?? '0.05']]);
  for (const text of clusterOpt) {
    const at = text.indexOf('=');
    if (at < 0) throw new UsageError('--cluster-opt must contain key=value strings');
    const key = text.slice(0, at);
    if (key !== 'swarm.overcommit' && key !== 'swarm.createretry')
      throw new UsageError(`unknown --cluster-opt ${key}; known are swarm.overcommit, swarm.createretry`);
    options.set(key, text.slice(at + 1));
  }
  const overcommit = numberOf(options.get('swarm.overcommit'));
  if (!(overcommit > -1))
    throw new UsageError(`swarm.overcommit should be larger than -1, ${options.get('swarm.overcommit')} is invalid`);
  const createRetry = numberOf(options.get('swarm.createretry') ?? '0');
  if (!(Number.isInteger(createRetry) && createRetry >= 0))
    throw new UsageError(`swarm.createretry can not be negative, ${options.get('swarm.createretry')} is invalid`);
  return { overcommit, createRetry };
}

/** A decimal number; NaN for anything else. */
function numberOf(text = ''): number {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : NaN;
}

/** The rules of TLS flags, in the words of Docker Swarm. */
function tlsFiles({ tls, tlsverify: verify = false, tlscacert, tlscert, tlskey }: ManageFlags): TlsFiles | undefined {
  if (!tls && !verify) {
    if (tlscacert ?? tlscert ?? tlskey)
      throw new UsageError('--tlscert, --tlskey and --tlscacert require the use of either --tls or --tlsverify');
    return undefined;
  }
  if (!tlscert || !tlskey) throw new UsageError('--tlscert and --tlskey must be provided when using --tls');
  if (verify && !tlscacert) throw new UsageError('--tlscacert must be provided when using --tlsverify');
  return { certFile: tlscert, keyFile: tlskey, caFile: tlscacert, verify };
}

function rootDirOf({ rootdir, store, replication }: ManageFlags): string | undefined {
  if (rootdir === '') throw new UsageError('--rootdir is empty; name a directory');
  if (rootdir !== undefined && store !== undefined)
    throw new UsageError('--rootdir and --store both say where to keep what was asked for; give one of them');
  if (rootdir !== undefined && replication)
    throw new UsageError('--rootdir is of one manager, --replication of several; give --store in its place');
  return rootdir;
}

function replicationOf(
  flags: ManageFlags,
  discovery: string,
  listen: ListenAddress | undefined,
  { env }: Context,
): ReplicationSettings | undefined {
  const ttlMs = timeFlag('replication-ttl', flags.replicationTtl);
  if (ttlMs <= 0) throw new UsageError('--replication-ttl should be a positive number');
  if (ttlMs < ttlMinMs) throw new UsageError(`--replication-ttl should be at least ${formatDuration(ttlMinMs)}`);
  const given = flags.advertise ?? (env.SWARM_ADVERTISE || undefined);
  if (given !== undefined && !isAddress(given, 1))
    throw new UsageError('--advertise should be of the form ip:port or hostname:port');
  // A directory keeps the records, also when a cluster of skep names the engines.
  const store = flags.rootdir === undefined ? storeHosts(flags.store, discovery) : [];
  if (store.length === 0) {
    if (!flags.replication) return undefined;
    throw new UsageError(
      '--replication needs skep managers that keep the state: give --store HOST:PORT,... or a skep:// discovery URL',
    );
  }
  if (flags.replication && given === undefined)
    throw new UsageError('--advertise address must be provided when using --replication');
  return { store, advertise: given ?? reachable(listen), ttlMs };
}

/** The address that a manager without --advertise is called at. */
function reachable(listen: ListenAddress | undefined): string {
  if (listen?.kind !== 'tcp' || isUnspecific(listen))
    throw new UsageError(
      'no other manager could reach this one at its first --host; give --advertise HOST:PORT, an address of this computer',
    );
  return joinHostPort(listen.host, listen.port);
}

/** Managers of skep: those of `--store`, or those that the discovery URL names. */
function storeHosts(store: string | undefined, discovery: string): readonly string[] {
  const text = store ?? /^skep:\/\/([^/]+)/.exec(discovery)?.[1] ?? '';
  const hosts = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => withPort(one, storePort));
  const wrong = hosts.find((one) => !isAddress(one, 1) && !isSocketPath(one));
  if (wrong !== undefined) throw new UsageError(`--store must be HOST[:PORT][,HOST[:PORT]...], is '${wrong}'`);
  return hosts;
}

function atLeast(name: string, text: string, leastMs: number, rule: string): number {
  const ms = timeFlag(name, text);
  if (ms < leastMs) throw new UsageError(`--${name} ${rule}, is ${formatDuration(ms)}`);
  return ms;
}
