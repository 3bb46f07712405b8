import { connect, type Socket } from 'node:net';
import type { Clock } from '../../base/clock.js';
import { EngineError } from '../engine/errors.js';
import type { Target } from './targets.js';

/** Time after which the system asks whether a silent peer is still there, milliseconds. */
const keepAliveMs = 30_000;
/** Time that a connection may be silent once one direction of it has ended, milliseconds. */
const halfOpenMs = 300_000;

/** Connects to a target. Rejects when there is no connection within the time. */
export function dial({ host, port }: Target, clock: Clock, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
    const cancel = clock.schedule(timeoutMs, () =>
      fail(new EngineError('TIMEOUT', `no answer within ${timeoutMs} ms`)),
    );
    const fail = (error: Error) => {
      cancel();
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(error);
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      cancel();
      socket.removeListener('error', fail);
      resolve(socket);
    });
  });
}

/**
 * Joins two connections: each receives what the other sends, at the pace at which it takes it. An end of one direction
 * leaves the other open. An error of one ends both.
 */
export function join(a: Socket, b: Socket): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.setKeepAlive(true, keepAliveMs);
    from.on('error', () => to.destroy());
    // What was received before is still written.
    from.on('close', (hadError) => (hadError ? to.destroy() : to.destroySoon()));
    // The other end may be gone for good without a word: that looks the same.
    from.on('end', () => to.setTimeout(halfOpenMs, () => to.destroy()));
    from.pipe(to);
  }
}
