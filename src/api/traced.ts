import type {
  handleUnaryCall,
  Metadata,
  MethodDefinition,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { traceKey } from '../base/trace-context.js';
import { beginCall, isTracing } from '../base/tracing.js';

type Unary = handleUnaryCall<unknown, unknown>;

/** Traces of the calls that are under way, by their metadata. */
const traces = new WeakMap<Metadata, string>();

/** Returns the trace of a call: of its span here, or of its caller where this process does not trace. */
export function traceIn({ metadata }: { readonly metadata: Metadata }): string | undefined {
  const own = traces.get(metadata);
  if (own !== undefined) return own;
  const [given] = metadata.get(traceKey);
  return typeof given === 'string' ? given : undefined;
}

/** Returns handlers that are traced, where the application has an SDK: a span for each call with one answer. */
export function traced(
  definition: ServiceDefinition<UntypedServiceImplementation>,
  handlers: UntypedServiceImplementation,
): UntypedServiceImplementation {
  const made: UntypedServiceImplementation = { ...handlers };
  for (const [name, method] of Object.entries(definition) as [string, MethodDefinition<unknown, unknown>][]) {
    const handler = handlers[name];
    if (handler && !method.requestStream && !method.responseStream)
      made[name] = tracedUnary(handler as Unary, method.path);
  }
  return made;
}

function tracedUnary(handler: Unary, path: string): Unary {
  return (call, done) => {
    if (!isTracing()) return handler(call, done);
    const span = beginCall(path, 'server', traceIn(call));
    if (span?.trace !== undefined) traces.set(call.metadata, span.trace);
    handler(call, (error, ...answer) => {
      span?.end(error);
      done(error, ...answer);
    });
  };
}
