import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a server saw it. */
export interface Request {
  readonly line: string;
  readonly body: string;
  readonly type: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** An HTTP server on loopback that says what a test wants it to, and remembers what it was asked. */
export class HttpServer {
  readonly requests: Request[] = [];
  readonly #server;

  private constructor(answer: RequestListener) {
    this.#server = createServer((request, response) => {
      void body(request).then((text) => {
        const line = `${request.method} ${request.url}`;
        this.requests.push({ line, body: text, type: request.headers['content-type'], headers: request.headers });
        answer(request, response);
      });
    });
  }

  static async open(answer: RequestListener): Promise<HttpServer> {
    const server = new HttpServer(answer);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get addr(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

async function body(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}
