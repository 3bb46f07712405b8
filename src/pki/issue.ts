import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Random } from '../base/random.js';
import type { Secret } from '../base/secret.js';
import { type Identity, rootLifeMs, serverNameOf, uriOf, type Validity, validityAt } from '../identity/index.js';
import { newPrivateKey, readPublicKey, signingPair } from './keys.js';
import { timesOf } from './read.js';
import { algorithm, loadX509, type X509 } from './x509.js';

/** A certificate authority: its certificate in PEM, and its key. */
export interface Authority {
  readonly certificate: string;
  readonly key: Secret;
}

/** Moment of issue and source of serial numbers. */
interface Issuing {
  readonly now: number;
  readonly random: Random;
}

/** Serial number of 126 random bits in 128: positive, and of one length. */
function newSerial(random: Random): string {
  const words = Array.from({ length: 8 }, () => random(0x1_0000).toString(16).padStart(4, '0'));
  return (4 + random(4)).toString(16) + words.join('').slice(1);
}

const subject = (domain: string, ou: string, cn: string) => [{ CN: [cn] }, { OU: [ou] }, { O: [domain] }];

const dates = ({ notBefore, notAfter }: Validity) => ({
  notBefore: new Date(notBefore),
  notAfter: new Date(notAfter),
});

/** Makes the root of a new trust domain: a P-256 key, unless it has one, and its own certificate, for ten years. */
export async function makeRoot(
  domain: string,
  { now, random, key: given }: Issuing & { key?: Secret },
): Promise<Authority> {
  const x509 = await loadX509();
  const key = given ?? (await newPrivateKey());
  const keys = await signingPair(key);
  const name = subject(domain, 'root', `skep ${domain}`);
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(random),
    name,
    ...dates(validityAt(now, rootLifeMs)),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: root.toString('pem'), key };
}

/** A certificate to issue. */
export interface Wanted {
  readonly identity: Identity;
  /** SPKI in DER, of a request that was read. */
  readonly publicKey: Uint8Array;
  readonly lifeMs: number;
  /** Host names and IP addresses for foreign tools. No check of ours reads them. */
  readonly hosts?: readonly string[];
  readonly ips?: readonly string[];
}

/** Issues a certificate, in PEM. Its end is never later than its issuer's. */
export async function issue(authority: Authority, wanted: Wanted, { now, random }: Issuing): Promise<string> {
  const x509 = await loadX509();
  const { identity, publicKey, lifeMs } = wanted;
  if (!readPublicKey(publicKey)) throw new TypeError('only P-256 keys get a certificate');
  const root = new X509Certificate(authority.certificate);
  const { privateKey, publicKey: rootKey } = await signingPair(authority.key);
  const leaf = await x509.X509CertificateGenerator.create({
    serialNumber: newSerial(random),
    subject: subject(identity.domain, identity.kind, identity.name),
    issuer: new x509.X509Certificate(root.raw).subjectName.toJSON(),
    ...dates(validityAt(now, lifeMs, timesOf(root))),
    signingAlgorithm: algorithm,
    publicKey: new x509.PublicKey(publicKey),
    signingKey: privateKey,
    extensions: [
      ...usages(x509, identity),
      new x509.SubjectAlternativeNameExtension(namesOf(wanted)),
      await x509.SubjectKeyIdentifierExtension.create(new x509.PublicKey(publicKey)),
      await x509.AuthorityKeyIdentifierExtension.create(rootKey),
    ],
  });
  const pem = leaf.toString('pem');
  checkIssued(pem, authority);
  return pem;
}

function usages(x509: X509, { kind }: Identity) {
  const { clientAuth, serverAuth } = x509.ExtendedKeyUsage;
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension(kind === 'user' ? [clientAuth] : [serverAuth, clientAuth]),
  ];
}

function namesOf({ identity, hosts = [], ips = [] }: Wanted): { type: 'url' | 'dns' | 'ip'; value: string }[] {
  const names = identity.kind === 'user' ? [] : [serverNameOf(identity.domain), ...hosts];
  return [
    { type: 'url', value: uriOf(identity) },
    ...names.map((value) => ({ type: 'dns' as const, value })),
    ...ips.map((value) => ({ type: 'ip' as const, value })),
  ];
}

/** Has another implementation read what the library wrote, before it leaves. */
function checkIssued(pem: string, { certificate, key }: Authority): void {
  const [leaf, root] = [new X509Certificate(pem), new X509Certificate(certificate)];
  const whole =
    leaf.checkIssued(root) && leaf.verify(root.publicKey) && root.checkPrivateKey(createPrivateKey(key.reveal()));
  if (!whole) throw new TypeError('the certificate does not fit the CA that issued it');
}
