import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

type UpgradeListener = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** An HTTP server on loopback that answers as a test wants, and knows its connections. */
export class EngineServer {
  /** Method, path and query of each request, in order. */
  readonly lines: string[] = [];
  /** Open connections. */
  readonly sockets = new Set<Socket>();
  connections = 0;

  private constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.connections++;
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => this.sockets.delete(socket));
    });
    server.prependListener('request', (request) => this.#note(request));
  }

  static async open(
    answer: RequestListener,
    { upgrade, tls }: { readonly upgrade?: UpgradeListener; readonly tls?: ServerOptions } = {},
  ): Promise<EngineServer> {
    const server = tls ? createTlsServer(tls, answer) : createServer(answer);
    const made = new EngineServer(server);
    if (upgrade) {
      server.on('upgrade', (request, socket, head) => {
        made.#note(request);
        upgrade(request, socket as Socket, head);
      });
    }
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return made;
  }

  get addr(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Cuts all connections off, as a process that dies does. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  #note(request: IncomingMessage): void {
    this.lines.push(`${request.method} ${request.url}`);
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

/** Text of a request's body. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}
