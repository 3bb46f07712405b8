import type { TLSSocket } from 'node:tls';
import { atTime } from '../base/at-time.js';
import type { Clock } from '../base/clock.js';
import { type Caller, tokenOfSerial } from '../identity/index.js';
import type { Connection } from '../rpc/index.js';
import type { CallLimits } from './call-limits.js';
import type { ServerSecurity } from './entrance.js';
import { standingOf } from './standing.js';

/** Surroundings of the connections that show tokens. */
export interface TokenHooks {
  readonly limits: CallLimits;
  /** Hears of the first token of each connection. */
  readonly shown: (caller: Caller, peer: string) => void;
}

/** Checks of tokens, and the time. */
type Proving = Pick<ServerSecurity, 'byHeader' | 'byToken' | 'clock'>;

/**
 * Connections whose calls carry a token. The first token that counts belongs to the connection: it ends when that one is
 * removed or expires, and takes no other.
 */
export class Bearers {
  /** Token of each connection, and what its user could do then. */
  readonly #known = new WeakMap<Connection, { readonly id: string; readonly standing: string }>();

  /** Tells whether the connection has shown a token that counts. */
  has(connection: Connection): boolean {
    return this.#known.has(connection);
  }

  /** Caller of one call, by its `authorization` header. */
  caller(
    connection: Connection,
    header: string,
    { proving, limits, shown }: { readonly proving: Proving } & TokenHooks,
  ): Caller {
    if (header === '') return { as: 'anonymous', why: 'no token: SKEP_TOKEN_FILE names its file' };
    const known = this.#known.get(connection);
    const blocked = known ? undefined : limits.blocked(connection.peer);
    if (blocked !== undefined) return { as: 'anonymous', why: blocked };
    const caller = proving.byHeader(header);
    const id = 'serial' in caller ? tokenOfSerial(caller.serial) : undefined;
    if (id === undefined) {
      limits.noteWrongToken(connection.peer, header);
      return caller;
    }
    if (known && known.id !== id) return { as: 'anonymous', why: 'the connection belongs to another token' };
    if (!known) {
      this.#take(connection, caller, { id, clock: proving.clock });
      shown(caller, connection.peer);
    }
    return caller;
  }

  #take(connection: Connection, caller: Caller, { id, clock }: { readonly id: string; readonly clock: Clock }): void {
    this.#known.set(connection, { id, standing: standingOf(caller) });
    const { socket } = connection;
    if ('until' in caller && caller.until !== undefined)
      socket.once(
        'close',
        atTime(clock, caller.until, () => socket.destroy()),
      );
  }

  /** Tells whether the token of a connection is gone, or gives other rights than when it was shown. */
  changed(connection: Connection, proving: Proving): boolean {
    const known = this.#known.get(connection);
    return known !== undefined && standingOf(proving.byToken(known.id)) !== known.standing;
  }
}

/** Server name that the other side has asked for (SNI); `undefined` without one. */
export function nameAsked(socket: TLSSocket): string | undefined {
  const { servername } = socket as { readonly servername?: string | false };
  return servername || undefined;
}
