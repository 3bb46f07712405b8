import { readdir, readFile, readlink } from 'node:fs/promises';
import type { Socket } from 'node:net';

/**
 * Which of these processes opened a connection to us: the kernel says which socket has that port, and which process has
 * that socket. `undefined` when it is none of them.
 */
export async function ownerOf(socket: Socket, pids: readonly number[]): Promise<number | undefined> {
  const inode = await inodeOf(socket.remotePort ?? 0, socket.localPort ?? 0);
  if (inode === undefined) return undefined;
  for (const pid of pids) if (await hasSocket(pid, inode)) return pid;
  return undefined;
}

async function inodeOf(local: number, remote: number): Promise<string | undefined> {
  const table = await readFile('/proc/net/tcp', 'utf8').catch(() => ''); // other systems have none
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
  for (const row of table.split('\n').slice(1)) {
    const [, from = '', to = '', , , , , , , inode] = row.trim().split(/\s+/);
    if (from.endsWith(`:${hex(local)}`) && to.endsWith(`:${hex(remote)}`)) return inode;
  }
  return undefined;
}

async function hasSocket(pid: number, inode: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const files = await readdir(folder).catch(() => []);
  const links = await Promise.all(files.map((file) => readlink(`${folder}/${file}`).catch(() => '')));
  return links.includes(`socket:[${inode}]`);
}
