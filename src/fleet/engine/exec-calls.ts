import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { onAbort } from '../../base/abort.js';
import { pause } from '../../base/waiting.js';
import type { CallOptions } from './calls.js';
import { at } from './container-calls.js';
import { EngineError, errorOfFailure, inDoubt, isEngineError, maybeDone } from './errors.js';
import { demultiplex, type OutputFrame } from './output.js';
import { segment } from './query.js';
import { StreamCalls } from './stream-calls.js';
import { defined } from './system-calls.js';
import type { Upgraded } from './transport.js';
import type { ExecConfig, ExecInspect } from './types.js';

/** Options of `exec`. */
export interface ExecOptions extends CallOptions {
  /** Id or name of a container that runs. */
  readonly container: string;
  /** Program and arguments. */
  readonly cmd: readonly string[];
  /** `NAME=value`. */
  readonly env?: readonly string[] | undefined;
  /** User, and perhaps group, of the command: `USER[:GROUP]`. Default: that of the container. */
  readonly user?: string | undefined;
  /** Folder in which the command starts. Default: that of the container. */
  readonly workingDir?: string | undefined;
  /** True gives the command all rights on the engine's host. */
  readonly privileged?: boolean | undefined;
  /** Input of the command. Default: none. */
  readonly stdin?: string | Buffer | Readable | undefined;
  /** The longest output, stdout and stderr together, bytes. Default 16 MiB. */
  readonly outputBytesMax?: number | undefined;
}

/** Result of a command in a container. */
export interface ExecResult {
  /** Exit code of the command. */
  readonly exitCode: number;
  /** Output, as UTF-8. */
  readonly stdout: string;
  /** Error output, as UTF-8. */
  readonly stderr: string;
}

/** Time between looks for an exit code, milliseconds. */
const firstLookMs = 20;
const lookMsMax = 1_000;

const outputBytesMaxDefault = 16 * 1024 * 1024;

/** Calls about commands in running containers. */
export class ExecCalls extends StreamCalls {
  /** Prepares a command in a running container; `startExec` starts it. */
  async createExec(container: string, config: ExecConfig, options: CallOptions = {}): Promise<{ readonly Id: string }> {
    const call = { json: config, timeoutMs: this.timeouts.createMs, ...defined(options) };
    return this.json('POST', `${at(container)}/exec`, call);
  }

  /** Starts the command, and gives its input and output. Without a terminal the output has frames, as of `attach`. */
  async startExec(id: string, options: CallOptions & { readonly tty?: boolean } = {}): Promise<Upgraded> {
    const json = { Detach: false, Tty: options.tty ?? false };
    return this.upgrade('POST', `${exec(id)}/start`, { json, timeoutMs: this.timeouts.startMs, ...defined(options) });
  }

  /** Reads whether a command runs, and its exit code. */
  async inspectExec(id: string, options: CallOptions = {}): Promise<ExecInspect> {
    return this.json('GET', `${exec(id)}/json`, { timeoutMs: this.timeouts.readMs, ...defined(options) });
  }

  /** Sets the size of a command's terminal: `h` lines of `w` columns. */
  async resizeExec(id: string, size: { readonly h: number; readonly w: number }, options: CallOptions = {}) {
    const call = { query: { ...size }, timeoutMs: this.timeouts.changeMs, ...defined(options) };
    await this.answer('POST', `${exec(id)}/resize`, call);
  }

  /**
   * Runs a command and collects its output. A command that outlasts `timeoutMs` (default `workMs`) goes on in its container:
   * no engine can end it.
   * @throws {EngineError} `TIMEOUT` and `TOO_LARGE`, with `outcomeUnknown` once the command was started.
   */
  async exec(options: ExecOptions): Promise<ExecResult> {
    const stop = new AbortController();
    const { timeoutMs = this.timeouts.workMs, signal } = options;
    const cancel = this.transport.clock.schedule(timeoutMs, () => stop.abort());
    const forget = signal && onAbort(signal, () => stop.abort(signal.reason));
    try {
      return await this.#run(options, stop.signal);
    } catch (cause) {
      const ours = isEngineError(cause, 'ABORTED') && !signal?.aborted;
      throw ours ? late(this.engine, timeoutMs, cause) : cause;
    } finally {
      cancel();
      forget?.();
      stop.abort();
    }
  }

