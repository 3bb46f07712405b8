import type { FakeContainer, Sink } from './container.js';
import type { EngineParts, FakeContainers } from './containers.js';
import { surroundingsOf } from './lifecycle.js';
import { FakeProcess } from './process.js';
import { programOf } from './program.js';
import { FakeEngineError, type Json } from './types.js';

/** Body of `POST /containers/ID/exec`. */
export interface FakeExecBody {
  readonly Cmd?: readonly string[] | null;
  readonly Env?: readonly string[] | null;
  readonly Tty?: boolean;
  readonly AttachStdin?: boolean;
  readonly AttachStdout?: boolean;
  readonly AttachStderr?: boolean;
  readonly [field: string]: unknown;
}

/** Another command in a running container. */
export interface FakeExec {
  readonly id: string;
  readonly container: FakeContainer;
  readonly body: FakeExecBody;
  readonly argv: readonly string[];
  state: 'created' | 'running' | 'ended';
  exitCode: number | null;
  pid: number;
  process?: FakeProcess;
}

/** Execs of an engine. */
export class FakeExecs {
  readonly #parts: EngineParts;
  readonly #containers: FakeContainers;
  readonly #all = new Map<string, FakeExec>();
  #pids = 100_000;

  constructor(parts: EngineParts, containers: FakeContainers) {
    this.#parts = parts;
    this.#containers = containers;
  }

  create(idOrName: string, body: FakeExecBody): FakeExec {
    const argv = body.Cmd ?? [];
    if (argv.length === 0) throw new FakeEngineError(400, 'No exec command specified');
    const container = this.#running(idOrName);
    const id = this.#parts.moments.id();
    const exec: FakeExec = { id, container, body, argv, state: 'created', exitCode: null, pid: 0 };
    this.#all.set(id, exec);
    (container.execs ??= []).push(id);
    this.#emit(exec, `exec_create: ${commandOf(exec)}`);
    return exec;
  }

  #running(idOrName: string): FakeContainer {
    const container = this.#containers.get(idOrName);
    if (!container.running) throw new FakeEngineError(409, `Container ${container.id} is not running`);
    if (container.state === 'paused')
      throw new FakeEngineError(409, `Container ${idOrName} is paused, unpause the container before exec`);
    return container;
  }

  get(id: string): FakeExec {
    const exec = this.#all.get(id);
    if (!exec) throw new FakeEngineError(404, `No such exec instance: ${id}`);
    return exec;
  }

  /** Starts it; `sink` hears its output and its end. */
  start(id: string, sink: Sink): FakeExec {
    const exec = this.get(id);
    if (exec.state !== 'created') throw new FakeEngineError(409, `Error: Exec command ${id} has already run`);
    this.#running(exec.container.id);
    this.#emit(exec, `exec_start: ${commandOf(exec)}`);
    const { moments, commands } = this.#parts;
    const program = programOf(exec.argv, surroundingsOf(exec.container, commands, exec.body.Env ?? []));
    if (!program) {
      exec.state = 'ended';
      exec.exitCode = 126;
      const what = `exec: "${exec.argv[0]}": executable file not found in $PATH: unknown`;
      const where = 'OCI runtime exec failed: exec failed: unable to start container process';
      sink.write(1, `${where}: ${what}\r\n`);
      sink.end();
      return exec;
    }
    exec.state = 'running';
    exec.pid = this.#pids += 3;
    const exited = (code: number) => {
      exec.state = 'ended';
      exec.exitCode = code;
      this.#emit(exec, 'exec_die', { exitCode: String(code) });
      sink.end();
    };
    exec.process = new FakeProcess(
      moments.clock,
      program,
      { write: (fd, text) => sink.write(fd, text), exited },
      false,
    );
    if (!exec.body.AttachStdin) exec.process.endInput();
    exec.process.start();
    return exec;
  }

  inspect(id: string): Json {
    const { container, body, argv, state, exitCode, pid } = this.get(id);
    const [entrypoint, ...args] = argv;
    return {
      ID: id,
      Running: state === 'running',
      ExitCode: exitCode,
      ProcessConfig: { tty: body.Tty ?? false, entrypoint, arguments: args, privileged: false },
      OpenStdin: body.AttachStdin ?? false,
      OpenStderr: body.AttachStderr ?? false,
      OpenStdout: body.AttachStdout ?? false,
      CanRemove: false,
      ContainerID: container.id,
      DetachKeys: '',
      Pid: pid,
    };
  }

  /** The container has ended, and its other commands with it. */
  endAllOf(container: FakeContainer): void {
    for (const id of container.execs ?? []) this.#all.get(id)?.process?.signal(9);
  }

  forgetAllOf(container: FakeContainer): void {
    for (const id of container.execs ?? []) this.#all.delete(id);
  }

  #emit({ id, container }: FakeExec, action: string, more: Readonly<Record<string, string>> = {}): void {
    this.#containers.emit(container, action, { execID: id, ...more });
  }
}

/** Command of an exec in its events: a space is there even without arguments. */
const commandOf = ({ argv: [first = '', ...rest] }: FakeExec): string => `${first} ${rest.join(' ')}`;
