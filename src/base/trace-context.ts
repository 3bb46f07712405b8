// Traces as text (W3C Trace Context, level 1).

/** Header of a call with the trace that it belongs to (W3C Trace Context, level 1, §3.2). */
export const traceKey = 'traceparent';

/** Position of a span in its trace, in the form of the API of OpenTelemetry. */
export interface RemoteSpan {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** 1 where the trace is recorded. */
  readonly traceFlags: number;
  /** Always true: it came from another process. */
  readonly isRemote: true;
}

/** Flag of a trace that is recorded. */
const sampled = 1;

const form = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const lengthMax = 256;

/**
 * Reads the trace of a transaction, for a link to the span of its writer: `links: [{ context: spanContextOf(trace) }]`.
 * Returns `undefined` for text of another form.
 */
export function spanContextOf(traceparent: string): RemoteSpan | undefined {
  const [, traceId, spanId, flags = ''] = traceparent.length > lengthMax ? [] : (form.exec(traceparent) ?? []);
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, traceFlags: parseInt(flags, 16) & sampled, isRemote: true };
}

/** Returns a trace in the form in which it is kept; `undefined` unless it is recorded and well-formed. */
export function keptTrace(traceparent: string | undefined): string | undefined {
  const found = traceparent === undefined ? undefined : spanContextOf(traceparent);
  return found && isRecorded(found) ? textOfSpan(found) : undefined;
}

const isRecorded = ({ traceFlags }: RemoteSpan) => (traceFlags & sampled) !== 0;

/** Returns the text of a position, as the header has it. */
export function textOfSpan({
  traceId,
  spanId,
  traceFlags,
}: {
  traceId: string;
  spanId: string;
  traceFlags: number;
}): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
