import { Server, ServerCredentials, type ServerWritableStream, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { services } from '../../src/rpc/index.js';
import type { messages } from '../../src/wire/index.js';

type Handlers = { readonly [S in keyof typeof services]?: UntypedServiceImplementation };
export type WatchCall = ServerWritableStream<messages.WatchRequest, messages.WatchResponse>;

/** A member that answers what a test says, and nothing else: what no real one would do can be done here. */
export class FakeServer {
  readonly #server = new Server();
  addr = '';

  static async start(handlers: Handlers): Promise<FakeServer> {
    const fake = new FakeServer();
    const all: Handlers = { membership: { Local: local }, ...handlers };
    for (const [service, methods] of Object.entries(all))
      fake.#server.addService(services[service as keyof Handlers], methods);
    await new Promise<void>((resolve, reject) => {
      fake.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
        fake.addr = `127.0.0.1:${port}`;
        if (error) reject(error);
        else resolve();
      });
    });
    return fake;
  }

  close(): void {
    this.#server.forceShutdown();
  }
}

/** A member that knows of no other. */
const local: UntypedServiceImplementation[string] = (_call: unknown, done: (error: null, answer: object) => void) =>
  done(null, {
    clusterId: 'c',
    lineage: 'l',
    name: 'fake',
    id: '1',
    term: 1,
    version: 0,
    lastIndex: 0,
    appliedIndex: 0,
    members: [],
    use: { kinds: [], history: { transactions: 0, bytes: 0, reachesBackTo: 0 }, watches: 0 },
  });
