import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import type { Clock } from '../base/clock.js';
import { splitHostPort } from '../base/host-port.js';
import { ListenError } from '../base/listening.js';
import type { Logger } from '../base/log.js';
import type { Caller, Presented } from '../identity/index.js';
import { afterPreface, type Connection, Door, type TlsDialing } from '../rpc/index.js';

/** Groups of callers. Each has a gRPC server of its own: a service that is not for a group is not there for it. */
export const audiences = ['anonymous', 'api', 'members', 'local'] as const;
export type Audience = (typeof audiences)[number];

/** Limit for a connection without an identity, milliseconds. */
const anonymousMs = 30_000;

/** Identities of a member's connections. Without it they are in clear text, and every caller may do everything. */
export interface ServerSecurity {
  /** Credentials of this member. */
  readonly dialing: TlsDialing;
  readonly clock: Clock;
  readonly logger: Logger;
  callerOf(presented: Presented | undefined): Caller;
  /** Caller for whom a member asks: `user/alice` and a serial number, or `local`. */
  named(behalf: string): Caller;
}

/** Takes the connections of a port and hands them to gRPC servers. */
export interface Entrance {
  listen(addr: string): Promise<number>;
  /** Takes the credentials that the member has now, for new connections. */
  refresh(): void;
  /** Ends the connections whose identity no longer counts. */
  recheck(): void;
  /** Connection of a call, by its peer. */
  find(peer: string): Connection | undefined;
  close(): void;
}

/** Connections in clear text, all for one server. */
export class ClearEntrance implements Entrance {
  readonly #net: Server;
  readonly #waiting = new Set<Socket>();

  constructor(server: GrpcServer, prefaceMs: number) {
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#net = createServer({ noDelay: true }, (socket) => {
      this.#waiting.add(socket);
      socket.once('close', () => this.#waiting.delete(socket));
      afterPreface(socket, prefaceMs, (begun) => {
        this.#waiting.delete(begun);
        injector.injectConnection(begun);
      });
    });
  }

  listen(addr: string): Promise<number> {
    const { host, port } = splitHostPort(addr);
    return new Promise<number>((resolve, reject) => {
      this.#net.once('error', (error) => reject(new ListenError(addr, error)));
      this.#net.listen(Number(port), host, () => resolve((this.#net.address() as AddressInfo).port));
    });
  }

  refresh(): void {
    // there are no credentials
  }

  recheck(): void {
    // there are no identities
  }

  find(): undefined {
    return undefined;
  }

  close(): void {
    this.#net.close();
    for (const socket of this.#waiting) socket.destroy();
  }
}

/** TLS connections, each for the server of its identity. */
export class SecureEntrance implements Entrance {
  readonly #security: ServerSecurity;
  readonly #door: Door;
  /** Standing of each connection when it was accepted: its group, and the rights of its user. */
  readonly #standings = new WeakMap<Connection, string>();

  constructor(security: ServerSecurity, inject: (audience: Audience, socket: Socket) => void) {
    this.#security = security;
    const { clock, logger } = security;
    const accept = (connection: Connection) => {
      const caller = security.callerOf(connection.presented);
      const audience = audienceOf(caller);
      this.#standings.set(connection, standingOf(caller));
      if (audience === 'anonymous') {
        const cancel = clock.schedule(anonymousMs, () => connection.socket.destroy());
        connection.socket.once('close', cancel);
      }
      inject(audience, connection.socket);
    };
    this.#door = new Door({ clock, logger, accept });
    this.refresh();
  }

  listen(addr: string): Promise<number> {
    return this.#door.listen(addr);
  }

  refresh(): void {
    const { bundle } = this.#security.dialing;
    if (bundle) this.#door.set(bundle);
  }

  recheck(): void {
    for (const connection of this.#door.connections) {
      const standing = standingOf(this.#security.callerOf(connection.presented));
      if (standing !== this.#standings.get(connection)) connection.socket.destroy();
    }
  }

  find(peer: string): Connection | undefined {
    return this.#door.find(peer);
  }

  close(): void {
    this.#door.close();
  }
}

/** A change of it ends the connection: its watches would go on with rights that are gone. */
function standingOf(caller: Caller): string {
  return JSON.stringify([audienceOf(caller), caller.as === 'user' ? caller.roles : []]);
}

function audienceOf({ as }: Caller): Audience {
  switch (as) {
    case 'member':
    case 'newcomer':
      return 'members';
    case 'user':
    case 'worker':
      return 'api';
    case 'local':
      return 'local';
    case 'anonymous':
    case 'expired':
      return 'anonymous';
  }
}
