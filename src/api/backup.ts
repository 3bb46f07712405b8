import type {
  sendUnaryData,
  ServerReadableStream,
  ServerWritableStream,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { systemClock } from '../base/clock.js';
import { isStoreError, StoreError } from '../base/store-error.js';
import { authorities, credentials, tokens } from '../kinds/index.js';
import { decodeInSlices, encodeInSlices, type Replica } from '../replica/index.js';
import { behalfOf, callerIn, Channel, methodOf, toStatus } from '../rpc/index.js';
import { redacted, type ShownObject } from '../state/index.js';
import { type ClusterSnapshot, DecodeError, type messages } from '../wire/index.js';
import { type Forwarder, timeLeft } from './forward.js';
import { readCommitted } from './reads.js';
import { showObject } from './shown.js';
import { type Answers, streaming } from './streaming.js';

type SaveCall = ServerWritableStream<messages.SaveRequest, messages.SaveResponse>;
type RestoreCall = ServerReadableStream<messages.RestoreRequest, messages.RestoreResponse>;

/** The `Backup` service: the whole state to a stream, and back. */
export function backupService(replica: Replica, forwarder: Forwarder): UntypedServiceImplementation {
  return {
    Save: streaming((call: SaveCall, answers) => save(replica, call, answers)),
    Restore: (call: RestoreCall, done: sendUnaryData<messages.RestoreResponse>) => {
      restore(replica, forwarder, call).then(
        (response) => done(null, response),
        (error: unknown) => done(toStatus(error)),
      );
    },
  };
}

/** Everything that is committed now: one version, however long it takes to send. */
async function save(replica: Replica, call: SaveCall, { say, signal }: Answers<messages.SaveResponse>): Promise<void> {
  const content = await readCommitted(replica, call.request, timeLeft(call), () => ({ of: replica.content() }));
  for await (const chunk of encodeInSlices(withoutKeys(content.of), systemClock)) {
    if (signal.aborted) return;
    await say({ chunk });
  }
}

/** Kinds whose objects let a reader of the file in. */
const letIn: ReadonlySet<string> = new Set([authorities.name, credentials.name, tokens.name]);

/** Leaves out the key of the CA, tokens and certificates, in the history too. Secrets for containers are in it. */
function withoutKeys(content: ClusterSnapshot): ClusterSnapshot {
  const shown: ShownObject = (kind, object) => (letIn.has(kind) ? showObject(kind, object) : object);
  return { ...content, store: redacted(content.store, { without: letIn, shown }) };
}

/** Takes in the whole before anything is changed. Hands on to the leader where that is another member. */
async function restore(replica: Replica, { dialing }: Forwarder, call: RestoreCall): Promise<messages.RestoreResponse> {
  const leader = leaderElsewhere(replica);
  if (leader) {
    const channel = new Channel(leader, { dialing });
    try {
      const requests = call as AsyncIterable<object>;
      const asked = { onBehalfOf: behalfOf(callerIn(call)) };
      return await channel.upload<messages.RestoreResponse>(methodOf('backup', 'Restore'), requests, asked);
    } finally {
      channel.close();
    }
  }
  const content = await receive(call);
  return replica.restore(content);
}

function leaderElsewhere(replica: Replica): string | undefined {
  try {
    const waiting = replica.admit();
    if (waiting) throw new StoreError('NOT_LEADER', 'no member leads at the moment: try again');
    return undefined;
  } catch (error) {
    const addr = isStoreError(error, 'NOT_LEADER') ? error.details.leader?.addr : undefined;
    if (addr === undefined) throw error;
    return addr;
  }
}

async function receive(call: RestoreCall): Promise<ClusterSnapshot> {
  try {
    return await decodeInSlices(chunksOf(call), systemClock);
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause;
    throw new StoreError('INVALID_OBJECT', `this is no saved state: ${cause.message}`, { cause });
  }
}

async function* chunksOf(call: RestoreCall): AsyncGenerator<Uint8Array, void> {
  for await (const { chunk } of call as AsyncIterable<messages.RestoreRequest>) yield chunk;
}
