import { lstat, readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

type Environment = Readonly<Record<string, string | undefined>>;

/** Time limit for a process to take a connection on its own computer, milliseconds. */
const connectMs = 500;

/**
 * Returns the folder where the members that this user runs put their control sockets, or links to them: in a folder for each
 * cluster. `undefined` where the system has no users.
 */
export function runtimeDir(env: Environment): string | undefined {
  const uid = process.getuid?.();
  if (uid === undefined) return undefined;
  if (env.XDG_RUNTIME_DIR) return join(env.XDG_RUNTIME_DIR, 'skep');
  return uid === 0 && process.platform === 'linux' ? '/run/skep' : join(tmpdir(), `skep-${uid}`);
}

/** Tells whether a folder belongs to this user alone: another could put a false socket into it. */
export async function isPrivate(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
}

/** Tells whether a process takes connections at a socket. */
export async function isServed(path: string): Promise<boolean> {
  const socket = connect(path);
  const served = await new Promise<boolean>((resolve) => {
    socket.setTimeout(connectMs, () => resolve(false));
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return served;
}

/** Finds the control sockets of members that run: in a list for each cluster. */
export async function socketsHere(env: Environment): Promise<string[][]> {
  const dir = runtimeDir(env);
  if (dir === undefined || !(await isPrivate(dir))) return [];
  const clusters = await Promise.all((await namesIn(dir)).map((cluster) => servedIn(join(dir, cluster))));
  return clusters.filter((sockets) => sockets.length > 0);
}

async function servedIn(folder: string): Promise<string[]> {
  if (!(await isPrivate(folder))) return [];
  const paths = (await namesIn(folder)).map((name) => join(folder, name));
  const served = await Promise.all(paths.map(isServed));
  return paths.filter((_, i) => served[i]);
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}
