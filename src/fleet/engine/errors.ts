import { messageOf } from '../../base/errors.js';

/**
 * Reasons why a call of an engine failed, as words that a program can branch on.
 *
 * - `UNREACHABLE`: no connection (refused, no route, no such name), or it broke before the answer was complete.
 * - `TIMEOUT`: the answer was not complete within the deadline.
 * - `TLS`: the two sides do not agree on TLS or on certificates. Correct the settings: a repeat fails the same way.
 * - `NOT_FOUND`, `CONFLICT`, `BAD_REQUEST`, `UNAUTHORIZED`, `FORBIDDEN`: the engine refused; its message says why.
 * - `SERVER_ERROR`: the engine tried and failed.
 * - `UNSUPPORTED`: the engine has no such call, or is too old.
 * - `BAD_ANSWER`: the answer is not one of a Docker engine.
 * - `TOO_LARGE`: the answer is longer than the client was told to read.
 * - `BAD_ADDRESS`, `BAD_CERTIFICATE`: the client cannot be made of these settings.
 * - `ABORTED`: the signal of the call was aborted.
 * - `CLOSED`: the client was closed.
 */
export const engineErrorCodes = [
  'UNREACHABLE',
  'TIMEOUT',
  'TLS',
  'NOT_FOUND',
  'CONFLICT',
  'BAD_REQUEST',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'SERVER_ERROR',
  'UNSUPPORTED',
  'BAD_ANSWER',
  'TOO_LARGE',
  'BAD_ADDRESS',
  'BAD_CERTIFICATE',
  'ABORTED',
  'CLOSED',
] as const;

/** Code of an {@link EngineError}. */
export type EngineErrorCode = (typeof engineErrorCodes)[number];

/** Facts that a program may want beside the code. */
export interface EngineErrorDetails {
  /** Status of the answer, where there was one. */
  readonly status?: number | undefined;
  /** Text of the engine, word for word. */
  readonly engineMessage?: string | undefined;
  /**
   * True when a call that changes something was sent and its answer did not arrive whole: the engine may have done it.
   * Look before you repeat it.
   */
  readonly outcomeUnknown?: boolean | undefined;
}

/** Every error that the client of an engine makes on purpose. */
export class EngineError extends Error {
  /** Always `EngineError`. */
  override readonly name = 'EngineError';
  /** Reason, for programs to branch on. */
  readonly code: EngineErrorCode;
  /** Status of the answer, where there was one. */
  readonly status: number | undefined;
  /** Text of the engine, word for word. */
  readonly engineMessage: string | undefined;
  /** True when the engine may have done what it was asked, although no whole answer came. Look before you repeat. */
  readonly outcomeUnknown: boolean;

  constructor(code: EngineErrorCode, message: string, options: ErrorOptions & EngineErrorDetails = {}) {
    super(`${code}: ${message}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status;
    this.engineMessage = options.engineMessage;
    this.outcomeUnknown = options.outcomeUnknown ?? false;
  }
}

/** The same error, of a call within a larger one that has changed something already. */
export function inDoubt(error: EngineError): EngineError {
  if (error.outcomeUnknown) return error;
  const { code, message, status, engineMessage } = error;
  const details = { cause: error, status, engineMessage, outcomeUnknown: true };
  return new EngineError(code, `${message.slice(`${code}: `.length)}${maybeDone}`, details);
}

/** Tells whether this is an {@link EngineError}, and one of that code. */
export function isEngineError(error: unknown, code?: EngineErrorCode): error is EngineError {
  return error instanceof EngineError && (code === undefined || error.code === code);
}

/** A call, as errors name it. */
export interface CallName {
  /** Address of the engine. */
  readonly engine: string;
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
}

const plainToTls = /client sent an http request to an https server/i;
const noRoute = /^page not found$/i;

const codeOfStatus: Readonly<Record<number, EngineErrorCode>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'UNSUPPORTED',
  409: 'CONFLICT',
  501: 'UNSUPPORTED',
};

/** Error for an answer with a status that is none of success. `body` is JSON with a `message`, or text. */
export function errorOfAnswer(call: CallName, status: number, body: string): EngineError {
  const engineMessage = messageIn(body);
  const details = { status, engineMessage };
  if (plainToTls.test(engineMessage)) {
    return new EngineError('TLS', `engine ${call.engine} speaks TLS only; give the client TLS options`, details);
  }
  const code = noRoute.test(engineMessage) ? 'UNSUPPORTED' : codeFor(status);
  const text = engineMessage === '' ? '' : `: ${engineMessage}`;
  return new EngineError(
    code,
    `engine ${call.engine} answered ${status} to ${call.method} ${call.path}${text}`,
    details,
  );
}

function codeFor(status: number): EngineErrorCode {
  if (status < 400) return 'BAD_ANSWER';
  return codeOfStatus[status] ?? (status < 500 ? 'BAD_REQUEST' : 'SERVER_ERROR');
}

function messageIn(body: string): string {
  const text = body.trim();
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message : text;
  } catch {
    return text;
  }
}

/** Error for a connection that failed. `outcomeUnknown` as in {@link EngineErrorDetails}. */
export function errorOfFailure(call: CallName, failure: unknown, outcomeUnknown: boolean): EngineError {
  if (failure instanceof EngineError) return failure;
  const cause = firstOf(failure);
  const code = codeOfFailure(cause);
  const known = code === 'TLS' ? false : outcomeUnknown;
  const advice = known ? maybeDone : (adviceOf(cause) ?? '');
  const message = `engine ${call.engine} gave no whole answer to ${call.method} ${call.path}: ${messageOf(cause)}`;
  return new EngineError(code, `${message}${advice}`, { cause: failure, outcomeUnknown: known });
}

/** Tail of the message of an error whose outcome is unknown. */
export const maybeDone = '; the engine may have done it, look before you repeat';

/** A name with several addresses fails with one error for each of them. */
function firstOf(failure: unknown): unknown {
  return failure instanceof AggregateError && failure.errors.length > 0 ? (failure.errors[0] as unknown) : failure;
}

function codeOfFailure(cause: unknown): EngineErrorCode {
  const code = systemCode(cause);
  if (code.startsWith('HPE_')) return 'BAD_ANSWER';
  return /^(?:EPROTO$|ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/.test(code) ? 'TLS' : 'UNREACHABLE';
}

function adviceOf(cause: unknown): string | undefined {
  const code = systemCode(cause);
  if (/wrong version number|packet length too long/i.test(messageOf(cause))) {
    return '; the engine does not speak TLS there, leave the TLS options out';
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return '; the certificate is for another name, use that name as address';
  if (/CERTIFICATE_REQUIRED|ALERT_HANDSHAKE_FAILURE|BAD_CERTIFICATE/.test(code)) {
    return '; the engine wants another client certificate, give cert and key';
  }
  if (/^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/.test(code)) return '; give the CA that signed it as ca or caFile';
  if (code === 'EACCES' || code === 'EPERM') return '; the user of this process may not open the socket';
  return undefined;
}

function systemCode(cause: unknown): string {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : '';
}

/** Words of the engine alone, where it has answered; the message of any other error. */
export function wordsOf(error: unknown): string {
  return isEngineError(error) && error.engineMessage ? error.engineMessage : messageOf(error);
}
