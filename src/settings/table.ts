import type { Logger } from '../base/log.js';
import type { AnyCustomKind } from '../kinds/index.js';
import type { HistoryLimits, Limits } from '../state/index.js';
import {
  address,
  discoveryOptions,
  discoveryUrl,
  hostName,
  ipAddress,
  listenAddress,
  listOf,
  memberName,
  nodeName,
  oneOf,
  oneOrMoreAddresses,
  onOff,
  type OptionType,
  origin,
  path,
  positive,
  unchecked,
  type ValueType,
  wholeFrom0,
} from './value-types.js';

/**
 * One setting of a member. Its key is the name in the library; `names.ts` derives the flag, the environment variable and
 * the key in a file. Editors show its docstring.
 */
export interface Setting {
  /** Type of the value. With {@link Setting.help} it must be one that text can be read as. */
  readonly type: OptionType<unknown>;
  /** Type of the library's option, where a program gives a value that is not text. */
  readonly option?: OptionType<unknown>;
  /** Text of `--help`. Absent when only a program can give the setting. */
  readonly help?: string;
  /** Placeholder of the flag's value; a switch has none. */
  readonly shape?: string;
  readonly default?: unknown;
  /** Text that describes the behaviour without a value, where there is no default to show. */
  readonly absent?: string;
  /** Default of `skep manager`, where the library has none. */
  readonly managerDefault?: unknown;
  /** Value for the sample file. */
  readonly example?: string;
  readonly required?: true;
  /** Reason why the setting is only a flag: a file would keep it for the next start. */
  readonly flagOnly?: string;
}

const addresses = listOf(address, 'addresses');
const levels = ['debug', 'info', 'warn', 'error'];

/** Forms of a log: `auto` is for people on a terminal, and JSON elsewhere. */
export const logFormats: readonly string[] = ['auto', 'pretty', 'json'];

