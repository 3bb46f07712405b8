import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { onAbort } from '../base/abort.js';
import type { Cancel, Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { DiscoveryError } from './errors.js';

/** Trusted authorities and our own certificate, as PEM; all of it optional. */
export interface Tls {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

export interface Ask {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: URL;
  readonly clock: Clock;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: Tls;
  readonly signal?: AbortSignal;
  /** Limit for the answer, or for its beginning where it goes on, milliseconds; default 10 000. */
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const timeoutMsDefault = 10_000;
/** Most bytes of an answer: a list of a hundred thousand addresses fits, and an endless answer ends. */
const answerBytesMax = 16 * 1024 * 1024;
/** Silence of a connection before the system asks whether the other side is still there, milliseconds. */
const keepAliveMs = 10_000;

/**
 * One request over a connection of its own: they are rare, and a connection that was kept may have died meanwhile.
 * Node's `fetch` takes no client certificates; this does.
 * @throws {DiscoveryError} `UNAVAILABLE`: no answer, or not in time. Any status is an answer.
 */
export async function ask(asking: Ask): Promise<Answer> {
  const deadline = new Deadline(asking);
  try {
    const response = await open(asking, deadline.signal);
    let text = '';
    for await (const piece of pieces(response)) {
      text += piece;
      if (text.length > answerBytesMax)
        throw new DiscoveryError('UNAVAILABLE', `the answer is longer than ${answerBytesMax} bytes`);
    }
    return { status: response.statusCode ?? 0, headers: response.headers, text };
  } catch (cause) {
    throw unavailable(asking.url, deadline.reason ?? cause);
  } finally {
    deadline.end();
  }
}

/**
 * Sends a request whose answer continues line by line until one side ends it.
 * @throws {DiscoveryError} `UNAVAILABLE`: no answer, an answer other than 200, or a broken connection.
 */
export async function* askLines(asking: Ask): AsyncGenerator<string, undefined> {
  const deadline = new Deadline(asking);
  try {
    const response = await open(asking, deadline.signal);
    deadline.met();
    if (response.statusCode !== 200) throw new DiscoveryError('UNAVAILABLE', `it answered ${response.statusCode}`);
    let rest = '';
    for await (const piece of pieces(response)) {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > answerBytesMax)
        throw new DiscoveryError('UNAVAILABLE', `a line is longer than ${answerBytesMax} bytes`);
      yield* lines;
    }
  } catch (cause) {
    throw unavailable(asking.url, deadline.reason ?? cause);
  } finally {
    deadline.end();
  }
  return undefined;
}

/** Ends a request that takes too long, or whose caller has aborted. */
class Deadline {
  readonly #stop = new AbortController();
  readonly #cancel: Cancel;
  readonly #forget: Cancel | undefined;

  constructor({ clock, timeoutMs = timeoutMsDefault, signal }: Ask) {
    this.#cancel = clock.schedule(timeoutMs, () =>
      this.#stop.abort(new DiscoveryError('UNAVAILABLE', `no answer within ${timeoutMs} ms`)),
    );
    this.#forget =
      signal && onAbort(signal, () => this.#stop.abort(new DiscoveryError('UNAVAILABLE', 'it was given up')));
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Reason for which the request was ended from here; `undefined` when it was not. */
  get reason(): Error | undefined {
    return this.signal.aborted ? (this.signal.reason as Error) : undefined;
  }

  /** The answer has begun; from now on it may take as long as it likes. */
  met(): void {
    this.#cancel();
  }

  /** Closes the connection, too, when the answer was not read to its end. */
  end(): void {
    this.#cancel();
    this.#forget?.();
    this.#stop.abort();
  }
}

/** Sends the request; resolves when the answer begins. An abort ends it at any time. */
function open({ method, url, body, headers: given, tls }: Ask, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { ...given, ...(body !== undefined && { 'content-type': 'application/json' }) };
    const options = { method, headers, agent: false, signal, ...tls };
    const request: ClientRequest =
      url.protocol === 'https:' ? httpsRequest(url, options, resolve) : httpRequest(url, options, resolve);
    request.setSocketKeepAlive(true, keepAliveMs);
    request.on('error', reject);
    request.end(body);
  });
}

async function* pieces(response: IncomingMessage): AsyncGenerator<string, undefined> {
  response.setEncoding('utf8');
  for await (const piece of response) yield piece as string;
  return undefined;
}

function unavailable(url: URL, cause: unknown): DiscoveryError {
  return new DiscoveryError('UNAVAILABLE', `${url.origin} does not answer: ${reasonOf(cause)}`, { cause });
}

/** A name with several addresses fails with one error for each of them, and without a message of its own. */
function reasonOf(cause: unknown): string {
  return cause instanceof AggregateError && cause.message === '' ? messageOf(cause.errors[0]) : messageOf(cause);
}
