import type { Command } from 'commander';
import { messageOf } from '../base/errors.js';
import { isSocketPath } from '../base/host-port.js';
import { Access } from '../client/index.js';
import type { Context } from './context.js';
import { UsageError } from './exit-codes.js';
import { readInput } from './input.js';
import { accessOf, contextsDir, readContext } from './login-context.js';

/**
 * Returns the identity of a command: of the context that is named, else of the token in SKEP_TOKEN_FILE. None at a control
 * socket, which knows its owner. An address never chooses an identity.
 */
export async function accessFor(
  command: Command,
  { env }: Pick<Context, 'env'>,
  hosts: readonly string[],
): Promise<Access | undefined> {
  if (hosts.some(isSocketPath)) return undefined;
  const { context: flag } = command.optsWithGlobals<{ context?: string }>();
  const named = flag ?? env.SKEP_CONTEXT;
  if (named) return accessOf(await readContext(contextsDir(env), named));
  return env.SKEP_TOKEN_FILE ? tokenAccess(env.SKEP_TOKEN_FILE, env.SKEP_CA_FILE) : undefined;
}

async function tokenAccess(tokenFile: string, caFile: string | undefined): Promise<Access> {
  if (!caFile)
    throw new UsageError(
      'SKEP_TOKEN_FILE needs SKEP_CA_FILE, the CA of the cluster: "skep ca show" on a member writes it',
    );
  const [token, ca] = await Promise.all([readInput(tokenFile), readInput(caFile)]);
  try {
    return new Access({ roots: certificatesIn(ca.toString()), token: token.toString() });
  } catch (cause) {
    throw new UsageError(`SKEP_TOKEN_FILE (${tokenFile}) with SKEP_CA_FILE (${caFile}): ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Returns the certificates of a file in PEM, each by itself. */
export function certificatesIn(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}
