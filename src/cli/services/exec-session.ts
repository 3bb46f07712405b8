import { once } from 'node:events';
import type { Duplex, Readable, Writable } from 'node:stream';
import { onAbort } from '../../base/abort.js';
import { type Clock } from '../../base/clock.js';
import { pause } from '../../base/waiting.js';
import { demultiplex, type DockerClient } from '../../fleet/index.js';

/** Input and output of this process, byte by byte. */
export interface Stdio {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown };
  readonly stdout: Writable & { readonly columns?: number; readonly rows?: number };
  readonly stderr: Writable;
}

/** Command in a container. */
export interface ExecRequest {
  readonly container: string;
  readonly cmd: readonly string[];
  /** True passes standard input on. */
  readonly interactive: boolean;
  /** True gives the command a terminal. */
  readonly tty: boolean;
  readonly env: readonly string[];
  readonly user?: string | undefined;
  readonly workingDir?: string | undefined;
  readonly privileged: boolean;
}

/** Time between looks for the exit code, milliseconds; and how long a command may run on behind its output. */
const lookMs = 20;
const lookMsMax = 500;
const detachedMs = 2_000;

/** Most tries to give a terminal its size. */
const resizesMax = 10;

/**
 * Runs a command in a container with the input and output of this process. Resolves with its exit code; `undefined` when it
 * goes on without us: a terminal was detached from it. The signal ends the connection, not the command.
 */
export async function execSession(
  docker: DockerClient,
  request: ExecRequest,
  { stdio, clock, signal }: { readonly stdio: Stdio; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<number | undefined> {
  const { container, cmd, interactive, tty, env, user, workingDir, privileged } = request;
  const { Id: id } = await docker.createExec(
    container,
    {
      Cmd: cmd,
      AttachStdin: interactive,
      AttachStdout: true,
      AttachStderr: true,
      Tty: tty,
      Env: env,
      ...(user !== undefined && { User: user }),
      ...(workingDir !== undefined && { WorkingDir: workingDir }),
      ...(privileged && { Privileged: true }),
    },
    { signal },
  );
  const { socket, head } = await docker.startExec(id, { tty, signal });
  const ends = [
    ...(tty ? [keepSize(docker, id, stdio, clock)] : []),
    ...(interactive ? [passInput(stdio.stdin, socket, tty)] : []),
    onAbort(signal, () => socket.destroy()),
  ];
  try {
    await passOutput(socket, head, tty, stdio);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    for (const end of ends) end();
    socket.destroy();
  }
  signal.throwIfAborted();
  return exitCode(docker, id, clock, signal);
}

async function passOutput(socket: Duplex, head: Buffer, tty: boolean, { stdout, stderr }: Stdio): Promise<void> {
  const write = async (to: Writable, data: Buffer) => {
    if (data.length > 0 && !to.write(data)) await once(to, 'drain');
  };
  if (tty) {
    await write(stdout, head);
    for await (const data of socket as AsyncIterable<Buffer>) await write(stdout, data);
    return;
  }
  for await (const { stream, data } of demultiplex(socket as AsyncIterable<Buffer>, head))
    await write(stream === 'stderr' ? stderr : stdout, data);
}

/** Passes input on to its end. A terminal sends every key, also those that would end us. */
function passInput(stdin: Stdio['stdin'], socket: Duplex, tty: boolean): () => void {
  const raw = tty && stdin.isTTY === true;
  if (raw) stdin.setRawMode?.(true);
  stdin.pipe(socket);
  return () => {
    stdin.unpipe(socket);
    stdin.pause(); // an open input would keep the process
    if (raw) stdin.setRawMode?.(false);
  };
}

/** Gives the command's terminal the size of ours, now and whenever it changes. */
function keepSize(docker: DockerClient, id: string, { stdout }: Stdio, clock: Clock): () => void {
  const ended = new AbortController();
  const resize = async () => {
    for (let tries = 0; tries < resizesMax && !ended.signal.aborted; tries++) {
      const { columns: w, rows: h } = stdout;
      if (w === undefined || h === undefined) return;
      try {
        await docker.resizeExec(id, { w, h }, { signal: ended.signal });
        return;
      } catch {
        await pause(clock, lookMs, ended.signal); // the command has just begun, or ended: it has no terminal
      }
    }
  };
  const onResize = () => void resize();
  onResize();
  stdout.on('resize', onResize);
  return () => {
    stdout.off('resize', onResize);
    ended.abort();
  };
}

/** Output ends a moment before the engine knows of the end, or long before where a terminal was detached. */
async function exitCode(
  docker: DockerClient,
  id: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<number | undefined> {
  const until = clock.monotonic() + detachedMs;
  for (let waitMs = lookMs; ; waitMs = Math.min(waitMs * 2, lookMsMax)) {
    const { ExitCode: code, Running: running } = await docker.inspectExec(id, { signal });
    if (typeof code === 'number' && !running) return code;
    if (clock.monotonic() >= until) return undefined;
    await pause(clock, waitMs, signal);
    signal.throwIfAborted();
  }
}
