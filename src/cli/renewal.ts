import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { isStoreErrorOf, StoreError } from '../base/store-error.js';
import { certificateTimes, renewLogin } from '../client/index.js';
import { type LoginContext, writeContext } from './login-context.js';

/** Certificates are renewed from a point of 50 to 80 % of their life on. */
const earliest = 0.5;
const spread = 0.3;

interface Renewing {
  /** Folder of the contexts. */
  readonly dir: string;
  /** Members to ask. */
  readonly hosts: readonly string[];
  readonly clock: Pick<Clock, 'now'>;
  /** Says something to the user. */
  readonly say: (text: string) => void;
  /** False: a new certificate is not written into the context. */
  readonly keep?: boolean;
}

/**
 * Returns a context with a certificate that counts: a new one when the old one is due. An old one that is still valid is
 * used when no member answers.
 * @throws {StoreError} when the certificate has expired, and the cluster does not renew it.
 */
export async function freshContext(context: LoginContext, renewing: Renewing): Promise<LoginContext> {
  const { dir, hosts, clock, say, keep = true } = renewing;
  const { notBefore, notAfter } = certificateTimes(context.certificate);
  const now = clock.now();
  if (now < dueAt(context.certificate, { notBefore, notAfter })) return context;
  const expired = now > notAfter;
  try {
    const renewed = { ...context, ...(await renewLogin(hosts, context)) };
    if (keep) await writeContext(dir, renewed);
    if (expired) say(`Your certificate for ${context.identity} ended ${ago(now - notAfter)} ago: it was renewed.`);
    return renewed;
  } catch (error) {
    if (!expired) return context; // tried again by the next command
    throw new StoreError(
      isStoreErrorOf(error, ['UNAUTHENTICATED', 'DENIED']) ? 'UNAUTHENTICATED' : 'NOT_LEADER',
      `your certificate for ${context.identity} ended ${ago(now - notAfter)} ago, and could not be renewed (${messageOf(error)}): ask an admin for "skep token create user ${context.identity.slice('user/'.length)}", then "skep login HOST --context ${context.name}"`,
      { cause: error },
    );
  }
}

/** Moment to renew at: the same for all commands, and another for each certificate, so that those of one day spread out. */
export function dueAt(
  certificate: string,
  { notBefore, notAfter }: { readonly notBefore: number; readonly notAfter: number },
): number {
  const share = createHash('sha256').update(certificate).digest().readUInt32BE() / 2 ** 32;
  return notBefore + (notAfter - notBefore) * (earliest + spread * share);
}

function ago(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} days`;
}
