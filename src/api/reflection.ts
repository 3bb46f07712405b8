import type { handleBidiStreamingCall, Server, ServiceDefinition } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { descriptor } from '../wire/index.js';

/** Two versions of one service, with their handlers. */
type Versions = readonly (readonly [ServiceDefinition, Readonly<Record<string, Answer>>])[];
type Answer = handleBidiStreamingCall<unknown, unknown>;

/** Empty reflection: its definitions, without the work of reading a protocol. */
let empty: Versions | undefined;
/** Reflection of this protocol, for all servers of the process. */
let whole: Versions | undefined;

/**
 * Adds `grpc.reflection`. Reading the protocol takes longer than the rest of a start, so the first question pays for it:
 * few members are ever asked, and several in one process share the answer.
 */
export function addReflection(server: Server): void {
  empty ??= versionsOf(new ReflectionService({}));
  for (const [version, [definition]] of empty.entries()) {
    const handlers = Object.keys(definition).map((name) => [name, later(version, name)] as const);
    server.addService(definition, Object.fromEntries(handlers));
  }
}

function later(version: number, method: string): Answer {
  return (stream) => {
    whole ??= versionsOf(new ReflectionService(fromJSON(descriptor, { keepCase: true })));
    whole[version]?.[1][method]?.(stream);
  };
}

function versionsOf(service: ReflectionService): Versions {
  const versions: [ServiceDefinition, Record<string, Answer>][] = [];
  // Each of its methods is a stream in both directions.
  service.addToServer({ addService: (its, handlers) => void versions.push([its, handlers as Record<string, Answer>]) });
  return versions;
}
