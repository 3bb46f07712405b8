import { chmod, lstat, mkdir, unlink } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { DirectoryError } from '../base/directory-error.js';
import { ListenError } from '../base/listening.js';

/** Longest path of a Unix socket, bytes: the operating system would cut a longer one. */
export const socketPathMax = 107;

/**
 * Socket of this machine's own user. Node shows nothing of the process at the other end, so the folder is the fence: only
 * its owner can enter it.
 */
export class ControlSocket {
  readonly #net: Server;
  readonly #sockets = new Set<Socket>();
  readonly #path: string;

  constructor(path: string, inject: (socket: Socket) => void) {
    this.#path = path;
    this.#net = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      inject(socket);
    });
  }

  /** Makes the folder, takes the place of a socket that a dead process left, and listens. */
  async listen(): Promise<void> {
    const folder = dirname(this.#path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = await lstat(folder);
    if (uid !== process.getuid?.() || (mode & 0o077) !== 0)
      throw new DirectoryError('NOT_ALLOWED', `${folder} must belong to this user alone: "chmod 700 ${folder}"`);
    await this.#removeOld();
    await new Promise<void>((resolve, reject) => {
      this.#net.once('error', (error) => reject(new ListenError(this.#path, error)));
      this.#net.listen(this.#path, () => resolve());
    });
    await chmod(this.#path, 0o600);
  }

  close(): void {
    this.#net.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Anything but a socket stays where it is, and refuses ours. */
  async #removeOld(): Promise<void> {
    const found = await lstat(this.#path).catch(() => undefined);
    if (found?.isSocket()) await unlink(this.#path);
  }
}
