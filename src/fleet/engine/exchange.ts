import type { ClientRequest, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onAbort } from '../../base/abort.js';
import type { Cancel, Clock } from '../../base/clock.js';
import { type CallName, EngineError, type EngineErrorCode, errorOfFailure, maybeDone } from './errors.js';

/**
 * Extent of a deadline: the `whole` answer, the time until its headers (`start`) or until the connection stands (`connect`),
 * or every stretch in which no byte moves either way (`progress`).
 */
export type DeadlineKind = 'whole' | 'start' | 'connect' | 'progress';

/** Settings of an {@link Exchange}. */
export interface ExchangeOptions extends CallName {
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly deadline: DeadlineKind;
  /** True when the engine changes something on this request. */
  readonly mutates: boolean;
  readonly secure: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onEnd: (exchange: Exchange) => void;
}

const missed: Readonly<Record<DeadlineKind, string>> = {
  whole: 'had no whole answer',
  start: 'had no answer',
  connect: 'had no connection',
  progress: 'made no progress',
};

type Connection = Duplex & { readonly bytesRead: number; readonly bytesWritten: number };

/** Number of looks for silence within the time that it may last. */
const looksPerTimeout = 4;

/**
 * One request and its answer: the deadline, the signal, and the knowledge of how far it came. It may take two attempts.
 * Whatever ends it early destroys the connection, so that nothing of it arrives later.
 */
export class Exchange {
  readonly #options: ExchangeOptions;
  readonly #forget: Cancel | undefined;
  #cancel: Cancel = () => undefined;
  #request: ClientRequest | undefined;
  #response: IncomingMessage | undefined;
  #socket: Connection | undefined;
  #upgraded = false;
  #sent = false;
  #ended = false;
  #failure: EngineError | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    const { timeoutMs, deadline, clock, signal } = options;
    if (deadline === 'progress') this.#lookForSilence(clock.monotonic(), -1);
    else this.#cancel = clock.schedule(timeoutMs, () => this.#expire());
    this.#forget = signal && onAbort(signal, () => this.stop('ABORTED', 'was aborted', signal.reason));
  }

  /** True when the engine may have done what it was asked. */
  get outcomeUnknown(): boolean {
    return this.#options.mutates && this.#sent;
  }

  /** True when it was ended from here. */
  get ending(): boolean {
    return this.#failure !== undefined;
  }

  /** Watches an attempt. */
  attempt(request: ClientRequest): void {
    this.#request = request;
    this.#sent = false;
    request.once('socket', (socket) => {
      this.#socket = socket;
      if (request.reusedSocket || !(socket instanceof Socket)) this.#connected();
      else socket.once(this.#options.secure ? 'secureConnect' : 'connect', () => this.#connected());
    });
    if (this.#failure) request.destroy(this.#failure);
  }

  /** Headers of the answer are here; its body ends the exchange. */
  answered(response: IncomingMessage): void {
    if (this.#options.deadline === 'start' && isStream(response)) this.#cancel();
    this.refused(response);
  }

  /** Headers of an answer that is no success: its deadline stays. */
  refused(response: IncomingMessage): void {
    this.#response = response;
    response.once('close', () => this.end());
  }

  /** The connection is a stream of bytes from now on; only the signal ends it early. */
  upgraded(socket: Connection): void {
    this.#socket = socket;
    this.#upgraded = true;
    this.#cancel();
    socket.once('close', () => this.end());
  }

  /** Ends the exchange before its time. */
  stop(code: EngineErrorCode, why: string, cause?: unknown): void {
    if (this.#ended || this.#failure) return;
    const { method, path, engine } = this.#options;
    const unknown = this.outcomeUnknown;
    const message = `${method} ${path} of engine ${engine} ${why}${unknown ? maybeDone : ''}`;
    this.#failure = new EngineError(code, message, { cause, outcomeUnknown: unknown });
    if (this.#upgraded) this.#socket?.destroy();
    else (this.#response ?? this.#request)?.destroy(this.#failure);
  }

  /** Error for the caller, whatever the connection failed with. */
  failure(cause: unknown): EngineError {
    return this.#failure ?? errorOfFailure(this.#options, cause, this.outcomeUnknown);
  }

  /** Lets go of timer and signal. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancel();
    this.#forget?.();
    this.#options.onEnd(this);
  }

  /** The request leaves as soon as it can. */
  #connected(): void {
    this.#sent = true;
    if (this.#options.deadline === 'connect') this.#cancel();
  }

  #expire(): void {
    const { timeoutMs, deadline } = this.#options;
    this.stop('TIMEOUT', `${missed[deadline]} within ${timeoutMs} ms`);
  }

  /** Looks a few times within `timeoutMs` if bytes have moved. A body that is not read is no silence of the engine. */
  #lookForSilence(since: number, moved: number): void {
    const { clock, timeoutMs } = this.#options;
    this.#cancel = clock.schedule(Math.ceil(timeoutMs / looksPerTimeout), () => {
      const now = this.#moved();
      const unread = (this.#response?.readableLength ?? 0) > 0;
      const last = now !== moved || unread ? clock.monotonic() : since;
      if (clock.monotonic() - last >= timeoutMs) this.#expire();
      else this.#lookForSilence(last, now);
    });
  }

  #moved(): number {
    return this.#socket ? this.#socket.bytesRead + this.#socket.bytesWritten : -1;
  }
}

const isStream = ({ statusCode = 0 }: IncomingMessage) => statusCode >= 200 && statusCode < 300;
