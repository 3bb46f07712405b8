import { type Clock, sleep } from '../base/clock.js';
import type { Replica } from '../replica/index.js';
import { Channel, type Dialing, type GrpcNetwork, methodOf } from '../rpc/index.js';
import type { messages } from '../wire/index.js';

/** Timeout of one address, and the interval at which all are asked, milliseconds. */
const askTimeoutMs = 1_000;
const againMs = 500;

/**
 * Asks the addresses that a person gave for the members, until there is a leader or `stopped`. Members that have all moved
 * know only old addresses. A member that is found learns our address from the hello of its raft stream.
 */
export async function seekMembers(options: {
  readonly hints: readonly string[];
  readonly replica: Replica;
  readonly network: GrpcNetwork;
  readonly dialing: Dialing | undefined;
  readonly clock: Clock;
  readonly stopped: () => boolean;
}): Promise<void> {
  const { hints, replica, network, dialing, clock, stopped } = options;
  while (!stopped() && replica.leaderInfo === undefined) {
    for (const hint of hints) {
      const found = await askWho(hint, dialing);
      if (found?.clusterId === replica.status().clusterId) network.learn(Number(found.id), [hint]);
    }
    await sleep(clock, againMs);
  }
}

async function askWho(addr: string, dialing: Dialing | undefined): Promise<messages.LocalStatus | undefined> {
  const channel = new Channel(addr, { ...(dialing && { dialing }) });
  try {
    return await channel.unary(methodOf('membership', 'Local'), {}, { timeoutMs: askTimeoutMs });
  } catch {
    return undefined; // no answer yet
  } finally {
    channel.close();
  }
}
