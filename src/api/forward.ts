import type { handleUnaryCall, Metadata, MethodDefinition, sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import { isStoreError, StoreError } from '../base/store-error.js';
import { beginCall, endWith } from '../base/tracing.js';
import { actorOf, type Caller, sha256Hex } from '../identity/index.js';
import type { Replica } from '../replica/index.js';
import {
  behalfOf,
  callerIn,
  Channel,
  clearText,
  connectionLost,
  type Dialing,
  forwardedKey,
  neverSent,
  toStatus,
} from '../rpc/index.js';
import type { messages } from '../wire/index.js';
import { traceIn } from './traced.js';
import { nextTurn, turns } from './turns.js';

/** Time limit for a replaced leader to say what became of a request, milliseconds. */
const lastWordMs = 500;

/** Hands requests on to the leader. Only API calls are forwarded, never raft proposals. */
export class Forwarder {
  readonly #channels = new Map<string, Channel>();
  /** Credentials of connections to other members. */
  readonly dialing: Dialing;

  constructor(dialing: Dialing = clearText) {
    this.dialing = dialing;
  }

  /** Gives up when `replica` no longer believes that this member leads: one that hangs keeps its connections. */
  async forward(
    replica: Replica,
    { name, addr }: { readonly name: string; readonly addr: string },
    method: MethodDefinition<unknown, unknown>,
    request: unknown,
    {
      timeoutMs,
      caller,
      trace: parent,
    }: { readonly timeoutMs: number; readonly caller: Caller | undefined; readonly trace?: string | undefined },
  ): Promise<unknown> {
    const channel = this.channel(addr);
    const deposed = new AbortController();
    let grace: NodeJS.Timeout | undefined;
    const stopListening = replica.whenNotLedBy(name, () => {
      grace = setTimeout(() => deposed.abort(), lastWordMs);
    });
    try {
      const span = beginCall(method.path, 'client', parent);
      const trace = span?.trace ?? parent;
      const options = { timeoutMs, signal: deposed.signal, forwarded: true, onBehalfOf: behalfOf(caller), trace };
      return await endWith(span, channel.unary(method, request, options));
    } finally {
      stopListening();
      clearTimeout(grace);
    }
  }

  /** Connection to another member, which stays open. */
  channel(addr: string): Channel {
    let channel = this.#channels.get(addr);
    if (!channel) this.#channels.set(addr, (channel = new Channel(addr, { dialing: this.dialing })));
    return channel;
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }
}

/** Wait before we ask again who leads, milliseconds. */
const againMs = 50;

/** Most time by which we give up before the caller's deadline, so that it receives the reason; else a tenth of the deadline. */
const earlierMs = 100;

/** Whole milliseconds that there are to answer; our own default when the caller set no deadline. */
export function timeLeft(call: { getDeadline(): Date | number }): number {
  const deadline = Number(call.getDeadline());
  if (!Number.isFinite(deadline)) return 10_000;
  const left = deadline - Date.now();
  return Math.max(1, Math.round(left - Math.min(earlierMs, left / 10)));
}

/** Tells whether another member has forwarded this call. Any caller could say so: believe it of members alone. */
export function isForwarded({ metadata }: { readonly metadata: Metadata }): boolean {
  return metadata.get(forwardedKey).length > 0;
}

/** The member that answers, and its way to the leader. */
export interface Forwarding {
  readonly replica: Replica;
  readonly forwarder: Forwarder;
}

/** Runs a request here, or on the leader when that is another member. */
export function forwardingHandler<Req>(
  method: MethodDefinition<unknown, unknown>,
  { replica, forwarder }: Forwarding,
  run: (request: Req, timeoutMs: number, caller: Caller | undefined) => Promise<unknown>,
): handleUnaryCall<Req, unknown> {
  const begun = (call: ServerUnaryCall<Req, unknown>) => {
    if (call.cancelled) throw new StoreError('CLOSED', 'the caller has gone away: nothing was done');
    const caller = callerIn(call);
    const request = caller ? proven(call.request, caller) : call.request;
    return run(withTrace(request, traceIn(call)), timeLeft(call), caller);
  };
  const attempt = async (call: ServerUnaryCall<Req, unknown>): Promise<unknown> => {
    // A process that was stopped finds requests whose callers gave up long ago: their end comes right behind them. Writes
    // that arrive together go on together, and so become one group in the log.
    await nextTurn();
    const forwarded = isForwarded(call);
    checkInfo(call.request as { readonly info?: messages.WriteInfo });
    for (;;) {
      try {
        return await turns.do(() => begun(call));
      } catch (error) {
        const leader = isStoreError(error, 'NOT_LEADER') ? error.details.leader : undefined;
        if (!leader || forwarded) throw error;
        const answer = await forwardOnce({ replica, forwarder }, leader, method, call);
        if (answer) return answer.response;
        if (timeLeft(call) <= againMs) throw error;
        await new Promise((resolve) => setTimeout(resolve, againMs));
      }
    }
  };
  return (call, done: sendUnaryData<unknown>) => {
    attempt(call).then(
      (response) => done(null, response),
      (error: unknown) => done(toStatus(error)),
    );
  };
}

/**
 * Returns a request with the actor that was proved in the place of the one that was claimed. A request id counts for its
 * own caller alone: another one that guesses it would get the answer to a request that it may not make.
 */
function proven<Req>(request: Req, caller: Caller): Req {
  const { info = {} } = request as { readonly info?: messages.WriteInfo };
  const actor = actorOf(caller);
  const { requestId } = info;
  const own = requestId !== undefined && { requestId: sha256Hex(`${actor}\n${requestId}`).slice(0, 32) };
  return { ...request, info: { ...info, actor, ...own } };
}

/** Returns a request with the trace of its call, for the transaction that it may make. */
function withTrace<Req>(request: Req, trace: string | undefined): Req {
  if (trace === undefined) return request;
  const { info = {} } = request as { readonly info?: messages.WriteInfo };
  return { ...request, info: { ...info, trace } };
}

/** To the library an empty id is a mistake in a program; here it is one in a request. */
function checkInfo({ info }: { readonly info?: messages.WriteInfo }): void {
  if (info?.requestId === '')
    throw new StoreError('INVALID_OBJECT', 'request_id must not be empty: leave it out', { path: 'info.request_id' });
}

/** `undefined` when the leader was not reached, so that nothing can have happened. */
async function forwardOnce(
  { replica, forwarder }: Forwarding,
  leader: { readonly name: string; readonly addr: string },
  method: MethodDefinition<unknown, unknown>,
  call: ServerUnaryCall<unknown, unknown>,
): Promise<{ response: unknown } | undefined> {
  try {
    return {
      response: await forwarder.forward(replica, leader, method, call.request, {
        timeoutMs: timeLeft(call),
        caller: callerIn(call),
        trace: traceIn(call),
      }),
    };
  } catch (error) {
    if (isStoreError(error, 'NOT_LEADER') || neverSent(error)) return undefined;
    if (connectionLost(error))
      throw new StoreError(
        'OUTCOME_UNKNOWN',
        'the leader did not answer before it was replaced or lost: the change may still commit',
        {
          cause: error,
        },
      );
    throw error;
  }
}