/** Settings of a member's addresses, its data, and how its cluster begins. */
export const memberTable = {
  /** Display name, such as `m1`. Must be unique in the cluster. */
  name: {
    type: memberName,
    shape: 'name',
    help: 'name of this member, unique in the cluster',
    required: true,
    example: 'm1',
  },
  /** Directory for log and snapshots. Without it everything is lost when the process ends. */
  dataDir: {
    type: path,
    shape: 'dir',
    help: 'directory for log and snapshots',
    absent: 'in memory, lost at the end',
    example: '/var/lib/skep',
  },
  /** `HOST:PORT` to serve other members and clients on. The system chooses port 0; without an address no port is opened. */
  listenAddr: {
    type: address,
    shape: 'host:port',
    help: 'address to serve on',
    managerDefault: '127.0.0.1:4242',
    example: '10.0.0.1:4242',
  },
  /** Addresses for the other members, if not `listenAddr`. Several are tried in turn; clients receive the first. */
  advertiseAddr: {
    type: addresses,
    option: oneOrMoreAddresses,
    shape: 'host:port',
    help: 'addresses of this member for the others, tried in turn',
    absent: '--listen',
    example: '[m1.example.org:4242]',
  },
  /**
   * Addresses of all members, including this one: the same list for every member, in any order. The cluster begins
   * once, when a majority of the list runs and agrees that there is no cluster. A member that starts later, or has
   * lost its disk, joins it.
   */
  peers: {
    type: addresses,
    shape: 'host:port',
    help: 'addresses of all members, the same list for each; they begin one cluster, or find it',
    managerDefault: [],
    example: '[10.0.0.1:4242, 10.0.0.2:4242, 10.0.0.3:4242]',
  },
  /** Addresses of members of a cluster to join; one is enough. Never begins a cluster. */
  join: {
    type: addresses,
    shape: 'host:port',
    help: 'members of a cluster to join; never begins a cluster',
    managerDefault: [],
    example: '[10.0.0.2:4242]',
  },
  /** Begins a cluster of one on an empty directory: the explicit form of the default without `peers` and `join`. */
  begin: {
    type: onOff,
    help: 'begin a cluster of one, as without --peers and --join',
    default: false,
    example: 'true',
  },
  /**
   * `on`: every connection is TLS 1.3 with a proved identity, and a caller has the rights that the cluster gives it. `off`:
   * clear text, and every caller may do everything. `auto`, the default: `on` where other computers reach the member, where
   * it has a token, or where its data directory belongs to a cluster with security. All members of a cluster must have the
   * same.
   */
  security: {
    type: oneOf(['auto', 'on', 'off'], 'words'),
    shape: 'auto|on|off',
    help: 'prove identities with certificates, and speak TLS only; auto is on where other computers reach this member',
    default: 'auto',
    example: 'on',
  },
  /** Speaks clear text also where other computers reach the member: each of them may then do everything. */
  insecureAnywhere: {
    type: onOff,
    help: 'speak clear text, also to other computers, which may then do everything',
    default: false,
    example: 'true',
  },
  /**
   * File for the audit: a line for every write, every denial, and every change of rights or members, in a chain of hashes.
   * `-` is standard output.
   */
  audit: {
    type: path,
    shape: 'file',
    help: 'file for the audit, a line for each write and denial, in a chain of hashes; - is standard output',
    absent: 'none',
    example: '/var/log/skep/audit.log',
  },
  /** Takes no writes while the audit cannot be written. Default: the member logs an error, and goes on. */
  auditStrict: {
    type: onOff,
    help: 'take no writes while the file of --audit cannot be written',
    default: false,
    example: 'true',
  },
  /**
   * Time without a leader after which this member lets no users in, milliseconds: it cannot have heard which rights were
   * taken away. Default 600,000.
   */
  staleAccessMs: {
    type: positive,
    shape: 'ms',
    help: 'time without a leader after which this member lets no users in: it hears of no right that is taken away',
    default: 600_000,
    example: '600000',
  },
  /** Text of a token for a member, with which a new one joins a cluster with security. */
  joinToken: { type: unchecked<string>() },
  /**
   * Text of the secret with which the `peers` form a cluster with security: the same for each of them, made by
   * `skep token generate-peers`. They make the CA of it, so it is worth as much as the key of the CA.
   */
  peersSecret: { type: unchecked<string>() },
  /**
   * Folder of this user for the control sockets of members with security, where `skep` finds them: `skep manager` gives
   * `$XDG_RUNTIME_DIR/skep`. Without it the socket is only in `dataDir`, at `run/control.sock`.
   */
  runtimeDir: { type: unchecked<string>() },
  /**
   * Limit for joining and catching up, milliseconds. Default 60,000. Waiting for a majority of the `peers` is not
   * limited, and logs the missing ones.
   */
  joinTimeoutMs: { type: unchecked<number>(), default: 60_000 },
  /**
   * Makes a new cluster of this member and its data, after a majority is lost for good. Logs possible losses as a
   * warning. Never start another member of the old cluster afterwards: join new ones.
   */
  forceNewCluster: {
    type: onOff,
    help: 'continue alone as a new cluster with the data in --data-dir, after the loss of a majority',
    default: false,
    flagOnly: 'a later start would make another new cluster',
  },
  /** Receives what the member logs. Default: warnings and errors, on the console. */
  logger: { type: unchecked<Logger>() },
} as const satisfies Record<string, Setting>;

