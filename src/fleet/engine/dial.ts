import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { onAbort } from '../../base/abort.js';
import { isIP } from '../../base/ip.js';
import { type EngineAddress, parseEngineAddress } from './address.js';
import { errorOfFailure } from './errors.js';
import { type EngineTls, readTls, type TlsMaterial } from './tls.js';

/** Silence of a connection before the system asks whether the other side is still there, milliseconds. */
const keepAliveMs = 10_000;

/** Opens bare connections to engines, with TLS where the options ask for it. */
export interface Dialer {
  /**
   * Resolves when the connection stands, after the handshake of TLS. Each direction has an end of its own. The signal gives
   * up what does not stand yet.
   * @throws {EngineError} `BAD_ADDRESS`; `UNREACHABLE` or `TLS` of an engine with TLS, else the error of the system.
   */
  dial(engine: { readonly addr: string }, signal: AbortSignal): Promise<Socket>;
}

/** Makes a {@link Dialer}. Reads the files of `tls` once. @throws {EngineError} `BAD_CERTIFICATE` */
export function engineDialer({ tls }: { readonly tls?: EngineTls | undefined } = {}): Dialer {
  const material = tls && readTls(tls);
  return {
    dial: async ({ addr }, signal) => {
      signal.throwIfAborted();
      const address = parseEngineAddress(addr, tls !== undefined);
      const secure = address.kind === 'tcp' && address.secure;
      return standing(socketTo(address, secure ? (material ?? readTls({})) : undefined), { addr, secure, signal });
    },
  };
}

function socketTo(address: EngineAddress, tls: TlsMaterial | undefined): Socket {
  if (address.kind === 'unix') return connectTcp({ path: address.socketPath, allowHalfOpen: true });
  const { host, port } = address;
  if (!tls) return connectTcp({ host, port, allowHalfOpen: true, noDelay: true });
  // TLS sends names alone in this field, never addresses.
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ host, port, ...halfOpen, ...name, ...tls });
}

/** An option that the types of TLS leave out. */
const halfOpen = { allowHalfOpen: true };

function standing(
  socket: Socket,
  { addr, secure, signal }: { readonly addr: string; readonly secure: boolean; readonly signal: AbortSignal },
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => socket.destroy(signal.reason as Error));
    const call = { engine: addr, method: 'CONNECT', path: addr };
    const fail = (error: unknown) => {
      forget();
      socket.destroy();
      reject(secure ? errorOfFailure(call, error, false) : (error as Error));
    };
    socket.once('error', fail);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      forget();
      socket.off('error', fail);
      socket.on('error', () => undefined); // who reads or writes it learns of the end
      socket.setKeepAlive(true, keepAliveMs);
      resolve(socket);
    });
  });
}
