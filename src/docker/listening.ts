import { once } from 'node:events';
import { chmod, lstat, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { joinHostPort } from '../base/host-port.js';
import type { ListenAddress } from '../base/listen-address.js';
import { ListenError } from '../base/listening.js';

/** Only the owner: every client that may connect owns the engines. */
const socketMode = 0o600;

const dockerAdvice = ': is Docker already running on this machine? Try using a different port';

/** Makes `server` listen; resolves with the address as `docker --host` takes it. */
export async function listenOn(server: Server, address: ListenAddress): Promise<string> {
  return address.kind === 'tcp' ? listenTcp(server, address.host, address.port) : listenUnix(server, address.path);
}

async function listenTcp(server: Server, host: string, port: number): Promise<string> {
  const text = joinHostPort(host, port);
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const isDockers = isCode(cause, 'EADDRINUSE') && port === 2375;
    throw new ListenError(text, cause, '', isDockers ? dockerAdvice : '');
  }
  const { address, port: chosen } = server.address() as AddressInfo;
  return `tcp://${joinHostPort(address, chosen)}`;
}

async function listenUnix(server: Server, path: string): Promise<string> {
  await removeDeadSocket(path);
  // The mode holds from the first moment: between bind and chmod no other user may connect.
  const before = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(before);
  }
  try {
    await once(server, 'listening');
    await chmod(path, socketMode);
  } catch (cause) {
    throw new ListenError(`unix://${path}`, cause);
  }
  return `unix://${path}`;
}

/** Unlinks the socket of a server that is gone. @throws {ListenError} when another process listens, or it is no socket. */
async function removeDeadSocket(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (!found) return;
  if (!found.isSocket()) {
    throw new ListenError(`unix://${path}`, 'there is a file that is no socket; remove it or use another path');
  }
  if (await isServed(path)) {
    throw new ListenError(`unix://${path}`, 'another process listens there; stop it or use another path');
  }
  await unlink(path);
}

async function isServed(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    return !isCode(error, 'ECONNREFUSED') && !isCode(error, 'ENOENT');
  } finally {
    socket.destroy();
  }
}

const isCode = (error: unknown, code: string) => (error as { code?: unknown } | undefined)?.code === code;