  async #run(options: ExecOptions, signal: AbortSignal): Promise<ExecResult> {
    const {
      container,
      cmd,
      env,
      user,
      workingDir,
      privileged,
      stdin,
      outputBytesMax = outputBytesMaxDefault,
    } = options;
    const config: ExecConfig = {
      Cmd: cmd,
      AttachStdin: stdin !== undefined,
      AttachStdout: true,
      AttachStderr: true,
      ...(env && { Env: env }),
      ...(user !== undefined && { User: user }),
      ...(workingDir !== undefined && { WorkingDir: workingDir }),
      ...(privileged !== undefined && { Privileged: privileged }),
    };
    const { Id: id } = await this.createExec(container, config, { signal });
    const { socket, head } = await this.startExec(id, { signal });
    try {
      const input = feed(socket, stdin);
      const output = await this.#collect(demultiplex(socket, head), id, outputBytesMax);
      await input;
      return { exitCode: await this.#exitCode(id, signal), ...output };
    } catch (cause) {
      const call = { engine: this.engine, method: 'POST', path: `${exec(id)}/start` };
      if (!signal.aborted) throw inDoubt(errorOfFailure(call, cause, true));
      const message = `${call.path} of engine ${this.engine} was aborted${maybeDone}`;
      throw new EngineError('ABORTED', message, { cause: signal.reason, outcomeUnknown: true });
    } finally {
      socket.destroy();
    }
  }

  async #collect(frames: AsyncIterable<OutputFrame>, id: string, bytesMax: number) {
    const pieces: Record<OutputFrame['stream'], Buffer[]> = { stdin: [], stdout: [], stderr: [] };
    let bytes = 0;
    for await (const { stream, data } of frames) {
      bytes += data.length;
      if (bytes > bytesMax) {
        const message = `exec ${id} of engine ${this.engine} wrote more than ${bytesMax} bytes; raise outputBytesMax`;
        throw new EngineError('TOO_LARGE', message, { outcomeUnknown: true });
      }
      pieces[stream].push(data);
    }
    return { stdout: Buffer.concat(pieces.stdout).toString(), stderr: Buffer.concat(pieces.stderr).toString() };
  }

  /** An output ends a moment before its engine knows of it, or long before when the command closes it. */
  async #exitCode(id: string, signal: AbortSignal): Promise<number> {
    for (let waitMs = firstLookMs; ; waitMs = Math.min(waitMs * 2, lookMsMax)) {
      const { ExitCode: exitCode, Running: running } = await this.inspectExec(id, { signal });
      if (typeof exitCode === 'number' && !running) return exitCode;
      await pause(this.transport.clock, waitMs, signal);
    }
  }
}

const exec = (id: string) => `/exec/${segment('exec', id)}`;

/** Writes the input, and ends it: the output goes on. A command may well end before it has read all of it. */
async function feed(socket: Upgraded['socket'], stdin: ExecOptions['stdin']): Promise<void> {
  if (!(stdin instanceof Readable)) {
    if (stdin === undefined) return;
    socket.end(stdin);
    return;
  }
  try {
    await pipeline(stdin, socket);
  } catch (error) {
    if (stdin.errored) throw error;
  }
}

function late(engine: string, timeoutMs: number, cause: EngineError): EngineError {
  const message = `exec on engine ${engine} has not ended within ${timeoutMs} ms; the command may go on in its container`;
  return new EngineError('TIMEOUT', message, { cause, outcomeUnknown: cause.outcomeUnknown });
}
