import { webcrypto } from 'node:crypto';

export type X509 = typeof import('@peculiar/x509');

let loading: Promise<X509> | undefined;

/** Loads the library that writes certificates, once: it takes 200 ms and more, so only those that make one wait for it. */
export function loadX509(): Promise<X509> {
  return (loading ??= load());
}

async function load(): Promise<X509> {
  await import('reflect-metadata'); // the library refuses to be loaded without it
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto as never);
  return x509;
}

/** The one algorithm of keys and signatures: every tool, browser and TPM knows it. */
export const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