/** Settings of a replica. Every member of a cluster should have the same. */
export const replicaTable = {
  /** One raft tick, and the time between heartbeats, milliseconds. Default 100. */
  heartbeatMs: { type: positive, shape: 'ms', help: 'time between heartbeats', default: 100, example: '100' },
  /** Without a leader for this long, up to twice as long, a member campaigns. Milliseconds. Default 1,000. */
  electionTimeoutMs: {
    type: positive,
    shape: 'ms',
    help: 'time without a leader before an election',
    default: 1_000,
    example: '1000',
  },
  /**
   * A snapshot is taken after this many log entries, default 10,000. With more than 16 MiB of objects, it also waits until
   * the log has an eighth of their bytes. …
   */
  snapshotInterval: {
    type: positive,
    shape: 'entries',
    help: 'log entries between snapshots',
    default: 10_000,
    example: '10000',
  },
  /** … or this many bytes of them. Default 64 MiB. */
  snapshotBytes: { type: positive, default: 64 * 1024 * 1024 },
  /** Entries kept in the log behind a snapshot, for members that are only a little behind. Default 500. */
  keepEntries: { type: wholeFrom0, default: 500 },
  /** Bytes of entries in one message between members, at most; one entry always fits. Default 64 KiB. */
  messageBytes: { type: positive, default: 64 * 1024 },
  /** Transactions, and bytes of them, that are kept for watches to resume over. */
  history: { type: unchecked<Partial<HistoryLimits>>(), default: {} },
  /** Limits of a transaction, a batch, and each kind. */
  limits: { type: unchecked<Partial<Limits>>(), default: {} },
  /** Custom kinds that this member can write. */
  kinds: {
    type: listOf(path, 'modules'),
    option: unchecked<readonly AnyCustomKind[]>(),
    shape: 'module',
    help: 'modules that export custom kinds',
    default: [],
    example: '[./kinds.js]',
  },
} as const satisfies Record<string, Setting>;

/** Settings of the process `skep manager` only. */
export const processTable = {
  logLevel: {
    type: oneOf(levels, 'levels'),
    shape: 'level',
    help: `one of ${levels.join(', ')}`,
    managerDefault: 'info',
    example: 'info',
  },
  logFormat: {
    type: oneOf(logFormats, 'forms'),
    shape: 'auto|pretty|json',
    help: 'form of the log on standard error; auto is pretty on a terminal, JSON elsewhere',
    default: 'auto',
    example: 'json',
  },
  tokenFile: {
    type: path,
    shape: 'file',
    help: 'token with which a new member joins a cluster with security; - is standard input',
    absent: 'none',
    example: '/run/secrets/skep-token',
  },
  peersSecretFile: {
    type: path,
    shape: 'file',
    help: 'secret with which the members of --peers form a cluster with security, the same for each',
    absent: 'none',
    example: '/run/secrets/skep-peers',
  },
  insecure: {
    type: onOff,
    help: 'speak clear text, as --security off; only where no other computer reaches this member',
    default: false,
    example: 'true',
  },
  dns: {
    type: address,
    shape: 'host:port',
    help: 'answer DNS queries for the catalogue, over UDP and TCP',
    absent: 'off',
    example: '127.0.0.1:53',
  },
  http: {
    type: address,
    shape: 'host:port',
    help: 'serve the web page, JSON, events and metrics over HTTP, read only; with security over TLS, to users',
    absent: 'off',
    example: '127.0.0.1:4280',
  },
  httpAnywhere: {
    type: onOff,
    help: 'let --http of a member in clear text listen where other computers reach it, open to each of them',
    default: false,
    example: 'true',
  },
  httpName: {
    type: listOf(hostName, 'names'),
    shape: 'name',
    help: 'host names at which --http may be asked, beside addresses and localhost',
    absent: 'none',
    example: '[skep.example.org]',
  },
  httpOrigin: {
    type: listOf(origin, 'origins'),
    shape: 'origin',
    help: 'origins of web pages that may read from --http',
    absent: 'none',
    example: '[https://dashboard.example.org]',
  },
  fleet: {
    type: discoveryUrl,
    shape: 'discovery',
    help: 'drive the Docker engines that this discovery URL names, together with the other managers that do',
    absent: 'off',
    example: 'etcd://10.0.0.9/fleet',
  },
  node: {
    type: nodeName,
    shape: 'name',
    help: 'host name or id of the node on which this manager runs, for node.role',
    absent: 'found by address',
    example: 'host-1',
  },
  fleetHeartbeatMs: {
    type: positive,
    shape: 'ms',
    help: 'time between two looks at the discovery service of --fleet',
    default: 60_000,
    example: '60000',
  },
  fleetDiscoveryOpt: {
    type: discoveryOptions,
    shape: 'key=value',
    help: 'options of the discovery service of --fleet, such as kv.path',
    default: [],
    example: '[kv.path=docker/swarm/nodes]',
  },
  fleetTls: {
    type: onOff,
    help: 'use TLS to the engines without checking their certificates; implied by --fleet-tlsverify',
    default: false,
    example: 'true',
  },
  fleetTlsverify: {
    type: onOff,
    help: 'use TLS to the engines, and refuse those without a certificate of the CA',
    default: false,
    example: 'true',
  },
  fleetTlscacert: {
    type: path,
    shape: 'file',
    help: 'CA that signs the certificates of the engines',
    absent: 'none',
    example: '/etc/skep/ca.pem',
  },
  fleetTlscert: {
    type: path,
    shape: 'file',
    help: 'certificate of this manager for the engines',
    absent: 'none',
    example: '/etc/skep/cert.pem',
  },
  fleetTlskey: {
    type: path,
    shape: 'file',
    help: 'key of that certificate',
    absent: 'none',
    example: '/etc/skep/key.pem',
  },
  docker: {
    type: listOf(listenAddress, 'addresses'),
    shape: 'url',
    help: 'serve the Docker API of the cluster and its engines: tcp://HOST:PORT or unix:///PATH',
    absent: 'off',
    example: '[tcp://127.0.0.1:2375]',
  },
  ingress: {
    type: ipAddress,
    shape: 'address',
    help: 'publish the ingress ports of services on this address, and pass connections on to their tasks (TCP)',
    absent: 'published nowhere',
    example: '0.0.0.0',
  },
} as const satisfies Record<string, Setting>;

