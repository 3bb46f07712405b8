import type { Logger } from '../base/log.js';
import { addressRule, isAddress, isMemberName, memberNameRule } from '../base/names.js';
import type { ReplicaSettings } from '../replica/index.js';

export interface OpenReplicaOptions extends Partial<ReplicaSettings> {
  /** For people: `m1`. Unique in the cluster. */
  readonly name: string;
  /** Where log and snapshots are kept. Without it everything is lost when the process ends. */
  readonly dataDir?: string;
  /** `HOST:PORT` to serve the other members and clients on; port 0 lets the system choose. Without it no port is opened. */
  readonly listenAddr?: string;
  /** Where the others reach this member, if that is not `listenAddr`. Several are tried in turn; clients are told the first. */
  readonly advertiseAddr?: string | readonly string[];
  /**
   * The addresses of all members, this one too: the same list for everybody, in any order. The cluster begins once, when
   * a majority of the list is there and agrees that there is none; whoever comes later, or has lost its disk, joins it.
   */
  readonly peers?: readonly string[];
  /** Addresses of members of a cluster to join; any of them will do. Never begins a cluster. */
  readonly join?: readonly string[];
  /** Begins a cluster of one on an empty directory: what happens without `peers` and `join` too, said aloud. */
  readonly begin?: boolean;
  /**
   * How long joining and catching up may take, milliseconds. Default 60,000. Waiting for a majority of the `peers` is not
   * limited, and says in the log who is missing.
   */
  readonly joinTimeoutMs?: number;
  /**
   * Makes this member, and what it holds, a new cluster of its own: for when a majority is lost for good. What may be lost
   * is logged as a warning. Never start another member of the old cluster afterwards: join new ones.
   */
  readonly forceNewCluster?: boolean;
  readonly logger?: Logger;
}

/** The options that are no settings of the replica. */
export const optionNames: readonly (keyof OpenReplicaOptions)[] = [
  'name',
  'dataDir',
  'listenAddr',
  'advertiseAddr',
  'peers',
  'join',
  'begin',
  'joinTimeoutMs',
  'forceNewCluster',
  'logger',
];

/** Throws a `TypeError` that names the option, for what can only be a mistake of the program. */
export function checkOptions(options: OpenReplicaOptions): void {
  if (typeof options.name !== 'string' || !isMemberName(options.name)) throw new TypeError(memberNameRule);
  checkBeginning(options);
  checkAddresses(options);
}

/** The settings of the replica among the options. */
export function settingsIn(options: OpenReplicaOptions): Partial<ReplicaSettings> {
  const own: readonly string[] = optionNames;
  return Object.fromEntries(Object.entries(options).filter(([name]) => !own.includes(name)));
}

function checkAddresses({ listenAddr, advertiseAddr, join, peers }: OpenReplicaOptions): void {
  const check = (option: string, given: unknown) => {
    if (!isAddress(given)) throw new TypeError(`${option}: ${addressRule(given)}`);
  };
  if (listenAddr !== undefined) check('listenAddr', listenAddr);
  for (const [option, list] of Object.entries({ join, peers })) {
    if (list !== undefined && !Array.isArray(list)) throw new TypeError(`${option} is a list of addresses`);
    for (const addr of list ?? []) check(option, addr);
  }
  if (advertiseAddr === undefined) return;
  const told: readonly unknown[] = Array.isArray(advertiseAddr) ? advertiseAddr : [advertiseAddr];
  if (told.length === 0) throw new TypeError('advertiseAddr: leave it out, or name at least one address');
  for (const addr of told) check('advertiseAddr', addr);
}

/** Throws a `TypeError` for options that contradict each other about how a cluster begins. */
function checkBeginning({ peers = [], join = [], begin, forceNewCluster, ...rest }: OpenReplicaOptions): void {
  if (join.length + peers.length > 0 && rest.listenAddr === undefined)
    throw new TypeError('a member with others needs a listenAddr: they must be able to reach it');
  if (begin && join.length + peers.length > 0)
    throw new TypeError('begin makes a cluster of one: leave it out, or name no peers and nobody to join');
  if (join.length > 0 && peers.length > 0)
    throw new TypeError('peers find or begin a cluster by themselves: name peers or members to join, not both');
  if (forceNewCluster && (rest.dataDir === undefined || join.length + peers.length > 0))
    throw new TypeError('forceNewCluster needs the dataDir of a member, no peers, and nobody to join');
}
