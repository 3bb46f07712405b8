import {
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type MethodDefinition,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { messageOf } from '../base/errors.js';
import { StoreError } from '../base/store-error.js';
import type { Turns } from '../base/turns.js';
import { TooManyError } from '../wire/index.js';
import { toStatus } from './status.js';

type Definition = ServiceDefinition<UntypedServiceImplementation>;
type Method = MethodDefinition<unknown, unknown>;

/** A request that has arrived and is not read yet: reading may be a lot of work, and waits for its turn. */
class Unread {
  readonly #bytes: Buffer;
  readonly #deserialize: Method['requestDeserialize'];

  constructor(bytes: Buffer, deserialize: Method['requestDeserialize']) {
    this.#bytes = bytes;
    this.#deserialize = deserialize;
  }

  read(): unknown {
    return readRequest({ requestDeserialize: this.#deserialize }, this.#bytes);
  }
}

/** @throws {StoreError} where grpc-js itself would say INTERNAL, as of a broken connection. */
export function readRequest({ requestDeserialize }: Pick<Method, 'requestDeserialize'>, bytes: Buffer): unknown {
  try {
    return requestDeserialize(bytes);
  } catch (cause) {
    const code = (cause as Error).cause instanceof TooManyError ? 'LIMIT_EXCEEDED' : 'INVALID_OBJECT';
    throw new StoreError(code, messageOf(cause), { cause });
  }
}

/**
 * A service as a server takes it: whatever a request is, and whatever a method throws, the caller gets a status. Reading
 * requests, beginning calls and writing answers are done in `turns`, so that many of them together do not stall the process.
 */
export function served(
  definition: Definition,
  handlers: UntypedServiceImplementation,
  turns: Turns,
): [Definition, UntypedServiceImplementation] {
  const reading: Record<string, Method> = {};
  const answering: UntypedServiceImplementation = {};
  for (const [name, method] of Object.entries(definition) as [string, Method][]) {
    const { requestDeserialize, responseSerialize, responseStream } = method;
    const handler = handlers[name];
    reading[name] = {
      ...method,
      requestDeserialize: (bytes) => new Unread(bytes, requestDeserialize),
      ...(responseStream && { responseSerialize: writtenOnce(responseSerialize) }),
    };
    if (!handler) continue;
    answering[name] =
      method.requestStream && responseStream
        ? guardedBoth(handler as handleBidiStreamingCall<unknown, unknown>, turns)
        : method.requestStream
          ? guardedRequests(handler as handleClientStreamingCall<unknown, unknown>, turns)
          : method.responseStream
            ? guardedStream(handler as handleServerStreamingCall<unknown, unknown>, turns)
            : guardedUnary(handler as handleUnaryCall<unknown, unknown>, turns);
  }
  return [reading, answering];
}

/** Several streams may be given the same message: its bytes are made once. */
function writtenOnce(serialize: Method['responseSerialize']): Method['responseSerialize'] {
  const made = new WeakMap<object, Buffer>();
  return (message) => {
    let bytes = made.get(message as object);
    if (!bytes) made.set(message as object, (bytes = serialize(message)));
    return bytes;
  };
}

/** Ends the call at the first request that cannot be read: the handler sees its requests break off there. */
function guardedRequests(
  handler: handleClientStreamingCall<unknown, unknown>,
  turns: Turns,
): handleClientStreamingCall<unknown, unknown> {
  return (call, done) => {
    let answered = false;
    const answer: typeof done = (...result) => {
      if (answered) return;
      answered = true;
      done(...result);
    };
    const push = call.push.bind(call);
    const read = (request: Unread) => {
      if (call.destroyed) return;
      try {
        push(request.read());
      } catch (error) {
        answer(toStatus(error));
        call.destroy(error as Error);
      }
    };
    // The next one, or the end, comes when this one was pushed: that asks for more.
    call.push = (request: unknown) => {
      if (!(request instanceof Unread)) return push(request);
      turns.run(() => read(request));
      return false;
    };
    call.on('error', () => undefined); // the caller has the answer
    try {
      handler(call, answer);
    } catch (error) {
      answer(toStatus(error));
    }
  };
}

/** Ends the call at the first message that cannot be read. */
function guardedBoth(
  handler: handleBidiStreamingCall<unknown, unknown>,
  turns: Turns,
): handleBidiStreamingCall<unknown, unknown> {
  return (call) => {
    const push = call.push.bind(call);
    const read = (request: Unread) => {
      if (call.destroyed) return;
      try {
        push(request.read());
      } catch (error) {
        call.emit('error', toStatus(error));
      }
    };
    call.push = (request: unknown) => {
      if (!(request instanceof Unread)) return push(request);
      turns.run(() => read(request));
      return false;
    };
    const write = call._write.bind(call);
    call._write = (...message) => turns.run(() => write(...message));
    try {
      handler(call);
    } catch (error) {
      call.emit('error', toStatus(error));
    }
  };
}

/** Answer to a caller who has gone: it is not read. */
export const gone = { code: status.CANCELLED, details: 'the caller has gone away' };

function guardedUnary(handler: handleUnaryCall<unknown, unknown>, turns: Turns): handleUnaryCall<unknown, unknown> {
  return (call, done) => {
    const answer: typeof done = (...result) => turns.run(() => done(...result));
    turns.run(() => {
      if (call.cancelled) return done(gone);
      try {
        call.request = (call.request as Unread).read();
        handler(call, answer);
      } catch (error) {
        done(toStatus(error));
      }
    });
  };
}

function guardedStream(
  handler: handleServerStreamingCall<unknown, unknown>,
  turns: Turns,
): handleServerStreamingCall<unknown, unknown> {
  return (call) => {
    const write = call._write.bind(call);
    call._write = (...message) => turns.run(() => write(...message));
    turns.run(() => {
      try {
        if (call.cancelled) return;
        call.request = (call.request as Unread).read();
        handler(call);
      } catch (error) {
        call.emit('error', toStatus(error));
      }
    });
  };
}
