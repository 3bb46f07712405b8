import {
  type handleUnaryCall,
  type MethodDefinition,
  type ServerWritableStream,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';

type Method = MethodDefinition<unknown, unknown>;

/** Receives the calls of a member, where they are measured. */
export interface CallMeter {
  /** False until measures are asked for: calls cost nothing more until then. */
  readonly active: boolean;
  /** A call with one answer has ended. */
  called(method: string, code: string, seconds: number): void;
  /** A call that streams has begun. Returns the function to call at its end. */
  streaming(method: string): () => void;
}

/** Returns handlers that report each call to the meter. */
export function metered(
  definition: ServiceDefinition<UntypedServiceImplementation>,
  handlers: UntypedServiceImplementation,
  meter: CallMeter | undefined,
): UntypedServiceImplementation {
  if (!meter) return handlers;
  const made: UntypedServiceImplementation = {};
  for (const [name, handler] of Object.entries(handlers)) {
    const method = definition[name] as Method | undefined;
    made[name] =
      method && !method.requestStream && !method.responseStream
        ? meteredUnary(handler as handleUnaryCall<unknown, unknown>, method.path, meter)
        : meteredStream(handler as (...args: unknown[]) => void, method?.path ?? name, meter);
  }
  return made;
}

function meteredUnary(
  handler: handleUnaryCall<unknown, unknown>,
  path: string,
  meter: CallMeter,
): handleUnaryCall<unknown, unknown> {
  return (call, done) => {
    if (!meter.active) return handler(call, done);
    const begun = performance.now();
    handler(call, (error, ...answer) => {
      const code = error?.code ?? (error ? status.UNKNOWN : status.OK);
      meter.called(path, status[code] ?? String(code), (performance.now() - begun) / 1_000);
      done(error, ...answer);
    });
  };
}

function meteredStream(
  handler: (...args: unknown[]) => void,
  path: string,
  meter: CallMeter,
): (...args: unknown[]) => void {
  return (...args) => {
    if (meter.active) {
      const end = meter.streaming(path);
      (args[0] as ServerWritableStream<unknown, unknown>).once('close', end);
    }
    handler(...args);
  };
}
