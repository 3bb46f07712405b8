import { isLocal, parseListen } from '../base/listen-address.js';
import { decideSecurity, exposedAt } from './security.js';
import type { memberTable, OptionsOf, processTable, replicaTable } from './table.js';

type Member = Partial<OptionsOf<typeof memberTable>>;
type Replica = OptionsOf<typeof replicaTable>;
type Process = Partial<OptionsOf<typeof processTable>>;

/** Writes the name of a setting as its source does; the article is for names that are not quoted. */
export type Say = (name: keyof Member | keyof Replica | keyof Process, article?: 'a' | 'the') => string;

/** Yields what contradicts each other about where a member keeps its data and how its cluster begins. */
export function* beginningMistakes(values: Member, say: Say): Generator<string> {
  const { dataDir, listenAddr, peers = [], join = [], begin, forceNewCluster } = values;
  const others = peers.length + join.length > 0;
  const withOthers = `cannot be used with ${say('join')} or ${say('peers')}`;
  if (dataDir === '') yield `${say('dataDir')} names no directory`;
  if (forceNewCluster && dataDir === undefined)
    yield `${say('forceNewCluster')} needs ${say('dataDir', 'the')}, of the member that is left`;
  if (forceNewCluster && others) yield `${say('forceNewCluster')} ${withOthers}`;
  if (begin && others) yield `${say('begin')} ${withOthers}: begin makes a cluster of one`;
  if (peers.length > 0 && join.length > 0)
    yield `${say('peers')} cannot be used with ${say('join')}: name peers or members to join, not both`;
  if (others && listenAddr === undefined)
    yield `${say(join.length > 0 ? 'join' : 'peers')} needs ${say('listenAddr', 'a')}: the other members must be able to reach this one`;
}

type OfSecurity = Pick<Process, 'insecure' | 'tokenFile' | 'peersSecretFile'>;

const secrets = ['tokenFile', 'joinToken', 'peersSecretFile', 'peersSecret'] as const;

/** Yields what contradicts each other about security. */
export function* securityMistakes(values: Member & OfSecurity, say: Say): Generator<string> {
  const { security, insecure = false, insecureAnywhere = false, peers = [] } = values;
  const clear = insecureAnywhere ? 'insecureAnywhere' : insecure ? 'insecure' : undefined;
  if (security === 'on' && clear) yield `${say(clear)} cannot be used with ${say('security')}: it is clear text`;
  for (const name of ['peersSecret', 'peersSecretFile'] as const)
    if (values[name] !== undefined && peers.length === 0)
      yield `${say(name)} needs ${say('peers')}: they have it in common`;
  if (clear === undefined && security !== 'off') return;
  for (const name of secrets)
    if (values[name] !== undefined)
      yield `${say(name)} cannot be used with ${say(clear ?? 'security')}: it is for a cluster with security`;
  const exposed = exposedAt(values);
  if (exposed !== undefined && !insecureAnywhere)
    yield `${say(clear ?? 'security')} would let every computer that reaches ${exposed} do everything: leave it out for a secure cluster, or use ${say('insecureAnywhere')}`;
}

/** Yields what contradicts each other about times. */
export function* timingMistakes(
  { heartbeatMs, electionTimeoutMs }: Pick<Replica, 'heartbeatMs' | 'electionTimeoutMs'>,
  say: Say,
): Generator<string> {
  if (electionTimeoutMs < 2 * heartbeatMs)
    yield `${say('electionTimeoutMs')} (${electionTimeoutMs}) must be at least twice ${say('heartbeatMs')} (${heartbeatMs})`;
}

/** Yields what contradicts each other about the Docker API. */
export function* dockerMistakes(
  { docker = [], fleet }: { readonly docker?: readonly string[] | undefined; readonly fleet?: string | undefined },
  say: (name: 'docker' | 'fleet') => string,
): Generator<string> {
  if (docker.length === 0) return;
  if (fleet === undefined || fleet === '') yield `${say('docker')} needs ${say('fleet')}: the engines behind the API`;
  if (!docker.some((address) => parseListen(address).kind === 'tcp'))
    yield `${say('docker')} needs a tcp:// address: the other managers hand requests on to it`;
}

const ofHttp = ['httpAnywhere', 'httpName', 'httpOrigin'] as const satisfies readonly (keyof Process)[];

/** Yields what contradicts each other about the HTTP endpoint: in clear text it knows no callers, so others must not reach it by mistake. */
export function* httpMistakes(values: Process & Member, say: Say): Generator<string> {
  const { http, httpAnywhere } = values;
  if (http === undefined) {
    for (const name of ofHttp)
      if (values[name] !== undefined && values[name] !== false) yield `${say(name)} needs ${say('http')}`;
    return;
  }
  const given = { joinToken: values.tokenFile, peersSecret: values.peersSecretFile };
  // With the certificate of an earlier run in its directory, too. Only the start sees that.
  const secure = decideSecurity({ ...values, ...given }, false).on;
  if (secure && httpAnywhere)
    yield `${say('httpAnywhere')} is for clear text: with ${say('security')} only users read from ${say('http')}; leave it out`;
  else if (!secure && !httpAnywhere && !isLocal(parseListen(`tcp://${http}`)))
    yield `${say('http')} (${http}) is open to all who reach that address: use 127.0.0.1, ${say('security')} on, or say ${say('httpAnywhere')}`;
}

const ofFleet = [
  'node',
  'fleetTls',
  'fleetTlsverify',
  'fleetTlscacert',
  'fleetTlscert',
  'fleetTlskey',
] as const satisfies readonly (keyof Process)[];

/** Yields what contradicts each other about the engines that a manager drives. */
export function* fleetMistakes(values: Process, say: Say): Generator<string> {
  const { fleet, fleetTls, fleetTlsverify, fleetTlscacert, fleetTlscert, fleetTlskey } = values;
  const given = (name: (typeof ofFleet)[number]) => values[name] !== undefined && values[name] !== false;
  if (fleet === undefined)
    for (const name of ofFleet)
      if (given(name)) yield `${say(name)} needs ${say('fleet')}: it is about the engines that it names`;
  if (!fleetTls && !fleetTlsverify) {
    for (const name of ['fleetTlscacert', 'fleetTlscert', 'fleetTlskey'] as const)
      if (given(name)) yield `${say(name)} needs ${say('fleetTlsverify')} or ${say('fleetTls')}`;
    return;
  }
  if (fleetTlscert === undefined || fleetTlskey === undefined)
    yield `${say(fleetTlsverify ? 'fleetTlsverify' : 'fleetTls')} needs ${say('fleetTlscert')} and ${say('fleetTlskey')}`;
  if (fleetTlsverify && fleetTlscacert === undefined) yield `${say('fleetTlsverify')} needs ${say('fleetTlscacert')}`;
}
