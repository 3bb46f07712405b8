import { X509Certificate } from 'node:crypto';
import { type Identity, isTrustDomain, parseIdentity, type Presented, type Validity } from '../identity/index.js';

const usageIds = { client: '1.3.6.1.5.5.7.3.2', server: '1.3.6.1.5.5.7.3.1' } as const;

/** Side of a connection that a certificate is shown by. */
export type Side = keyof typeof usageIds;

/** Returns the times of a certificate, milliseconds since the epoch. */
export function timesOf({ validFrom, validTo }: X509Certificate): Validity {
  return { notBefore: Date.parse(validFrom), notAfter: Date.parse(validTo) };
}

/**
 * Reads a certificate that was shown by one side of a connection: who it names, if one of `roots` signed it. Says nothing
 * of its times: an expired one still proves its key. OpenSSL cannot be asked that: it reports a certificate of a self-made
 * CA as expired, too.
 */
export function readCertificate(
  certificate: X509Certificate,
  roots: readonly X509Certificate[],
  side: Side,
): Presented | { readonly problem: string } {
  const root = roots.find((one) => certificate.checkIssued(one) && certificate.verify(one.publicKey));
  if (!root) return { problem: 'the certificate is of another CA' };
  if (certificate.ca) return { problem: 'the certificate is one of a CA' };
  if (!(certificate.keyUsage ?? []).includes(usageIds[side])) return { problem: `the certificate is for no ${side}` };
  const identity = identityIn(certificate);
  if (!identity) return { problem: 'the certificate does not have one URI that names a member, a worker or a user' };
  return { identity, serial: certificate.serialNumber.toLowerCase(), ...timesOf(certificate) };
}

/** Returns the identity that a certificate claims, whichever CA has signed it: for messages to people. */
export function claimedIdentity(certificate: X509Certificate): Identity | undefined {
  return identityIn(certificate);
}

/** The identity of a certificate that has exactly one URI, which is one of ours. */
function identityIn({ subjectAltName = '' }: X509Certificate): Identity | undefined {
  if (subjectAltName.includes('"')) return undefined; // Node quotes names with characters that ours never have
  const uris = subjectAltName.split(', ').filter((name) => name.startsWith('URI:'));
  return uris.length === 1 ? parseIdentity((uris[0] as string).slice('URI:'.length)) : undefined;
}

/** Returns the trust domain of a root that {@link makeRoot} has made, in PEM; `undefined` for other text. */
export function domainOfRoot(pem: string): string | undefined {
  try {
    const { ca, subject } = new X509Certificate(pem);
    const [, domain = ''] = /^O=(.*)$/m.exec(subject) ?? [];
    return ca && isTrustDomain(domain) ? domain : undefined;
  } catch {
    return undefined;
  }
}

/** Serial number and times of a certificate that we have just made, in PEM. */
export function readIssued(pem: string): Validity & { readonly serial: string } {
  const certificate = new X509Certificate(pem);
  return { serial: certificate.serialNumber.toLowerCase(), ...timesOf(certificate) };
}
