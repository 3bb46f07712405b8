import { networkInterfaces } from 'node:os';
import { type Clock, sleep } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { splitHostPort } from '../base/host-port.js';
import { type Logger, silentLogger } from '../base/log.js';
import type { MemberInfo, Replica } from '../replica/index.js';
import type { Dialing } from '../rpc/index.js';

/** The host of an address to listen on, as others can reach it. */
export function reachableHost(listenAddr: string): string {
  const { host } = splitHostPort(listenAddr);
  if (host !== '0.0.0.0' && host !== '::') return host;
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const own = all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
  const [only] = own;
  if (only !== undefined && own.length === 1) return only;
  const known = own.length > 0 ? `: one of ${own.join(', ')}` : '';
  throw new TypeError(
    `${host} is no address that others can reach: say which one they should use (advertiseAddr)${known}`,
  );
}

/** Timeout of one attempt to announce a new address, and the wait before the next one, first and longest; milliseconds. */
const announceMs = 2_000;
const announceAgainMs = 200;
const announceAgainMaxMs = 5_000;

/** Attempts after which the others have probably moved, too: then none is where this member knows it. */
const unknownAttempts = 3;
const movedAdvice =
  'the other members do not know the new address of this one; if they have moved, too, start each with its new address and the new ones of the others in --peers or --join';

/** Tells the others where this member is now, again and again until the cluster knows it or `stopped`. */
export async function announceAddress(options: {
  readonly replica: Replica;
  readonly self: MemberInfo;
  /** Addresses of members that a person gave. */
  readonly hints: readonly string[];
  readonly clock: Clock;
  readonly logger: Logger;
  readonly dialing: Dialing | undefined;
  readonly stopped: () => boolean;
}): Promise<void> {
  const { replica, self, hints, clock, logger, dialing, stopped } = options;
  const known = () => replica.members().find(({ id }) => id === self.id)?.addrs;
  const { joinCluster } = await import('../rpc/index.js');
  let againMs = announceAgainMs;
  let attempt = 0;
  for (let addrs = known(); addrs && addrs.join() !== self.addrs.join() && !stopped(); addrs = known()) {
    const elsewhere = replica.members().flatMap((member) => (member.id === self.id ? [] : member.addrs));
    const others = [...new Set([...hints, ...elsewhere])];
    const telling: Promise<unknown> =
      replica.isLeader || others.length === 0
        ? replica.addMember(self)
        : joinCluster(others, self, { timeoutMs: announceMs, clock, logger: silentLogger, dialing });
    // There may be no leader yet, and the leader may have moved too.
    await telling.catch((error: unknown) => {
      const facts = { addrs: others.join(', '), error: messageOf(error) };
      if (++attempt === unknownAttempts) logger.warn(movedAdvice, facts);
      else logger.info('new address not yet acknowledged by the other members; trying again', facts);
    });
    await sleep(clock, againMs);
    againMs = Math.min(2 * againMs, announceAgainMaxMs);
  }
}
