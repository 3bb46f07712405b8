import { pipeline } from 'node:stream/promises';
import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import { type Cancel, type Clock, systemClock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { isStoreError, StoreError } from '../base/store-error.js';
import {
  acceptTunnel,
  behalfOf,
  callerIn,
  forwardedKey,
  toStatus,
  type Tunnel,
  type TunnelCall,
} from '../rpc/index.js';
import type { messages } from '../wire/index.js';
import type { DialedConnection, EngineRoutes } from './engine-routes.js';

/** Limit for the first message of a call, milliseconds. */
const targetMs = 10_000;

/** Longest time without a byte in either direction, milliseconds: a log may well be silent for a day. */
const idleDefaultMs = 24 * 60 * 60 * 1_000;

/** Number of looks for silence within the time that it may last. */
const looksPerIdle = 4;

/** Times of the `Engines` service, milliseconds. */
export interface EngineTimes {
  readonly targetMs?: number;
  readonly idleMs?: number;
  readonly clock?: Clock;
}

/** The `Engines` service: connections to engines, through the member that drives them. */
export function enginesService(routes: EngineRoutes, times: EngineTimes = {}): UntypedServiceImplementation {
  return {
    Open: (call: TunnelCall) => {
      carry(call, routes, times).catch((error: unknown) => call.emit('error', toStatus(error)));
    },
  };
}

async function carry(call: TunnelCall, routes: EngineRoutes, times: EngineTimes): Promise<void> {
  const { clock = systemClock, idleMs = idleDefaultMs } = times;
  const gone = new AbortController();
  call.once('cancelled', () => gone.abort(new StoreError('CLOSED', 'the caller has gone away')));
  const target = await firstMessage(call, clock, times.targetMs ?? targetMs);
  const forwarded = call.metadata.get(forwardedKey).length > 0;
  const onBehalfOf = behalfOf(callerIn(call));
  const { connection, opened } = await routes.open(target, { signal: gone.signal, forwarded, onBehalfOf });
  if (gone.signal.aborted) {
    connection.destroy();
    return;
  }
  const tunnel = acceptTunnel(call, opened);
  const stopLooking = whenIdle(clock, idleMs, [tunnel, connection]);
  await join(tunnel, connection, opened);
  stopLooking();
}

/** Reads the target, and stops reading. */
function firstMessage(call: TunnelCall, clock: Clock, limitMs: number): Promise<messages.EngineTarget> {
  return new Promise((resolve, reject) => {
    const refuse = (what: string) =>
      reject(new StoreError('INVALID_OBJECT', `${what}; send the target of the connection first`, { path: 'target' }));
    const cancel = clock.schedule(limitMs, () => settle(() => refuse(`no target came within ${limitMs} ms`)));
    const onData = (message: messages.EngineRequest) => {
      call.pause();
      settle(() => ('target' in message ? resolve(message.target) : refuse('the first message is not a target')));
    };
    const onEnd = () => settle(() => refuse('the call ended without a target'));
    const settle = (then: () => void) => {
      cancel();
      call.off('data', onData).off('end', onEnd).off('cancelled', onEnd);
      then();
    };
    call.on('data', onData).on('end', onEnd).on('cancelled', onEnd);
  });
}

/** Passes bytes on until both directions have ended, or one side breaks. Nothing of either stays. */
async function join(tunnel: Tunnel, connection: DialedConnection, { addr }: messages.EngineOpened): Promise<void> {
  connection.once('error', (error) => tunnel.destroy(broken(addr, error)));
  await Promise.allSettled([pipeline(tunnel, connection), pipeline(connection, tunnel)]);
  tunnel.destroy();
  connection.destroy();
}

function broken(addr: string, error: Error): StoreError {
  if (isStoreError(error)) return error;
  return new StoreError('ENGINE_UNREACHABLE', `the connection to engine ${addr} broke: ${messageOf(error)}`, {
    cause: error,
  });
}

/** Ends connections over which no byte moves. */
function whenIdle(clock: Clock, idleMs: number, [tunnel, connection]: readonly [Tunnel, DialedConnection]): Cancel {
  let since = clock.monotonic();
  let moved = -1;
  let cancel: Cancel = () => undefined;
  const look = () => {
    const now = tunnel.bytesRead + tunnel.bytesWritten;
    if (now !== moved) since = clock.monotonic();
    moved = now;
    if (clock.monotonic() - since < idleMs) cancel = clock.schedule(Math.ceil(idleMs / looksPerIdle), look);
    else {
      tunnel.destroy(new StoreError('ENGINE_UNREACHABLE', `no byte moved for ${idleMs} ms; connect again`));
      connection.destroy();
    }
  };
  look();
  return () => cancel();
}
