import type { MemberInfo } from '../replica/index.js';
import type { messages } from '../wire/index.js';
import { Channel } from './channel.js';
import { methodOf } from './definitions.js';
import type { Dialing } from './dialing.js';

/** Time limit for another member to report its status, milliseconds. */
const askTimeoutMs = 1_000;

/** Asks a member for its status; `undefined` when it does not answer, or another does in its place. */
export async function askMember(
  { id, addrs: [addr] }: MemberInfo,
  dialing?: Dialing,
): Promise<messages.LocalStatus | undefined> {
  if (addr === undefined) return undefined;
  let channel: Channel | undefined;
  try {
    channel = new Channel(addr, { ...(dialing && { dialing }) });
    const answer = await channel.unary<object, messages.LocalStatus>(
      methodOf('membership', 'Local'),
      {},
      { timeoutMs: askTimeoutMs },
    );
    return answer.id === String(id) ? answer : undefined;
  } catch {
    return undefined;
  } finally {
    channel?.close();
  }
}
