import type { CheckStatus } from '../health.js';

interface Common {
  /** Unique among the checks of an instance; default its kind. */
  readonly name?: string;
  /** Status until the first result. Default `critical`: an unchecked instance gets no traffic. */
  readonly initial?: CheckStatus;
  /** The instance is deregistered when this check says `critical` for that long without a break. */
  readonly deregisterCriticalAfterMs?: number;
}

interface Repeated extends Common {
  /** Between the end of one and the beginning of the next; default 10 000. */
  readonly intervalMs?: number;
  /** Limit for one result before it is critical, milliseconds; default 5 000. */
  readonly timeoutMs?: number;
}

/** The service reports by itself; critical when it has not for `ttlMs`. */
export interface TtlCheck extends Common {
  /** Sort of the check. */
  readonly kind: 'ttl';
  /** Time for which a report counts, ms. */
  readonly ttlMs: number;
}

/** 2xx is passing, 429 (too many requests) is warning, all else is critical. Redirects are not followed. */
export interface HttpCheck extends Repeated {
  /** Sort of the check. */
  readonly kind: 'http';
  /** Address that is asked. */
  readonly url: string;
  /** Method of the request. Default `GET`. */
  readonly method?: 'GET' | 'POST';
  /** Headers of the request. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Passing when a connection to `host:port` can be made. */
export interface TcpCheck extends Repeated {
  /** Sort of the check. */
  readonly kind: 'tcp';
  /** Address that is connected to, `host:port`. */
  readonly addr: string;
}

/** Passing when `grpc.health.v1.Health/Check` at `host:port` says SERVING. */
export interface GrpcCheck extends Repeated {
  /** Sort of the check. */
  readonly kind: 'grpc';
  /** Address of the gRPC server, `host:port`. */
  readonly addr: string;
  /** Service of that server; default the server as a whole. */
  readonly service?: string;
}

/** A check of an instance. */
export type CheckSpec = TtlCheck | HttpCheck | TcpCheck | GrpcCheck;

export const intervalMsDefault = 10_000;
export const timeoutMsDefault = 5_000;

/** Result of a check, and its reason. */
export interface CheckResult {
  readonly status: CheckStatus;
  readonly note: string;
}

/** Looks once. An error means critical. */
export type Probe = (limits: { readonly timeoutMs: number; readonly signal: AbortSignal }) => Promise<CheckResult>;
