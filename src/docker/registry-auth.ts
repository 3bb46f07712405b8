import type { RegistryAuth } from '../fleet/index.js';

const names = ['username', 'password', 'serveraddress', 'identitytoken'] as const;

/** Returns `X-Registry-Auth` as a service keeps it; `''` when it has no credentials. */
export function keptAuth(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' && registryAuth(header) ? header : '';
}

/** Reads `X-Registry-Auth`, JSON in base64. What cannot be read is no credential, as engines have it. */
export function registryAuth(header: string | readonly string[] | undefined): RegistryAuth | undefined {
  if (typeof header !== 'string' || header === '') return undefined;
  try {
    const given = JSON.parse(Buffer.from(header, 'base64url').toString('utf8')) as Record<string, unknown> | null;
    const pairs = names.flatMap((name) => {
      const value = given?.[name];
      return typeof value === 'string' && value !== '' ? [[name, value] as const] : [];
    });
    return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
  } catch {
    return undefined;
  }
}
