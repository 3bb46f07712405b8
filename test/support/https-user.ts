import { Agent, request } from 'node:https';
import type { HttpAnswer } from './http-member.js';
import type { Pair } from './secure.js';

/** What somebody shows to an endpoint: a certificate, the header `authorization`, both or nothing. */
export interface Shown {
  readonly pair?: Pair | undefined;
  readonly authorization?: string | undefined;
}

/** Asks over TLS, by the CA of the cluster. Each that shows something else has connections of its own, as the door counts handshakes. */
export class HttpsUser {
  readonly #base: string;
  readonly #ca: string;
  readonly #agents = new Map<string, Agent>();

  constructor(base: string, ca: string) {
    this.#base = base;
    this.#ca = ca;
  }

  ask(path: string, shown: Shown = {}, headers: Record<string, string> = {}): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      const asking = this.#request(path, shown, headers, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
        response.on('error', reject);
      });
      asking.on('error', reject).end();
    });
  }

  async json<T = any>(path: string, shown: Shown): Promise<T> {
    const { status, text } = await this.ask(path, shown);
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** Opens a stream of events; its text grows, and `ended` becomes true with the stream. */
  stream(path: string, shown: Shown): Promise<{ text: string; ended: boolean; close(): void }> {
    return new Promise((resolve, reject) => {
      const asking = this.#request(path, shown, {}, (response) => {
        const stream = { text: '', ended: false, close: () => void asking.destroy() };
        response.setEncoding('utf8').on('data', (part: string) => (stream.text += part));
        response.on('error', () => undefined).on('close', () => (stream.ended = true));
        resolve(stream);
      });
      asking.on('error', reject).end();
    });
  }

  #request(
    path: string,
    { pair, authorization }: Shown,
    headers: Record<string, string>,
    run: Parameters<typeof request>[2],
  ): ReturnType<typeof request> {
    const options = {
      ca: this.#ca,
      agent: this.#agentOf(pair?.certificate ?? authorization ?? ''),
      headers: { ...headers, ...(authorization !== undefined && { authorization }) },
      ...(pair && { cert: pair.certificate, key: pair.key }),
    };
    return request(`${this.#base}${path}`, options, run);
  }

  #agentOf(who: string): Agent {
    const known = this.#agents.get(who) ?? new Agent({ keepAlive: true });
    this.#agents.set(who, known);
    return known;
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }
}
