import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';

const channel = 'http.server.response.finish';

/** Records the requests that a server of this process has answered: `GET /services/ID 200`. */
export class HttpRecord {
  readonly #port: number;
  readonly #listen = (message: unknown) => this.#add(message as Finished);
  #requests: string[] = [];

  constructor(address: string) {
    this.#port = Number(address.split(':').at(-1));
    subscribe(channel, this.#listen);
  }

  /** Returns what was recorded since the last call, each request once, in the order of the first. */
  take(): string[] {
    const taken = [...new Set(this.#requests)];
    this.#requests = [];
    return taken;
  }

  close(): void {
    unsubscribe(channel, this.#listen);
  }

  #add({ request, response, socket }: Finished): void {
    if (socket.localPort !== this.#port || request.url === '/_ping') return;
    this.#requests.push(`${request.method} ${normalized(request.url ?? '')} ${response.statusCode}`);
  }
}

interface Finished {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: { readonly localPort?: number };
}

/** A path without version of the API, with `ID` for ids and `N` for versions of objects. */
export function normalized(url: string): string {
  return decodeURIComponent(url)
    .replace(/^\/v\d+\.\d+/, '')
    .replace(/\b[a-z0-9]{25}\b/g, 'ID')
    .replace(/version=\d+/, 'version=N');
}
