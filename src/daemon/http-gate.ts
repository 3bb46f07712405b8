import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Cancel, Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { splitHostPort } from '../base/host-port.js';
import type { Logger } from '../base/log.js';
import { CallLimits, Denials, Rights } from '../api/index.js';
import type { AuditSink } from '../audit/index.js';
import { type Gate, HttpError, type Reader } from '../http/index.js';
import { actorOf, type Caller, callerText, tokenOfSerial } from '../identity/index.js';
import type { ReadTx } from '../kinds/index.js';
import { type Connection, Door } from '../rpc/index.js';
import type { MemoryStore } from '../state/index.js';
import type { MemberSecurity } from './member-security.js';
import { serverNames } from './server-names.js';

/** Interval at which the endpoint gets a new certificate; one lives much longer. */
const againMs = 20 * 24 * 60 * 60 * 1_000;

const clearText = 'this endpoint speaks TLS: ask for https://\n';
const clearAnswer = `HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: ${clearText.length}\r\nConnection: close\r\n\r\n${clearText}`;

/** Parts of a gate. */
interface Parts {
  readonly security: MemberSecurity;
  readonly store: MemoryStore;
  /** Names at which the endpoint is asked, beside those of this computer. */
  readonly names: readonly string[];
  readonly audit: AuditSink | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Entrance of the HTTP endpoint of a member with security: TLS with a certificate of the cluster, and callers that show a
 * user's certificate, or a token in the `authorization` header. The limits of connections are those of the member's own port.
 */
export class HttpGate implements Gate {
  readonly #parts: Parts;
  readonly #door: Door;
  readonly #limits: CallLimits;
  readonly #audit: AuditSink | undefined;
  /** Tokens that a connection has shown. */
  readonly #shown = new WeakMap<Connection, Set<string>>();
  readonly #open = new Set<Duplex>();
  #again: Cancel = () => undefined;

  constructor(parts: Parts) {
    const { clock, logger, audit } = parts;
    this.#parts = parts;
    this.#limits = new CallLimits(clock);
    this.#audit = audit && new Denials(audit, clock);
    this.#door = new Door({
      clock,
      logger,
      protocol: 'http/1.1',
      clearAnswer,
      accept: ({ socket }) => this.#take(socket),
    });
  }

  #accept: (connection: Duplex) => void = (connection) => connection.destroy();

  async listen(addr: string, accept: (connection: Duplex) => void): Promise<number> {
    this.#accept = accept;
    await this.#renew(splitHostPort(addr).host);
    return this.#door.listen(addr, 'cannot serve HTTP: ');
  }

  admit({ socket, headers }: IncomingMessage, path: string): Reader {
    const peer = `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`;
    const connection = this.#door.find(peer);
    if (!connection) throw new HttpError(401, 'UNAUTHENTICATED', 'the connection has ended');
    const caller = this.#callerOf(connection, headers.authorization);
    this.#check(caller, { peer, path });
    return { rights: (tx) => this.#rights(tx, connection, caller) };
  }

  close(): void {
    this.#again();
    this.#door.close();
    for (const connection of this.#open) connection.destroy();
  }

  #take(connection: Duplex): void {
    this.#open.add(connection);
    connection.once('close', () => this.#open.delete(connection));
    this.#accept(connection);
  }

  /** Gives the door a certificate now, and a new one long before it ends. */
  async #renew(host: string): Promise<void> {
    const { security, names, clock, logger } = this.#parts;
    this.#again = clock.schedule(againMs, () => {
      this.#renew(host).catch((error: unknown) =>
        logger.error('the HTTP endpoint could not renew its certificate', { error: messageOf(error) }),
      );
    });
    this.#door.set(await security.issueServer(serverNames([host, ...names])));
  }

  #callerOf(connection: Connection, header: string | undefined): Caller {
    const { security } = this.#parts;
    if (header === undefined) return security.callerOf(connection.presented);
    const blocked = this.#shown.has(connection) ? undefined : this.#limits.blocked(connection.peer);
    if (blocked !== undefined) throw new HttpError(429, 'LIMIT_EXCEEDED', blocked, { 'Retry-After': '60' });
    const caller = security.byHeader(bearerIn(header));
    if (caller.as === 'anonymous') this.#limits.noteWrongToken(connection.peer, header);
    else this.#noteLogin(connection, caller);
    return caller;
  }

  #noteLogin(connection: Connection, caller: Caller): void {
    const id = 'serial' in caller ? caller.serial : '';
    const shown = this.#shown.get(connection) ?? new Set();
    if (shown.has(id)) return;
    this.#shown.set(connection, shown.add(id));
    this.#audit?.note({ event: 'login', identity: actorOf(caller), serial: id, address: connection.peer });
  }

  /** Throws unless the caller is a user, or a member. */
  #check(caller: Caller, { peer, path }: { readonly peer: string; readonly path: string }): void {
    if (caller.as === 'user' || caller.as === 'member') return;
    const refused = caller.as === 'anonymous' ? noIdentity(caller.why ?? 'no certificate') : notForIt(caller);
    const { code, message: why } = refused;
    this.#audit?.note({ event: 'denied', method: `HTTP ${path}`, identity: actorOf(caller), address: peer, code, why });
    throw refused;
  }

  /** Rights of a caller that was let in, if it still would be. */
  #rights(tx: ReadTx, { presented }: Connection, caller: Caller): Rights {
    const { security, store } = this.#parts;
    const token = 'serial' in caller ? tokenOfSerial(caller.serial) : undefined;
    const now = token === undefined ? security.callerOf(presented) : security.byToken(token);
    if (now.as !== caller.as) throw noIdentity(now.as === 'anonymous' ? (now.why ?? '') : callerText(now));
    return Rights.in(tx, store.kinds, now);
  }
}

/** Reads `Bearer TOKEN`, and the form in which browsers send a token that people typed as a password: `Basic`. */
function bearerIn(header: string): string {
  const [, basic] = /^Basic +([\w+/=-]+)$/i.exec(header.trim()) ?? [];
  if (basic === undefined) return header;
  const text = Buffer.from(basic, 'base64').toString();
  return `Bearer ${text.slice(text.indexOf(':') + 1)}`;
}

/** The header makes a browser ask for the token. */
function noIdentity(why: string): HttpError {
  return new HttpError(
    401,
    'UNAUTHENTICATED',
    `this endpoint needs an identity (${why}): the certificate of a user, or a token of "skep token create user NAME --bearer" as Bearer token or as password`,
    { 'WWW-Authenticate': 'Basic realm="skep: any name, and a token as the password", charset="UTF-8"' },
  );
}

function notForIt(caller: Caller): HttpError {
  return new HttpError(403, 'DENIED', `${callerText(caller)} may not use this endpoint: it is for users`);
}
