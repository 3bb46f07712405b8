import type { Command } from 'commander';
import { formatDuration } from '../../base/duration.js';
import { isAddress, withPort } from '../../base/host-port.js';
import type { BackendOptions } from '../../discovery/index.js';
import type { Context } from '../context.js';
import { collected, discoveryForms, discoveryOptions, discoveryUrl, timeFlag } from '../discovery-flags.js';
import { exitCodes, UsageError } from '../exit-codes.js';

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

interface ManageFlags {
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

const listenDefault = 'tcp://127.0.0.1:2375';
const storePort = 4242;

/** `skep manage`: many Docker engines as one, for the docker CLI. Its flags are those of Docker Swarm's `manage`. */
export function addManage(program: Command, context: Context, exit: (code: number) => void): void {
  program
    .command('manage')
    .alias('m')
    .argument('[discovery]', 'where the engines are named (or SWARM_DISCOVERY)')
    .option(
      '-H, --host <ip:port>',
      `an address to listen on, tcp:// or unix://; may be given more than once (default: ${listenDefault}, or SWARM_HOST)`,
      collected,
    )
    .option('--strategy <name>', 'how containers are placed: spread, binpack, random', 'spread')
    .option('-f, --filter <name>', 'a filter of the scheduler; may be given more than once (default: all)', collected)
    .option('--rootdir <dir>', 'directory that keeps what was asked for (default: memory)')
    .option('--store <host:port,...>', 'skep managers that keep what was asked for, and decide who leads')
    .option('--replication', 'one of several managers: one acts, the others forward to it')
    .option('--replication-ttl <time>', 'time until another manager acts when the primary dies', '20s')
    .option('--addr, --advertise <ip:port>', 'where the other managers reach this one (or SWARM_ADVERTISE)')
    .option('--tls', 'use TLS; implied by --tlsverify')
    .option('--tlscacert <file>', 'trust only certificates signed by this CA')
    .option('--tlscert <file>', 'certificate, for the API and for the engines')
    .option('--tlskey <file>', 'key of the certificate')
    .option('--tlsverify', 'use TLS, and refuse clients and engines without a certificate of the CA')
    .option('--engine-refresh-min-interval <time>', 'shortest time between two refreshes of an engine', '30s')
    .option('--engine-refresh-max-interval <time>', 'longest time between two refreshes of an engine', '60s')
    .option('--engine-failure-retry <count>', 'failures in a row that make an engine unhealthy', '3')
    .option('--heartbeat <time>', 'time between two looks at the discovery service', '60s')
    .option('--api-enable-cors, --cors', 'let web pages of any origin call the API')
    .option('-c, --cluster-driver <name>', 'the only one is swarm', 'swarm')
    .option('--cluster-opt <key=value>', 'swarm.overcommit=0.05, swarm.createretry=0', collected)
    .option('--oc, --overcommit <share>', 'the same as --cluster-opt swarm.overcommit')
    .option('--discovery-opt <key=value>', 'an option of the discovery service; may be given more than once', collected)
    .option('--log-level <level>', 'debug, info, warn, error', 'info')
    .description('manage a cluster of Docker engines, and serve the Docker API in front of them')
    .addHelpText('after', discoveryForms)
    .action(async (given: string | undefined, flags: ManageFlags) => {
      await context.manage(checked(given, flags, context), context);
      exit(exitCodes.ok);
    });
}

function checked(given: string | undefined, flags: ManageFlags, context: Context): ManageSettings {
  const discovery = discoveryUrl(given, context, 'manage');
  if (flags.clusterDriver !== 'swarm')
    throw new UsageError(`unsupported cluster ${JSON.stringify(flags.clusterDriver)}`);
  const listen = flags.host ?? (context.env.SWARM_HOST ? [context.env.SWARM_HOST] : [listenDefault]);
  return {
    discovery,
    discoveryOptions: discoveryOptions(flags.discoveryOpt),
    heartbeatMs: atLeast('heartbeat', flags.heartbeat, 1_000, 'should be at least one second'),
    listen: listen.flatMap((one) => one.split(',')).map((one) => (one.includes('://') ? one : `tcp://${one}`)),
    cors: flags.cors ?? false,
    strategy: flags.strategy,
    filters: flags.filter,
    ...clusterOptions(flags),
    ...engineTimes(flags),
    tls: tlsFiles(flags),
    rootDir: rootDirOf(flags),
    replication: replicationOf(flags, discovery, listen, context),
    logLevel: flags.logLevel,
  };
}

function engineTimes(flags: ManageFlags) {
  const refreshMinMs = timeFlag('engine-refresh-min-interval', flags.engineRefreshMinInterval);
  if (refreshMinMs <= 0) throw new UsageError('min refresh interval should be a positive number');
  const refreshMaxMs = timeFlag('engine-refresh-max-interval', flags.engineRefreshMaxInterval);
  if (refreshMaxMs < refreshMinMs)
    throw new UsageError('max refresh interval cannot be less than min refresh interval');
  const failureRetry = Number(flags.engineFailureRetry);
  if (!(Number.isInteger(failureRetry) && failureRetry > 0)) throw new UsageError('invalid failure retry count');
  return { refreshMinMs, refreshMaxMs, failureRetry };
}

/** Options of the cluster as Docker Swarm has them: `key=value`. */
function clusterOptions({ clusterOpt = [], overcommit: share }: ManageFlags) {
  const options = new Map<string, string>([['swarm.overcommit', share ?? '0.05']]);
  for (const text of clusterOpt) {
    const at = text.indexOf('=');
    if (at < 0) throw new UsageError('--cluster-opt must contain key=value strings');
    const key = text.slice(0, at);
    if (key !== 'swarm.overcommit' && key !== 'swarm.createretry')
      throw new UsageError(`unknown --cluster-opt ${key}; known are swarm.overcommit, swarm.createretry`);
    options.set(key, text.slice(at + 1));
  }
  const overcommit = Number(options.get('swarm.overcommit'));
  if (!(overcommit > -1))
    throw new UsageError(`swarm.overcommit should be larger than -1, ${options.get('swarm.overcommit')} is invalid`);
  const createRetry = Number(options.get('swarm.createretry') ?? 0);
  if (!(Number.isInteger(createRetry) && createRetry >= 0))
    throw new UsageError(`swarm.createretry can not be negative, ${options.get('swarm.createretry')} is invalid`);
  return { overcommit, createRetry };
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

function rootDirOf({ rootdir, store }: ManageFlags): string | undefined {
  if (rootdir !== undefined && store !== undefined)
    throw new UsageError('--rootdir and --store both say where to keep what was asked for; give one of them');
  return rootdir;
}

function replicationOf(
  flags: ManageFlags,
  discovery: string,
  listen: readonly string[],
  { env }: Context,
): ReplicationSettings | undefined {
  const ttlMs = atLeast('replication-ttl', flags.replicationTtl, 1, 'should be a positive number');
  const given = flags.advertise ?? env.SWARM_ADVERTISE;
  if (given !== undefined && !isAddress(given, 1))
    throw new UsageError('--advertise should be of the form ip:port or hostname:port');
  const store = storeHosts(flags.store, discovery);
  if (store.length === 0) {
    if (!flags.replication) return undefined;
    throw new UsageError(
      '--replication needs skep managers that keep the state: give --store HOST:PORT,... or a skep:// discovery URL',
    );
  }
  if (flags.replication && given === undefined)
    throw new UsageError('--advertise address must be provided when using --replication');
  const advertise = given ?? (listen[0] ?? '').replace(/^tcp:\/\//, '');
  return { store, advertise, ttlMs };
}

/** Managers of skep: those of `--store`, or those that the discovery URL names. */
function storeHosts(store: string | undefined, discovery: string): readonly string[] {
  const text = store ?? /^skep:\/\/([^/]+)/.exec(discovery)?.[1] ?? '';
  const hosts = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => withPort(one, storePort));
  const wrong = hosts.find((one) => !isAddress(one, 1));
  if (wrong !== undefined) throw new UsageError(`--store must be HOST[:PORT][,HOST[:PORT]...], is '${wrong}'`);
  return hosts;
}

function atLeast(name: string, text: string, leastMs: number, rule: string): number {
  const ms = timeFlag(name, text);
  if (ms < leastMs) throw new UsageError(`--${name} ${rule}, is ${formatDuration(ms)}`);
  return ms;
}
