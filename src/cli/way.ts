import type { Command } from 'commander';
import { systemClock } from '../base/clock.js';
import { isSocketPath } from '../base/host-port.js';
import type { Access } from '../client/index.js';
import { type Context, type GlobalFlags, hostDefault, hostsOf } from './context.js';
import { socketsHere } from './control-sockets.js';
import { UsageError } from './exit-codes.js';

/** Members to ask, and the identity to show them. */
export interface Way {
  readonly hosts: readonly string[];
  readonly access?: Access;
  /** Renews the certificate of the identity when it is due, until the signal aborts: for commands that run for long. */
  readonly keep?: (signal: AbortSignal) => Promise<void>;
}

/**
 * Finds the members to ask: those of `--host`, of the context, of this computer's own control sockets, or the default.
 * The identity is that of the context that is named, of the token in SKEP_TOKEN_FILE, or of the context in use; none at a
 * control socket, which knows its owner. An address never chooses an identity.
 */
export async function wayTo(command: Command, context: Context, flags: Pick<GlobalFlags, 'host'>): Promise<Way> {
  const isGiven = command.getOptionValueSourceWithGlobals('host') !== 'default' || !!context.env.SKEP_HOST;
  return wayOf(command, context, isGiven ? hostsOf(command, flags) : undefined);
}

/** Finds the same where the members are given already; `undefined` when they are not. */
export async function wayOf(
  command: Command,
  { env, streams, clock = systemClock }: Context,
  given: readonly string[] | undefined,
): Promise<Way> {
  if (given?.some(isSocketPath)) return { hosts: given };
  const { context: named = env.SKEP_CONTEXT } = command.optsWithGlobals<{ context?: string }>();
  if (!named && env.SKEP_TOKEN_FILE) {
    const { tokenAccess } = await import('./credentials.js');
    const access = await tokenAccess(env);
    return { hosts: given ?? [hostDefault], ...(access && { access }) };
  }
  const { accessOf, contextInUse, contextsDir, readContext } = await import('./login-context.js');
  const dir = contextsDir(env);
  const name = named || (await contextInUse(dir));
  if (name !== undefined) {
    const { freshContext } = await import('./renewal.js');
    const stored = await readContext(dir, name);
    const hosts = given ?? stored.hosts;
    const say = (text: string) => streams.err(`${text}\n`);
    const fresh = await freshContext(stored, { dir, hosts, clock, say });
    const access = accessOf(fresh);
    const keep = async (signal: AbortSignal) => {
      const { keepLogin } = await import('./kept-login.js');
      await keepLogin(fresh, { access, dir, hosts, clock, say, signal });
    };
    return { hosts, access, keep };
  }
  return { hosts: given ?? (await hostsHere(env)) ?? [hostDefault] };
}

/** Returns the control sockets of the cluster whose members this user runs here; `undefined` without any. */
async function hostsHere(env: Context['env']): Promise<readonly string[] | undefined> {
  const clusters = (await socketsHere(env)).map((sockets) => sockets.map((path) => `unix:${path}`));
  if (clusters.length <= 1) return clusters[0];
  const each = clusters.map(([host]) => `--host ${host}`).join(', ');
  throw new UsageError(`members of ${clusters.length} clusters run on this computer: choose one with ${each}`);
}