const table = { ...memberTable, ...replicaTable, ...processTable };
type Table = typeof table;

/** Options of the library, as a table has them. */
export type OptionsOf<T> = {
  readonly [N in keyof T]: T[N] extends { option: OptionType<infer V> }
    ? V
    : T[N] extends { type: OptionType<infer V> }
      ? V
      : never;
};

/** Yields the problems with the options of a program. `undefined` means the default, unless the option is required. */
export function* wrongIn(rows: Readonly<Record<string, Setting>>, given: object): Generator<string> {
  const values = given as Readonly<Record<string, unknown>>;
  for (const [name, { type, option = type, required }] of Object.entries(rows)) {
    const problem = values[name] === undefined && !required ? undefined : option.wrong(values[name], name);
    if (problem !== undefined) yield problem;
  }
}

/** Name of a setting that `skep manager` takes. */
export type ManagerSetting = {
  [N in keyof Table]: Table[N] extends { help: string } ? N : never;
}[keyof Table];

/** A setting that `skep manager` takes. */
export type TextSetting = Setting & { readonly type: ValueType<unknown>; readonly help: string };

/** The settings that `skep manager` takes, in the order of its help. */
export const managerTable: readonly (readonly [ManagerSetting, TextSetting])[] = Object.entries<Setting>(table).filter(
  ([, { help }]) => help !== undefined,
) as unknown as readonly (readonly [ManagerSetting, TextSetting])[];

/** Returns the default of `skep manager` as text, or `undefined`. */
export function defaultText({
  managerDefault,
  default: value = managerDefault,
  absent,
}: TextSetting): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : absent;
}

type ValueOf<N extends ManagerSetting> = Table[N] extends { type: ValueType<infer V> } ? V : never;
type Always = {
  [N in ManagerSetting]: Table[N] extends { required: true } | { managerDefault: unknown } ? N : never;
}[ManagerSetting];
type FlagKey<N extends string> = N extends `${infer Stem}Addr` ? Stem : N;

/** Settings of `skep manager`: values by the names of the flags. An absent one has the library's default. */
export type ManagerFlags = { readonly [N in Always as FlagKey<N>]: ValueOf<N> } & {
  readonly [N in Exclude<ManagerSetting, Always> as FlagKey<N>]?: ValueOf<N>;
};
