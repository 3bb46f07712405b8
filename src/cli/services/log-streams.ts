import type { Clock } from '../../base/clock.js';
import { settledWithin } from '../../base/waiting.js';
import type { Client } from '../../client/index.js';
import { type EngineAccess, type TaskLine, taskLines } from '../../fleet/index.js';
import type { Task } from '../../kinds/index.js';
import { followView } from './follow-view.js';
import type { LogScope } from './log-scope.js';
import type { ClusterView } from './view.js';

/** Time for which the last lines of a service that is gone are awaited, milliseconds. */
const lastLinesMs = 30_000;

/** A task, as its lines are shown. */
export interface LogSource {
  readonly task: Task;
  /** Name with the node: `web.1@node-1`. */
  readonly label: string;
}

/** Parts of all output that is asked for. */
export interface LogRequest {
  readonly access: EngineAccess;
  readonly scope: LogScope;
  readonly tail: string;
  readonly since: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onLine: (source: LogSource, line: TaskLine) => void;
  /** Called when the output of a task cannot be read; `again` is true when it will be tried again. */
  readonly onError: (source: LogSource, error: unknown, again: boolean) => void;
}

const sourceOf = (view: ClusterView, task: Task): LogSource => ({
  task,
  label: `${view.taskName(task).replace(/\.$/, '')}${task.slot === 0 ? '' : `@${view.nodeName(task.nodeId)}`}`,
});

/** Shows what has been written, in the order of time over all tasks. */
export async function showLogs(view: ClusterView, request: LogRequest): Promise<void> {
  const { access, scope, tail, since, signal, onLine, onError } = request;
  const readers = scope.tasks(view).map((task) => {
    const source = sourceOf(view, task);
    return { source, lines: taskLines(access, task, { tail, since, signal }) };
  });
  const heads = new Map<(typeof readers)[number], TaskLine>();
  const advance = async (reader: (typeof readers)[number]) => {
    heads.delete(reader);
    try {
      const next = await reader.lines.next();
      if (!next.done) heads.set(reader, next.value);
    } catch (error) {
      onError(reader.source, error, false);
    }
  };
  try {
    await Promise.all(readers.map(advance));
    while (heads.size > 0 && !signal.aborted) {
      const [reader, line] = [...heads].reduce((a, b) => (b[1].time < a[1].time ? b : a));
      onLine(reader.source, line);
      await advance(reader);
    }
  } finally {
    await Promise.all(readers.map(({ lines }) => lines.return()));
  }
}

/** Shows what is written, also by tasks that come later, until the scope is gone or the signal aborts. */
export async function followLogs(client: Client, request: LogRequest): Promise<void> {
  const { clock, scope } = request;
  const gone = new AbortController();
  const stop = new AbortController();
  const readers = new Readers({ ...request, signal: AbortSignal.any([request.signal, stop.signal]) });
  const onView = (view: ClusterView) => {
    readers.begin(view);
    if (scope.isGone(view)) gone.abort();
  };
  try {
    await followView(client, { clock, signal: AbortSignal.any([request.signal, gone.signal]) }, onView);
    // Containers that stop write their last lines.
    if (!request.signal.aborted) await settledWithin(clock, lastLinesMs, readers.ended());
  } finally {
    stop.abort();
    await readers.ended();
  }
}

/** Readers of the output of tasks, one each. */
class Readers {
  readonly #request: LogRequest;
  readonly #reading = new Map<string, Promise<void>>();
  #isFirst = true;

  constructor(request: LogRequest) {
    this.#request = request;
  }

  /** Begins to read the tasks that are not being read yet: those that came later from their beginning. */
  begin(view: ClusterView): void {
    const tail = this.#isFirst ? this.#request.tail : 'all';
    for (const task of this.#request.scope.tasks(view))
      if (!this.#reading.has(task.id)) this.#reading.set(task.id, this.#read(sourceOf(view, task), tail));
    this.#isFirst = false;
  }

  async ended(): Promise<void> {
    await Promise.all(this.#reading.values());
  }

  async #read(source: LogSource, tail: string): Promise<void> {
    const { access, since, signal, clock, onLine, onError } = this.#request;
    const onBreak = (error: unknown) => onError(source, error, true);
    try {
      const lines = taskLines(access, source.task, { tail, since, follow: true, signal, onBreak, clock });
      for await (const line of lines) onLine(source, line);
    } catch (error) {
      if (!signal.aborted) onError(source, error, false);
    }
  }
}
