import type { MethodDefinition, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { messageOf } from '../base/errors.js';
import { messageCodec, type messages, methodsOf, packageName } from '../wire/index.js';
import { sayable } from './error-details.js';

// The gRPC view of proto/: what grpc-js needs to know of each method, made from the descriptor.

type Messages = messages.Messages;
type Definition = ServiceDefinition<UntypedServiceImplementation>;

const codecs = new Map<string, { serialize: (value: never) => Buffer; deserialize: (bytes: Buffer) => unknown }>();

function codecFor(name: string, request: boolean) {
  let codec = codecs.get(name);
  if (!codec) {
    const { encode, decode } = messageCodec(name as keyof Messages, { request });
    codec = {
      serialize: guarded((value: never) => encode(value) as Buffer),
      deserialize: guarded((bytes: Buffer) => decode(bytes)),
    };
    codecs.set(name, codec);
  }
  return codec;
}

/** grpc-js puts what a codec throws into a status, as it is. */
function guarded<A, B>(run: (given: A) => B): (given: A) => B {
  return (given) => {
    try {
      return run(given);
    } catch (cause) {
      throw new TypeError(sayable(messageOf(cause)), { cause });
    }
  };
}

export function serviceDefinition(service: string): Definition {
  const definition: Record<string, MethodDefinition<never, unknown>> = {};
  for (const [name, method] of Object.entries(methodsOf(service))) {
    // Entries in frames between members are many, and small; those are cut at a number of bytes.
    const request = codecFor(method.requestType, service !== 'Raft');
    const response = codecFor(method.responseType, false);
    definition[name] = {
      path: `/${packageName}.${service}/${name}`,
      requestStream: method.requestStream ?? false,
      responseStream: method.responseStream ?? false,
      requestSerialize: request.serialize,
      requestDeserialize: request.deserialize as never,
      responseSerialize: response.serialize as never,
      responseDeserialize: response.deserialize,
    };
  }
  return definition as unknown as Definition;
}

export const services = {
  control: serviceDefinition('Control'),
  watch: serviceDefinition('Watch'),
  raft: serviceDefinition('Raft'),
  membership: serviceDefinition('Membership'),
  formation: serviceDefinition('Formation'),
  backup: serviceDefinition('Backup'),
  lease: serviceDefinition('Lease'),
  catalog: serviceDefinition('Catalog'),
  calls: serviceDefinition('Calls'),
  fleet: serviceDefinition('Fleet'),
  engines: serviceDefinition('Engines'),
  certificates: serviceDefinition('Certificates'),
  access: serviceDefinition('Access'),
} as const;

/** One method of a service definition; asking for one that is not there is a mistake of ours. */
export function methodOf(service: keyof typeof services, name: string): MethodDefinition<unknown, unknown> {
  const method = services[service][name];
  if (!method) throw new TypeError(`${service} has no method ${name}`);
  return method as MethodDefinition<unknown, unknown>;
}
