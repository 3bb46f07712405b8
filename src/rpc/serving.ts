import type {
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  MethodDefinition,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { messageOf } from '../base/errors.js';
import { StoreError } from '../base/store-error.js';
import { TooManyError } from '../wire/index.js';
import { toStatus } from './status.js';

type Definition = ServiceDefinition<UntypedServiceImplementation>;
type Method = MethodDefinition<unknown, unknown>;

/** Comes in the place of a request that cannot be read: grpc-js itself would say INTERNAL, as of a broken connection. */
class Unreadable {
  readonly error: StoreError;

  constructor(cause: unknown) {
    const code = (cause as Error).cause instanceof TooManyError ? 'LIMIT_EXCEEDED' : 'INVALID_OBJECT';
    this.error = new StoreError(code, messageOf(cause), { cause });
  }
}

/** A service as a server takes it: whatever a request is, and whatever a method throws, the caller gets a status. */
export function served(
  definition: Definition,
  handlers: UntypedServiceImplementation,
): [Definition, UntypedServiceImplementation] {
  const reading: Record<string, Method> = {};
  const answering: UntypedServiceImplementation = {};
  for (const [name, method] of Object.entries(definition) as [string, Method][]) {
    const handler = handlers[name];
    reading[name] = { ...method, requestDeserialize: readOrSay(method) };
    if (!handler) continue;
    answering[name] = method.requestStream
      ? guardedRequests(handler as handleClientStreamingCall<unknown, unknown>)
      : method.responseStream
        ? guardedStream(handler as handleServerStreamingCall<unknown, unknown>)
        : guardedUnary(handler as handleUnaryCall<unknown, unknown>);
  }
  return [reading, answering];
}

const readOrSay =
  ({ requestDeserialize }: Method) =>
  (bytes: Buffer): unknown => {
    try {
      return requestDeserialize(bytes);
    } catch (error) {
      return new Unreadable(error);
    }
  };

/** Ends the call at the first request that cannot be read: the handler sees its requests break off there. */
function guardedRequests(
  handler: handleClientStreamingCall<unknown, unknown>,
): handleClientStreamingCall<unknown, unknown> {
  return (call, done) => {
    let answered = false;
    const answer: typeof done = (...result) => {
      if (answered) return;
      answered = true;
      done(...result);
    };
    const push = call.push.bind(call);
    call.push = (request: unknown) => {
      if (!(request instanceof Unreadable)) return push(request);
      answer(toStatus(request.error));
      call.destroy(request.error);
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

function guardedUnary(handler: handleUnaryCall<unknown, unknown>): handleUnaryCall<unknown, unknown> {
  return (call, done) => {
    try {
      if (call.request instanceof Unreadable) throw call.request.error;
      handler(call, done);
    } catch (error) {
      done(toStatus(error));
    }
  };
}

function guardedStream(
  handler: handleServerStreamingCall<unknown, unknown>,
): handleServerStreamingCall<unknown, unknown> {
  return (call) => {
    try {
      if (call.request instanceof Unreadable) throw call.request.error;
      handler(call);
    } catch (error) {
      call.emit('error', toStatus(error));
    }
  };
}
