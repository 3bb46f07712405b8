import { spawn } from 'node:child_process';
import process from 'node:process';
import { systemClock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { splitHostPort } from '../../base/host-port.js';
import { type Context, type DevSettings, exitCodeOf } from '../../cli/index.js';
import { type HttpEndpoint, openHttp } from '../../http/index.js';
import { pageFolder } from '../http.js';
import { loadKinds } from '../kind-modules.js';
import { commandLogger } from '../logger.js';
import { DevCluster } from './dev-cluster.js';
import { devKeys, keysOf } from './keys.js';
import { freePorts } from './ports.js';

/**
 * `skep dev`: several members in one process, with a web page. Ends cleanly when the signal of `context` aborts, or at the
 * key `q`.
 * @returns the exit code.
 */
export async function runDev(settings: DevSettings, context: Context): Promise<number> {
  const { streams, signal, stdio } = context;
  const begun = systemClock.monotonic();
  const quit = new AbortController();
  const ended = AbortSignal.any([signal, quit.signal]);
  const say = (text: string) => streams.out(`${text}\n`);
  let cluster: DevCluster | undefined;
  let http: HttpEndpoint | undefined;
  try {
    const logger = commandLogger(settings.logLevel, context.env);
    cluster = await DevCluster.open({
      ...settings,
      kinds: await loadKinds(settings.kinds),
      logger,
      onLeader: (name, term) => say(`${name} leads (term ${term})`),
    });
    const shown = cluster;
    http = await openHttp({
      listen: await listenFor(settings.http),
      member: () => shown.shown,
      pageFolder,
      version: context.version,
      logger,
    });
    const page = `http://${http.addr}/`;
    say(welcome(cluster, page, settings.dir, systemClock.monotonic() - begun));
    const keys = stdio && keysOf(stdio.stdin, { force: settings.keys });
    if (keys) {
      say(keysHelp);
      const open = () => openPage(page, say);
      devKeys(keys, { cluster, say, open, quit: () => quit.abort(), help: keysHelp }).catch((error: unknown) =>
        streams.err(`skep: ${messageOf(error)}\n`),
      );
    }
    await untilAborted(ended);
    keys?.close();
    return 0;
  } catch (error) {
    streams.err(`skep: ${messageOf(error)}\n`);
    return exitCodeOf(error);
  } finally {
    await http?.close();
    await cluster?.close();
  }
}

const keysHelp =
  'keys: 1 2 3 … kill or revive that member · k kill the leader · p cut the leader off, or heal · a add a member · s status · o open the page · ? these keys · q quit';

/** Returns the address as it is, or another port on the same host when it is the default and taken. */
async function listenFor({ addr, isDefault }: DevSettings['http']): Promise<string> {
  if (!isDefault) return addr;
  const { host, port } = splitHostPort(addr);
  const [free = 0] = await freePorts(1, Number(port));
  return `${host}:${free}`;
}

function welcome({ members, addrs }: DevCluster, page: string, dir: string | undefined, tookMs: number): string {
  const lines = members.map((member) => `  ${member.name}  ${member.addr}${member.leads ? '  leader' : ''}`);
  return [
    `${members.length} members in this process, ${dir === undefined ? 'in memory' : `kept in ${dir}`}:`,
    ...lines,
    '',
    `  export SKEP_HOST=${addrs.join(',')}`,
    '',
    `  web page  ${page}`,
    `  metrics   ${page}metrics`,
    '',
    `ready in ${(tookMs / 1_000).toFixed(1)} s ${page}`,
  ].join('\n');
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Opens the page in the browser of the user. Without one the address is what there is. */
function openPage(page: string, say: (text: string) => void): void {
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open';
  const opening = spawn(opener, [page], { stdio: 'ignore', detached: true });
  opening.once('error', () => say(`no browser opens here: ${page}`));
  opening.unref();
}
