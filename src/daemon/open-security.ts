import { stat } from 'node:fs/promises';
import { systemClock } from '../base/clock.js';
import { DirectoryError } from '../base/directory-error.js';
import { messageOf } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { systemRandom } from '../base/random.js';
import { StoreError } from '../base/store-error.js';
import { authorities } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { decideSecurity, exposedAt, type SecurityDecision } from '../settings/security.js';
import type { Home } from './home.js';
import type { KeysFile, MemberSecurity } from './member-security.js';
import type { OpenReplicaOptions } from './open-options.js';

/**
 * Gives a member its identity before the first connection: the one of an earlier run, of a new cluster, or for a token.
 * `undefined` for a member in clear text.
 * @throws {StoreError} `SECURITY_DIFFERS`, `UNAUTHENTICATED`; {DirectoryError} for a directory of another cluster.
 */
export async function openSecurity(
  options: OpenReplicaOptions,
  { memberId, state }: Pick<Home, 'memberId' | 'state'>,
  logger: Logger,
): Promise<MemberSecurity | undefined> {
  const { listenAddr, joinToken, peersSecret, staleAccessMs } = options;
  if (listenAddr === undefined) return undefined;
  const { keys, on } = await decided(options);
  if (state !== 'new' && state !== 'member') await checkSpoken(others(options), on);
  if (!on) {
    warnOfClearText(options, logger);
    return undefined;
  }
  if (options.dataDir !== undefined) await warnOfOpenDirectory(options.dataDir, logger);
  const { MemberSecurity } = await import('./member-security.js');
  const security = new MemberSecurity(memberId, {
    clock: systemClock,
    random: systemRandom,
    logger,
    keys,
    staleAccessMs,
  });
  const loaded = await security.load();
  if (peersSecret !== undefined) await security.beginWith(peersSecret);
  else if (loaded) return security;
  else if (state === 'joining') {
    if (joinToken === undefined)
      throw new StoreError(
        'UNAUTHENTICATED',
        'a member joins a cluster with security by a token: "skep token create member" on a member, then --token-file FILE',
      );
    await security.enrol(others(options), joinToken);
  } else if (state === 'new') await security.begin();
  return security;
}

/**
 * Refuses peers that have security and no secret in common: they could not tell each other from strangers.
 * @throws {StoreError} `UNAUTHENTICATED`
 */
export async function checkCanForm(options: OpenReplicaOptions): Promise<void> {
  const { keys, on, because } = await decided(options);
  if (!on || options.peersSecret !== undefined || (await keys?.read()) !== undefined) return;
  throw new StoreError(
    'UNAUTHENTICATED',
    `peers form a cluster with security (${because}) by a secret that each of them has: "skep token generate-peers > FILE", then --peers-secret-file FILE. Or begin one member without peers, and let the others join it: "skep token create member > FILE", then --join HOST:PORT --token-file FILE`,
  );
}

/**
 * Refuses a member that was told to prove identities in a cluster that does not: it could never reach the others.
 * Its log must have been replayed.
 */
export function checkHasAuthority(replica: Replica, security: MemberSecurity | undefined): void {
  if (!security || security.dialing.bundle !== undefined || replica.members().length === 1) return;
  if (replica.store.view((tx) => tx.kind(authorities).find()).length > 0) return;
  throw new StoreError(
    'SECURITY_DIFFERS',
    'this member belongs to a cluster in clear text: start it with --insecure (--insecure-anywhere where other computers reach it), or save the state and begin a cluster with security from it',
  );
}

/** Addresses of other members, or of this one among its peers. */
const others = ({ join = [], peers = [] }: OpenReplicaOptions) => [...join, ...peers];

async function decided(
  options: OpenReplicaOptions,
): Promise<SecurityDecision & { readonly keys: KeysFile | undefined }> {
  const { dataDir } = options;
  const keys = dataDir === undefined ? undefined : await keysFile(dataDir);
  const hasKeys = (await keys?.read()) !== undefined;
  try {
    return { ...decideSecurity(options, hasKeys), keys };
  } catch (cause) {
    throw new DirectoryError('OTHER_PURPOSE', messageOf(cause), { cause });
  }
}

async function keysFile(dir: string): Promise<KeysFile> {
  const { readKeys, writeKeys } = await import('../disk/index.js');
  return { read: () => readKeys(dir), write: (bundle) => writeKeys(dir, bundle) };
}

/** Refuses a cluster that speaks otherwise than this member will. Members that do not answer are asked later, as members. */
async function checkSpoken(addrs: readonly string[], secure: boolean): Promise<void> {
  const { spokenAt } = await import('../rpc/index.js');
  await Promise.all(
    addrs.map(async (addr) => {
      const spoken = await spokenAt(addr);
      if (spoken === undefined || (spoken === 'tls') === secure) return;
      throw new StoreError(
        'SECURITY_DIFFERS',
        secure
          ? `the cluster at ${addr} is in clear text, and this member has security: start it with --insecure (--insecure-anywhere where other computers reach it)`
          : `the cluster at ${addr} has security, and this member is in clear text: start it with --security on --token-file FILE, with a token of "skep token create member"`,
      );
    }),
  );
}

/** A user that can write there can put other keys and another control socket in the place of ours. A volume is often made so. */
async function warnOfOpenDirectory(dir: string, logger: Logger): Promise<void> {
  const { mode } = await stat(dir);
  if ((mode & 0o022) !== 0)
    logger.warn(`other users of this computer can change the data directory: "chmod go-w ${dir}"`);
}

function warnOfClearText(options: OpenReplicaOptions, logger: Logger): void {
  const exposed = exposedAt(options);
  if (exposed === undefined)
    logger.info(
      'connections are in clear text: every process of this computer may do everything; "--security on" ends that',
    );
  else logger.warn(`connections are in clear text: every computer that reaches ${exposed} may do everything`);
}
