import type { Command } from 'commander';
import { timerMaxMs } from '../base/clock.js';
import { parseDuration } from '../base/duration.js';
import { messageOf } from '../base/errors.js';
import { withPort } from '../base/host-port.js';
import type { Access } from '../client/index.js';
import { type Backend, type BackendOptions, type BackendSettings, DiscoveryError } from '../discovery/index.js';
import type { Context } from './context.js';
import { UsageError } from './exit-codes.js';
import type { Way } from './way.js';

// Flags of the discovery commands, with Docker Swarm's messages. Actions read them, which keeps the order of the checks.

/** Path in a key-value store under which the command line keeps entries; next to those of engines. */
const kvPathDefault = 'docker/swarm/nodes';

/** The forms of a discovery URL, for `--help`. */
export const discoveryForms = `
Discovery:
  token://<token>                      a token server; token://<host>/<path>/<token>, token+http://...
  skep://<ip1>:<port>,<ip2>:<port>/<path>  a cluster of skep
  etcd://<ip1>,<ip2>/<path>            etcd 3
  consul://<ip>/<path>                 Consul
  zk://<ip1>,<ip2>/<path>              ZooKeeper
  file://path/to/file                  a file with one address per line
  [nodes://]<ip1>,<ip2>                these addresses; 10.0.0.[1:9]:2375 is nine of them`;

/** The only argument, or SWARM_DISCOVERY. */
export function discoveryUrl(given: string | undefined, { env }: Context, use: 'list' | 'join' | 'manage'): string {
  const url = given ?? env.SWARM_DISCOVERY ?? '';
  if (url === '') throw new UsageError(`discovery required to ${use} a cluster. See 'skep ${use} --help'.`);
  return url;
}

/** A flag that is a time, as Go reads it; in milliseconds. */
export function timeFlag(name: string, text: string): number {
  try {
    const ms = parseDuration(text);
    if (ms > timerMaxMs) throw new RangeError(`time: duration "${text}" is longer than 596h`);
    return ms;
  } catch (cause) {
    throw new UsageError(`invalid --${name}: ${messageOf(cause)}`, { cause });
  }
}

/** `--discovery-opt k=v`, as often as it is given. */
export function collected(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

export function discoveryOptions(given: readonly string[] = []): BackendOptions {
  const pairs = given.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 0) throw new UsageError('--discovery-opt must contain key=value strings');
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return { 'kv.path': kvPathDefault, ...Object.fromEntries(pairs) };
}

/** Returns the members that a URL of discovery names; `undefined` where it names another service. */
export function membersIn(url: string): string[] | undefined {
  const [, hosts] = /^skep:\/\/([^/]+)/.exec(url) ?? [];
  return hosts?.split(',').map((host) => withPort(host.trim(), 4242));
}

/** Finds the identity for the members that a URL names, as for those of `--host`; nothing where it names another service. */
export async function wayOfUrl(command: Command, context: Context, url: string): Promise<Pick<Way, 'access' | 'keep'>> {
  const hosts = membersIn(url);
  return hosts ? (await import('./way.js')).wayOf(command, context, hosts) : {};
}

/** Opens the backend of a URL, for `skep://` with an identity. A wrong address in it is a usage error. */
export async function openBackend(
  context: Context,
  url: string,
  { access, ...settings }: BackendSettings & { readonly access?: Access | undefined },
): Promise<Backend> {
  const { clock } = context;
  const all = { ...settings, ...(clock && { clock }) };
  try {
    return access
      ? await (await import('./skep-discovery.js')).openSkep(url, all, access)
      : await context.createBackend(url, all);
  } catch (cause) {
    if (cause instanceof DiscoveryError && cause.code === 'INVALID_ADDRESS')
      throw new UsageError(cause.message, { cause });
    throw cause;
  }
}
