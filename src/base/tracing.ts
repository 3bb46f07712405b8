import {
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { messageOf } from './errors.js';
import { spanContextOf, textOfSpan } from './trace-context.js';

// Spans of OpenTelemetry, for applications that have an SDK. The package contains its own copy of the API, which finds the
// SDK that the application has registered, whichever copy of the API the application uses.

/** Place at which every copy of the API, of version 1, keeps what applications register. */
const registryKey = Symbol.for('opentelemetry.js.api.1');
const registry = globalThis as { readonly [key: symbol]: { readonly trace?: unknown } | undefined };

/** Tells whether the application has registered an SDK. Nothing else here costs anything without one. */
export const isTracing = (): boolean => registry[registryKey]?.trace !== undefined;

/** Returns the trace of the span in whose context the application runs. */
export function activeTrace(): string | undefined {
  const span = isTracing() ? trace.getActiveSpan() : undefined;
  return span && textOfSpan(span.spanContext());
}

const kinds = { client: SpanKind.CLIENT, server: SpanKind.SERVER, internal: SpanKind.INTERNAL };

/** Facts about a new span. */
export interface SpanFacts {
  readonly kind: keyof typeof kinds;
  /** Trace to which it belongs; default that of the context in which the application runs. */
  readonly parent?: string | undefined;
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** One span that has begun. */
export class TracedSpan {
  readonly #span: Span;
  /** Position of the span, for the header of a call; that of its parent where the SDK is too old for this API. */
  readonly trace: string | undefined;

  constructor(name: string, { kind, parent, attributes }: SpanFacts) {
    const above = parent === undefined ? undefined : spanContextOf(parent);
    const within = above ? trace.setSpanContext(ROOT_CONTEXT, above) : context.active();
    this.#span = trace.getTracer('skep').startSpan(name, { kind: kinds[kind], attributes }, within);
    const own = this.#span.spanContext();
    this.trace = isSpanContextValid(own) ? textOfSpan(own) : parent;
  }

  /** Notes a moment. */
  event(name: string): void {
    this.#span.addEvent(name);
  }

  /** Ends the span, as failed when there is an error. */
  end(error?: unknown): void {
    if (error !== undefined && error !== null) {
      this.#span.setAttribute('error.type', codeOf(error));
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
    }
    this.#span.end();
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' || typeof code === 'number' ? String(code) : 'Error';
}

/** Begins a span; `undefined` without an SDK. */
export function beginSpan(name: string, facts: () => SpanFacts): TracedSpan | undefined {
  return isTracing() ? new TracedSpan(name, facts()) : undefined;
}

/** Begins the span of a call by its path, such as `/skep.v1.Control/Update`. */
export function beginCall(path: string, kind: 'client' | 'server', parent?: string): TracedSpan | undefined {
  if (!isTracing()) return undefined;
  const [, service = '', method = ''] = path.split('/');
  const attributes = { 'rpc.system': 'grpc', 'rpc.service': service, 'rpc.method': method };
  return new TracedSpan(path.slice(1), { kind, parent, attributes });
}

/** Ends a span as a promise does; returns the promise. */
export function endWith<T>(span: TracedSpan | undefined, promise: Promise<T>): Promise<T> {
  if (span)
    promise.then(
      () => span.end(),
      (error: unknown) => span.end(error),
    );
  return promise;
}
