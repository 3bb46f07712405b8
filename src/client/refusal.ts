import { X509Certificate } from 'node:crypto';
import { StoreError } from '../base/store-error.js';
import { shortName } from '../identity/index.js';
import { claimedIdentity } from '../pki/index.js';
import { type Channel, type Dialing, methodOf, minute, TlsDialing } from '../rpc/index.js';
import type { messages } from '../wire/index.js';

/** Limit for a member to say whom it sees, milliseconds. */
const askMs = 1_000;

/**
 * Asks a member whom it sees, and says why it does not know this caller: services are not there for strangers, so that alone says
 * nothing. `undefined` when it knows the caller, or does not answer.
 */
export async function refusalAt(channel: Channel, dialing: Dialing): Promise<StoreError | undefined> {
  try {
    const asked = channel.unary<object, messages.WhoAmIResponse>(
      methodOf('access', 'WhoAmI'),
      {},
      { timeoutMs: askMs },
    );
    const { why } = await asked;
    if (why === '') return undefined;
    const { certificate } = (dialing instanceof TlsDialing && dialing.bundle) || {};
    const text =
      certificate === undefined ? strangerText(channel.addr, why) : refusalText(channel.addr, why, certificate);
    return new StoreError('UNAUTHENTICATED', text);
  } catch {
    return undefined;
  }
}

const strangerText = (addr: string, why: string) =>
  `${addr} does not know you: ${why}: ask an admin for "skep token create user NAME", then "skep login HOST"`;

function refusalText(addr: string, why: string, pem: string): string {
  const certificate = new X509Certificate(pem);
  const claimed = claimedIdentity(certificate);
  const name = claimed?.name ?? 'NAME';
  const who = claimed ? shortName(claimed) : 'you';
  const [from, to, now] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo), Date.now()];
  const times = `from ${minute(from)} to ${minute(to)}`;
  const again = `ask an admin for "skep token create user ${name}", then "skep login HOST"`;
  if (now > to) return `your certificate for ${who} ended at ${minute(to)}: ${again}`;
  if (now < from)
    return `your certificate for ${who} is valid from ${minute(from)}, and the clock of this machine says ${minute(now)}: set it ("timedatectl status")`;
  if (why.includes('not valid yet') || why.includes('has ended') || why === 'no certificate')
    return `${addr} does not take your certificate for ${who}, which is valid ${times}; the clock of this machine says ${minute(now)}: is the clock there right?`;
  if (why.includes('is disabled'))
    return `${addr} does not let you in: ${why}: ask an admin for "skep user add ${name}"`;
  return `${addr} does not know you: ${why}: ${again}`;
}
