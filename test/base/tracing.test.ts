import { describe, expect, it } from 'vitest';
import { keptTrace, spanContextOf } from '../../src/base/trace-context.js';
import { activeTrace, beginCall, beginSpan, isTracing } from '../../src/base/tracing.js';

const [traceId, spanId] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];

describe('a trace', () => {
  it.each<[string, number | undefined]>([
    [`00-${traceId}-${spanId}-01`, 1],
    [`00-${traceId}-${spanId}-00`, 0],
    [`00-${traceId}-${spanId}-ff`, 1],
    [`01-${traceId}-${spanId}-01-more`, 1],
    [`ff-${traceId}-${spanId}-01`, undefined],
    [`00-${'0'.repeat(32)}-${spanId}-01`, undefined],
    [`00-${traceId}-${'0'.repeat(16)}-01`, undefined],
    [`00-${traceId.toUpperCase()}-${spanId}-01`, undefined],
    [`00-${traceId}-${spanId}`, undefined],
    [`00-${traceId}-${spanId}-01-${'x'.repeat(300)}`, undefined],
    ['', undefined],
    ['nonsense', undefined],
  ])('is read from %j', (text, traceFlags) => {
    expect(spanContextOf(text)).toEqual(
      traceFlags === undefined ? undefined : { traceId, spanId, traceFlags, isRemote: true },
    );
  });

  it.each([
    [`00-${traceId}-${spanId}-01`, `00-${traceId}-${spanId}-01`],
    [`01-${traceId}-${spanId}-03-more`, `00-${traceId}-${spanId}-01`],
    [`00-${traceId}-${spanId}-00`, undefined],
    ['nonsense', undefined],
    [undefined, undefined],
  ])('is kept from %j as %j', (text, kept) => {
    expect(keptTrace(text)).toBe(kept);
  });

  it('has no spans where the application has no SDK', () => {
    expect(isTracing()).toBe(false);
    expect(activeTrace()).toBeUndefined();
    expect(beginCall('/skep.v1.Control/Get', 'client')).toBeUndefined();
    expect(
      beginSpan('x', () => {
        throw new RangeError('facts are not asked for');
      }),
    ).toBeUndefined();
  });
});
