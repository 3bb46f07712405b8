import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import type { Clock } from '../base/clock.js';
import { splitHostPort } from '../base/host-port.js';
import { ListenError } from '../base/listening.js';
import type { Logger } from '../base/log.js';
import { type Caller, type Presented, tokenServerNameOf } from '../identity/index.js';
import { afterPreface, type Connection, Door, type TlsDialing } from '../rpc/index.js';
import { Bearers, nameAsked, type TokenHooks } from './bearers.js';
import { type Audience, audienceOf, standingOf } from './standing.js';

/** Limit for a connection without an identity, milliseconds. */
const anonymousMs = 30_000;

/** Identities of a member's connections. Without it they are in clear text, and every caller may do everything. */
export interface ServerSecurity {
  /** Credentials of this member. */
  readonly dialing: TlsDialing;
  readonly clock: Clock;
  readonly logger: Logger;
  callerOf(presented: Presented | undefined): Caller;
  /** Caller that the value of an `authorization` header proves. */
  byHeader(header: string): Caller;
  /** Caller of a token whose secret was checked before, as it is now. */
  byToken(id: string): Caller;
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
  /** Caller of a call: by the connection of its peer, and its `authorization` header. */
  caller(peer: string, header: string): Caller;
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

  caller(): Caller {
    return { as: 'local' };
  }

  close(): void {
    this.#net.close();
    for (const socket of this.#waiting) socket.destroy();
  }
}

/** TLS connections, each for the server of its identity. */
export class SecureEntrance implements Entrance {
  readonly #security: ServerSecurity;
  readonly #hooks: TokenHooks;
  readonly #door: Door;
  /** Standing of each connection when it was accepted: its group, and the rights of its user. */
  readonly #standings = new WeakMap<Connection, string>();
  readonly #bearers = new Bearers();

  constructor(security: ServerSecurity, hooks: TokenHooks, inject: (audience: Audience, socket: Socket) => void) {
    this.#security = security;
    this.#hooks = hooks;
    const { clock, logger } = security;
    const accept = (connection: Connection) => {
      const caller = security.callerOf(connection.presented);
      const audience = forTokens(connection, security.dialing) ? 'bearer' : audienceOf(caller);
      this.#standings.set(connection, standingOf(caller));
      if (audience === 'anonymous' || audience === 'bearer') {
        const cancel = clock.schedule(anonymousMs, () => {
          if (!this.#bearers.has(connection)) connection.socket.destroy();
        });
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
      if (standing !== this.#standings.get(connection) || this.#bearers.changed(connection, this.#security))
        connection.socket.destroy();
    }
  }

  caller(peer: string, header: string): Caller {
    const connection = this.#door.find(peer);
    if (!connection) return { as: 'anonymous', why: 'the connection has ended' };
    if (!forTokens(connection, this.#security.dialing)) return this.#security.callerOf(connection.presented);
    return this.#bearers.caller(connection, header, { proving: this.#security, ...this.#hooks });
  }

  close(): void {
    this.#door.close();
  }
}

/** Tells whether the calls of a connection carry tokens: it has no certificate, and has asked for the name for that. */
function forTokens({ presented, socket }: Connection, { bundle }: TlsDialing): boolean {
  return presented === undefined && bundle !== undefined && nameAsked(socket) === tokenServerNameOf(bundle.domain);
}
