import type { ServerResponse } from 'node:http';
import { errorCodes, isStoreError, StoreError } from '../base/store-error.js';
import type { ErrorShape } from './shapes.js';

/** Request that is refused, with its HTTP status. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** HTTP status of the statuses of gRPC, as gRPC gateways have them. */
const httpStatuses: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  OUT_OF_RANGE: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** Returns an error as its status and body. An unknown one says nothing: it may hold anything. */
export function refusal(error: unknown): {
  status: number;
  body: ErrorShape;
  headers: Readonly<Record<string, string>>;
} {
  if (error instanceof HttpError) {
    const { status, code, message, headers } = error;
    return { status, body: { error: { code, message } }, headers };
  }
  if (isStoreError(error)) {
    const status = error.code === 'UNKNOWN_KIND' ? 404 : (httpStatuses[errorCodes[error.code].status] ?? 500);
    return { status, body: { error: { code: error.code, message: textOf(error) } }, headers: {} };
  }
  return {
    status: 500,
    body: { error: { code: 'INTERNAL', message: 'the answer failed: see the log of the member' } },
    headers: {},
  };
}

/** Message without the code before it, which stands beside it. */
export function textOf(error: StoreError): string {
  return error.message.replace(`${error.code}: `, '');
}

/** Headers of every answer: nothing is loaded from elsewhere, framed, or guessed. */
export const safeHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/** Sends a text of this type. */
export function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, {
    'Cache-Control': 'no-store',
    ...headers,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  send(response, status, `${JSON.stringify(body)}\n`, {
    ...headers,
    'Content-Type': 'application/json; charset=utf-8',
  });
}
