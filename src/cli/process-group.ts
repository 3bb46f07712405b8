import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';

/** Exit codes of a shell for a command that does not exist, and for one that may not be executed. */
const notFoundCode = 127;
const notExecutableCode = 126;
/** Interval for checking whether the group is gone, milliseconds. */
const lookAgainMs = 20;
/** Share of the grace after which the group is killed. The kernel ends the processes in the rest of it. */
const killShare = 0.9;
/** Tells whether the system has process groups and sessions: POSIX does. */
const grouped = process.platform !== 'win32';

export interface GroupOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Limit for the group to end after SIGTERM, milliseconds. */
  readonly graceMs: number;
  /** Signals that each ask the group to end. */
  readonly stops: readonly AbortSignal[];
  /** Reports on stderr why the command could not be run. */
  readonly complain: (message: string) => void;
}

/**
 * Runs a command as the leader of a process group. Resolves with its exit code (128 + n for signal n) when no process
 * of the group is left. Processes that the command leaves running are ended too. They get SIGTERM, and SIGKILL after
 * nine tenths of the grace. A process that leaves the group (`setsid`) is not waited for.
 */
export async function runGroup(
  [file = '', ...args]: readonly string[],
  { env, graceMs, stops, complain }: GroupOptions,
): Promise<number> {
  const child = spawn(file, args, { stdio: 'inherit', env, detached: grouped });
  let killing: NodeJS.Timeout | undefined;
  const stop = () => {
    if (killing) return;
    send(child, 'SIGTERM');
    send(child, 'SIGCONT'); // a stopped process handles it only when it continues
    killing = setTimeout(() => send(child, 'SIGKILL'), graceMs * killShare);
  };
  const release = forwardTerminal(child);
  const ended = exitOf(child, (message) => complain(`${file}: ${message}`));
  for (const one of stops) {
    if (one.aborted) stop();
    else one.addEventListener('abort', stop, { once: true });
  }
  try {
    const code = await ended;
    while (child.pid !== undefined && livesGroup(child.pid)) {
      stop();
      await pause(lookAgainMs);
    }
    return code;
  } finally {
    clearTimeout(killing);
    for (const one of stops) one.removeEventListener('abort', stop);
    release();
  }
}

/** Sends a signal to every process of the group. It may be empty, or hold no process that is ours. */
function send(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (!grouped) {
    child.kill(name);
    return;
  }
  try {
    process.kill(-child.pid, name);
  } catch {
    // another function checks whether the group is gone
  }
}

/**
 * The terminal signals only our own group, so ^Z must stop the command as well: it would run on while its lease is not
 * kept alive. SIGTSTP would not do: the kernel ignores it in a group without a parent in its session.
 */
function forwardTerminal(child: ChildProcess): () => void {
  if (!grouped) return () => undefined;
  const handlers = {
    SIGTSTP: () => {
      send(child, 'SIGSTOP');
      process.kill(process.pid, 'SIGSTOP');
    },
    // An expired lease is noticed first: its timer is older.
    SIGCONT: () => void setTimeout(() => send(child, 'SIGCONT'), 1),
    SIGWINCH: () => send(child, 'SIGWINCH'),
  };
  const each = Object.entries(handlers) as [NodeJS.Signals, () => void][];
  for (const [name, handler] of each) process.on(name, handler);
  return () => {
    for (const [name, handler] of each) process.off(name, handler);
  };
}

/**
 * Tells whether a process of this group is left. Zombies do not count: in a container there may be no process to reap
 * them.
 */
function livesGroup(pgid: number): boolean {
  if (!grouped) return false;
  try {
    process.kill(-pgid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.length === 0 || pids.some((pid) => livesIn(pid, pgid));
  } catch {
    return true; // no /proc here
  }
}

function livesIn(pid: string, pgid: number): boolean {
  try {
    // "pid (name) state ppid pgrp …"; a name may hold spaces and parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(group) === pgid && !'ZXx'.includes(state);
  } catch {
    return false; // it went away meanwhile
  }
}

function exitOf(child: ChildProcess, complain: (message: string) => void): Promise<number> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      complain(error.message);
      resolve(error.code === 'EACCES' ? notExecutableCode : notFoundCode);
    });
    child.once('exit', (code, name) => resolve(code ?? 128 + (name ? constants.signals[name] : 0)));
  });
}
