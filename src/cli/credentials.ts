import { messageOf } from '../base/errors.js';
import { Access } from '../client/index.js';
import type { Context } from './context.js';
import { UsageError } from './exit-codes.js';
import { readInput } from './input.js';

/** Returns the identity of the token in the file SKEP_TOKEN_FILE; `undefined` without the variable. */
export async function tokenAccess({
  SKEP_TOKEN_FILE: tokenFile,
  SKEP_CA_FILE: caFile,
}: Context['env']): Promise<Access | undefined> {
  if (!tokenFile) return undefined;
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
