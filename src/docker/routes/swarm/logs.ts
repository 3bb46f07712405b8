import type { Readable } from 'node:stream';
import { messageOf } from '../../../base/errors.js';
import { type Service, type Task, taskStateOrder } from '../../../kinds/index.js';
import { ApiError } from '../../answers.js';
import type { Exchange } from '../../exchange.js';
import type { Route } from '../../router.js';
import { write } from '../../streams.js';
import type { SwarmBackend, TaskLogOptions } from '../../swarm/backend.js';
import { FrameCutter, frameOf, type LogFrame, withDetails } from '../../swarm/log-lines.js';
import { swarmRoute } from '../../swarm/requests.js';
import { serviceNamed, tasksOf } from '../../swarm/services.js';
import { taskNamed } from './tasks.js';

/** Options of a request for output. @throws {ApiError} 400 */
function optionsIn(x: Exchange): TaskLogOptions {
  const [stdout, stderr] = [x.flag('stdout'), x.flag('stderr')];
  if (!stdout && !stderr) throw new ApiError(400, 'Bad parameters: you must choose at least one stream');
  const tail = x.query.get('tail') ?? '';
  return {
    ...{ stdout, stderr, follow: x.flag('follow'), timestamps: x.flag('timestamps') },
    tail: /^\d{1,9}$/.test(tail) ? tail : 'all',
    ...{ since: x.query.get('since') ?? '', until: x.query.get('until') ?? '' },
  };
}

const hasContainer = ({ status, nodeId }: Task) =>
  nodeId !== undefined && taskStateOrder(status.state) >= taskStateOrder('starting') && status.state !== 'rejected';

async function ofService(x: Exchange, backend: SwarmBackend): Promise<void> {
  const service = backend.view((tx) => serviceNamed(tx, x.name));
  const tasks = () => backend.view((tx) => tasksOf(tx, service.id)).filter(hasContainer);
  await new LogAnswer(x, backend, isTty(service.spec.task)).send(tasks);
}

async function ofTask(x: Exchange, backend: SwarmBackend): Promise<void> {
  const task = backend.view((tx) => taskNamed(tx, x.name));
  await new LogAnswer(x, backend, isTty(task.spec)).send(() => [task].filter(hasContainer));
}

const isTty = ({ container }: Service['spec']['task']) => container?.tty ?? false;

/** Output of several tasks as one answer. */
class LogAnswer {
  readonly #x: Exchange;
  readonly #backend: SwarmBackend;
  readonly #options: TaskLogOptions;
  readonly #details: boolean;
  /** A terminal has one stream, without frames. */
  readonly #raw: boolean;
  /** Tasks whose output is being read, or was. */
  readonly #begun = new Map<string, Promise<void>>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(x: Exchange, backend: SwarmBackend, raw: boolean) {
    this.#x = x;
    this.#backend = backend;
    this.#options = optionsIn(x);
    this.#details = x.flag('details');
    this.#raw = raw;
  }

  /** Sends the output of the tasks; with `follow` of those that start later, too, until the client goes away. */
  async send(tasks: () => readonly Task[]): Promise<void> {
    if (!this.#backend.logs)
      throw new ApiError(501, 'this manager cannot read the output of tasks: ask the engine of the task');
    const { response, signal } = this.#x;
    response.writeHead(200, { 'content-type': 'application/vnd.docker.raw-stream' });
    response.flushHeaders();
    this.#begin(tasks());
    if (this.#options.follow) await this.#followNew(tasks);
    for (let known = 0; known < this.#begun.size;) {
      known = this.#begun.size;
      await Promise.all(this.#begun.values());
    }
    if (!signal.aborted) response.end();
  }

  #begin(tasks: readonly Task[]): void {
    for (const task of tasks) if (!this.#begun.has(task.id)) this.#begun.set(task.id, this.#one(task));
  }

  /** Looks for new tasks whenever the state of tasks may have changed, until the client goes away. */
  async #followNew(tasks: () => readonly Task[]): Promise<void> {
    const { signal, api } = this.#x;
    while (!signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          cancel();
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const cancel = api.clock.schedule(lookMs, wake);
        signal.addEventListener('abort', wake, { once: true });
      });
      if (!signal.aborted) this.#begin(tasks());
    }
  }

  /** One task that cannot be read is no reason to keep the others back: the client reads why. */
  async #one(task: Task): Promise<void> {
    const { signal, api } = this.#x;
    try {
      const stream = await this.#backend.logs?.(task, this.#options, signal);
      if (stream) await this.#pass(task, stream);
    } catch (error) {
      if (signal.aborted) return;
      api.logger.warn('cannot read the output of a task', { task: task.id, error: messageOf(error) });
      const lost =
        taskStateOrder(task.status.state) > taskStateOrder('running') ? 'its container may be gone' : 'try again';
      const text = `the output of task ${task.id} cannot be read: ${messageOf(error)}; ${lost}\n`;
      const time = this.#options.timestamps ? `${new Date(api.clock.now()).toISOString()} ` : '';
      await this.#write(task, { stream: 2, data: Buffer.from(`${time}${text}`) });
    }
  }

  async #pass(task: Task, stream: Readable): Promise<void> {
    const cutter = new FrameCutter();
    for await (const bytes of stream) {
      for (const frame of cutter.add(bytes as Buffer)) await this.#write(task, frame);
      if (this.#x.signal.aborted) return;
    }
  }

  async #write(task: Task, { stream, data }: LogFrame): Promise<void> {
    const line = this.#details ? withDetails(data, task, this.#options.timestamps) : data;
    const bytes = this.#raw ? data : frameOf({ stream, data: line });
    const { response, signal } = this.#x;
    this.#writing = this.#writing.then(() => (signal.aborted ? undefined : write(response, bytes, signal)));
    await this.#writing;
  }
}

/** Wait between two looks for tasks that have started, milliseconds. */
const lookMs = 500;

export const logRoutes: readonly Route[] = [
  swarmRoute('GET', '/services/{id}/logs', ofService),
  swarmRoute('GET', '/tasks/{id}/logs', ofTask),
];
