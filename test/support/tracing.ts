import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, context, type ContextManager, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';

/** Keeps the active span across awaits, as the SDK for Node does. */
class Contexts implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();
  active = () => this.#storage.getStore() ?? ROOT_CONTEXT;
  with = <A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    within: Context,
    run: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> => this.#storage.run(within, () => run.apply(self, args));
  bind = <T>(_within: Context, target: T): T => target;
  enable = () => this;
  disable = () => this;
}

/** SDK of an application, which keeps its spans in memory. */
export class Recorded {
  readonly #exporter = new InMemorySpanExporter();
  readonly provider: BasicTracerProvider;

  constructor({ sampled = true } = {}) {
    this.provider = new BasicTracerProvider({
      spanProcessors: [new SimpleSpanProcessor(this.#exporter)],
      ...(!sampled && { sampler: new ParentBasedSampler({ root: new AlwaysOffSampler() }) }),
    });
  }

  /** Registers the SDK for everything in this process. */
  register(): void {
    trace.setGlobalTracerProvider(this.provider);
    context.setGlobalContextManager(new Contexts());
  }

  unregister(): void {
    trace.disable();
    context.disable();
  }

  /** Spans that have ended, of one trace. */
  spansOf(traceId: string): ReadableSpan[] {
    return this.#exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId);
  }

  get spans(): ReadableSpan[] {
    return this.#exporter.getFinishedSpans();
  }

  reset(): void {
    this.#exporter.reset();
  }
}

/** Runs something in a span of the application. Resolves with the ids of the span. */
export async function inSpan(name: string, run: () => Promise<unknown>): Promise<{ traceId: string; spanId: string }> {
  return trace.getTracer('the application').startActiveSpan(name, async (span) => {
    try {
      await run();
    } finally {
      span.end();
    }
    return span.spanContext();
  });
}
