import { refusalOf } from './answers.js';
import type { Exchange } from './exchange.js';

/** Lines that wait for a slow client; more are left out, all but errors. */
const waitingBytesMax = 1024 * 1024;

/** Answer of work that runs on many engines: one line of JSON for each step. */
export class ProgressLines {
  readonly #x: Exchange;

  constructor(x: Exchange) {
    this.#x = x;
  }

  /** Runs the work. A failure before the first line is an answer with a status; later it is a line. */
  async run(work: (onProgress: (engine: string, status: string) => void) => Promise<void>): Promise<void> {
    try {
      await work((engine, status) => this.#line({ status, id: engine }));
    } catch (error) {
      if (!this.#x.response.headersSent) throw error;
      const { message } = refusalOf(error);
      this.#line({ errorDetail: { message }, error: message });
    }
    this.#begin();
    this.#x.response.end();
  }

  #begin(): void {
    if (!this.#x.response.headersSent) this.#x.response.writeHead(200, { 'content-type': 'application/json' });
  }

  #line(value: Readonly<Record<string, unknown>>): void {
    const { response } = this.#x;
    this.#begin();
    if (response.writableLength > waitingBytesMax && !('error' in value)) return;
    if (!response.destroyed) response.write(`${JSON.stringify(value)}\r\n`);
  }
}
