import { lstat, mkdir, rm, rmdir, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { messageOf } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import type { ApiServer } from '../api/index.js';
import { isPrivate, isServed } from '../cli/index.js';

/** Characters of a cluster's id in the name of its folder: enough to tell clusters apart, and short, as paths of sockets must be. */
const clusterChars = 12;

/** Facts that decide where the control socket of a member is. */
export interface ControlPlace {
  readonly name: string;
  readonly clusterId: string;
  readonly dataDir: string | undefined;
  /** Folder of this user for sockets, by which commands find them. */
  readonly runtimeDir: string | undefined;
}

/**
 * Opens the control socket: on its own computer the owner of a member needs no login. It is in the data directory, with a
 * link in the folder for sockets; without a data directory in that folder. Resolves with what takes the link away.
 */
export async function openControlSocket(
  server: ApiServer,
  place: ControlPlace,
  logger: Logger,
): Promise<() => Promise<void>> {
  const { socketPathMax } = await import('../api/index.js');
  const fits = (path: string | undefined) => path !== undefined && Buffer.byteLength(path) <= socketPathMax;
  const own = place.dataDir === undefined ? undefined : resolve(place.dataDir, 'run', 'control.sock');
  const link = await linkFor(place, logger);
  const path = fits(own) ? own : fits(link) ? link : undefined;
  if (path === undefined) {
    if (own !== undefined) logger.warn('no control socket: its path would be too long', { path: own, socketPathMax });
    return () => Promise.resolve();
  }
  await server.listenLocal(path);
  if (link === undefined || link === path) return () => Promise.resolve();
  return linkTo(path, link, logger);
}

/** Path in the folder for sockets; `undefined` where there is none that only this user can write. */
async function linkFor({ name, clusterId, runtimeDir }: ControlPlace, logger: Logger): Promise<string | undefined> {
  if (runtimeDir === undefined) return undefined;
  const folder = join(runtimeDir, clusterId.slice(0, clusterChars));
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    logger.debug('commands will not find the control socket by themselves', { folder, error: messageOf(error) });
    return undefined;
  }
  if ((await isPrivate(runtimeDir)) && (await isPrivate(folder))) return join(folder, `${name}.sock`);
  logger.warn('commands will not find the control socket by themselves: the folder must belong to this user alone', {
    folder: runtimeDir,
  });
  return undefined;
}

async function linkTo(socket: string, link: string, logger: Logger): Promise<() => Promise<void>> {
  try {
    const before = await lstat(link).catch(() => undefined);
    // Another process of the same name and cluster would be a copy of this member: it keeps its place.
    if (before && (await isServed(link))) return () => Promise.resolve();
    await rm(link, { force: true });
    await symlink(socket, link);
  } catch (error) {
    logger.debug('commands will not find the control socket by themselves', { link, error: messageOf(error) });
    return () => Promise.resolve();
  }
  return async () => {
    await rm(link, { force: true });
    await rmdir(dirname(link)).catch(() => undefined); // stays while others of the cluster have links
  };
}
