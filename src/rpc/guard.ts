import {
  type Metadata,
  ResponderBuilder,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  status,
} from '@grpc/grpc-js';
import { StoreError } from '../base/store-error.js';
import { actorOf, type Caller, judge } from '../identity/index.js';
import { authorizationKey, forwardedKey, onBehalfKey } from './forwarded.js';
import { timeKey } from './server-time.js';
import { toStatus } from './status.js';

/** Callers of the calls that are under way, by the metadata that grpc-js hands on to the handler. */
const callers = new WeakMap<Metadata, Caller>();

/** Returns the caller of a call; `undefined` where connections are in clear text and every caller may do everything. */
export function callerIn({ metadata }: { readonly metadata: Metadata }): Caller | undefined {
  return callers.get(metadata);
}

/** Members that forwarded calls, by the metadata of the calls. */
const forwarders = new WeakMap<Metadata, Caller>();

/** Returns the member that forwarded a call for its caller; `undefined` for a call of the caller's own. */
export function forwarderIn({ metadata }: { readonly metadata: Metadata }): Caller | undefined {
  return forwarders.get(metadata);
}

/** Values of `authorization` headers, by the metadata of the calls that brought them. Handlers do not see the headers. */
const headers = new WeakMap<Metadata, string>();

/** Returns the `authorization` header of a call; empty without one. */
export function authorizationIn({ metadata }: { readonly metadata: Metadata }): string {
  return headers.get(metadata) ?? '';
}

/** Finds out who makes a call. */
export interface Recognizing {
  /** Caller of a connection, by what grpc-js says about its peer, and by the `authorization` header of the call. */
  caller(peer: string, authorization: string): Caller;
  /** Caller for whom a member asks, by what {@link behalfOf} says; an anonymous one where it is gone. */
  named(behalf: string): Caller;
  /** Hears of each call that is not allowed. */
  refused?(refusal: Refusal): void;
  /** Counts a call that is allowed, at the member where it came in. Throws `LIMIT_EXCEEDED` for one too many. */
  count?(caller: Caller): void;
  /**
   * Hears of each call that a member makes for another caller; `end` ends the call. Calls the returned function when it is over.
   * Without it such a call would go on with rights that are gone: the connection is the member's.
   */
  forwarding?(behalf: string, caller: Caller, end: () => void): () => void;
}

/** A call that is not allowed at all. */
export interface Refusal {
  readonly path: string;
  readonly peer: string;
  readonly caller: Caller;
  readonly code: 'UNAUTHENTICATED' | 'DENIED';
  readonly message: string;
}

/** One call, as it is judged. */
interface Judged {
  readonly path: string;
  readonly peer: string;
  /** Value of its `authorization` header; empty without one. */
  readonly authorization: string;
  /** Identity for which a member asks; empty for its own. */
  readonly onBehalfOf: string;
  /** True where another member has counted it. */
  readonly forwarded: boolean;
  /** Metadata by which the handler finds the caller. */
  readonly metadata: Metadata;
}

/**
 * Asks the table of methods about one call, and notes its caller for the handler.
 * @throws {StoreError} `UNAUTHENTICATED`, `DENIED`, `LIMIT_EXCEEDED`
 */
export function admit(recognizing: Recognizing, judged: Judged): void {
  const { path, peer, authorization, onBehalfOf, metadata } = judged;
  const own = recognizing.caller(peer, authorization);
  const forOther = own.as === 'member' && onBehalfOf !== '';
  const caller = forOther ? recognizing.named(onBehalfOf) : own;
  const judgement = judge(path, caller);
  if (!judgement.allowed) {
    const { code, message } = judgement;
    recognizing.refused?.({ path, peer, caller, code, message });
    throw new StoreError(code, message);
  }
  if (!(own.as === 'member' && judged.forwarded)) recognizing.count?.(caller);
  if (forOther) forwarders.set(metadata, own);
  callers.set(metadata, caller);
}

/** Status of a call whose caller has other rights now, or none: as of a connection that ends. It can be asked again. */
const rightsChanged = { code: status.UNAVAILABLE, details: 'the rights of the caller have changed' };

/**
 * Asks the table of methods about every call, before its first message is read. A handler that is reached can ask
 * {@link callerIn} who calls.
 */
export function guard(recognizing: Recognizing): ServerInterceptor {
  return ({ path }, call) => {
    let ended = false;
    let over = () => undefined as void;
    const end = () => {
      ended = true;
      call.sendStatus(rightsChanged);
    };
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const onBehalfOf = taken(metadata, onBehalfKey);
        const authorization = taken(metadata, authorizationKey);
        headers.set(metadata, authorization);
        try {
          checkSize(metadata);
          const forwarded = metadata.get(forwardedKey).length > 0;
          admit(recognizing, { path, peer: call.getPeer(), authorization, onBehalfOf, forwarded, metadata });
        } catch (error) {
          call.sendStatus(toStatus(error) as never);
          return;
        }
        const caller = forwarders.has(metadata) ? callers.get(metadata) : undefined;
        if (caller && recognizing.forwarding) over = recognizing.forwarding(onBehalfOf, caller, end);
        next(metadata);
      })
      .withOnCancel(() => over())
      .build();
    const responder = new ResponderBuilder()
      .withStart((next) => next(listener))
      .withSendMetadata((metadata, next) => {
        metadata.set(timeKey, String(Date.now()));
        next(metadata);
      })
      .withSendMessage((message, next) => {
        if (!ended) next(message);
      })
      .withSendStatus((given, next) => {
        over();
        next(given);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}

/** Most headers of a call, and bytes of them: gRPC sets no limit of its own. */
const headersMax = 64;
const headerBytesMax = 16 * 1024;

/** @throws {StoreError} `LIMIT_EXCEEDED` */
function checkSize(metadata: Metadata): void {
  let count = 0;
  let bytes = 0;
  for (const [key, value] of Object.entries(metadata.toHttp2Headers()))
    for (const one of Array.isArray(value) ? value : [value]) {
      count++;
      bytes += key.length + String(one ?? '').length;
    }
  if (count <= headersMax && bytes <= headerBytesMax) return;
  throw new StoreError(
    'LIMIT_EXCEEDED',
    `a call can have ${headersMax} headers of ${headerBytesMax} bytes together, not ${count} of ${bytes}: send fewer`,
  );
}

/** Takes a header out of the metadata: no handler and no log sees it. Of several the first counts. */
function taken(metadata: Metadata, key: string): string {
  const [value = ''] = metadata.get(key);
  metadata.remove(key);
  return typeof value === 'string' ? value : '';
}

/** Returns the identity for which a call is forwarded; empty where connections are in clear text. */
export function behalfOf(caller: Caller | undefined): string {
  if (caller?.as === 'local' || caller?.as === 'member') return actorOf(caller);
  return caller && 'serial' in caller ? `${actorOf(caller)} ${caller.serial}` : '';
}
