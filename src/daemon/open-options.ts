import type { Logger } from '../base/log.js';
import { addressRule, isAddress, isMemberName, memberNameRule } from '../base/names.js';
import type { ReplicaSettings } from '../replica/index.js';

export interface OpenReplicaOptions extends Partial<ReplicaSettings> {
  /** Display name, such as `m1`. Must be unique in the cluster. */
  readonly name: string;
  /** Directory for log and snapshots. Without it everything is lost when the process ends. */
  readonly dataDir?: string;
  /** `HOST:PORT` to serve the other members and clients on; port 0 lets the system choose. Without it no port is opened. */
  readonly listenAddr?: string;
  /** Addresses for the other members, if not `listenAddr`. Several are tried in turn; clients receive the first. */
  readonly advertiseAddr?: string | readonly string[];
  /**
   * Addresses of all members, including this one: the same list for every member, in any order. The cluster begins
   * once, when a majority of the list is running and agrees that there is none. A member that arrives later, or has
   * lost its disk, joins it.
   */
  readonly peers?: readonly string[];
  /** Addresses of members of a cluster to join; any of them will do. Never begins a cluster. */
  readonly join?: readonly string[];
  /** Begins a cluster of one on an empty directory: the explicit form of the default without `peers` and `join`. */
  readonly begin?: boolean;
  /**
   * Limit for joining and catching up, milliseconds. Default 60,000. Waiting for a majority of the `peers` is not
   * limited, and logs the missing ones.
   */
  readonly joinTimeoutMs?: number;
  /**
   * Makes this member, with its data, a new cluster: for when a majority is lost for good. Possible losses are logged
   * as a warning. Never start another member of the old cluster afterwards: join new ones.
   */
  readonly forceNewCluster?: boolean;
  readonly logger?: Logger;
}

/** Options that are not settings of the replica. */
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

/** Throws a `TypeError` that names the option, for mistakes of the program. */
export function checkOptions(options: OpenReplicaOptions): void {
  if (typeof options.name !== 'string' || !isMemberName(options.name)) throw new TypeError(memberNameRule);
  checkBeginning(options);
  checkAddresses(options);
}

/** Picks the settings of the replica from the options. */
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
