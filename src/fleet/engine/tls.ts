import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { messageOf } from '../../base/errors.js';
import { refuseUnknown } from '../../base/options.js';
import { EngineError } from './errors.js';

/** TLS between client and engine. Each thing is a file or the PEM text itself. */
export interface EngineTls {
  /** File with the authorities that engines' certificates are checked with. Default: those of Node. */
  readonly caFile?: string;
  /** The same as PEM text. */
  readonly ca?: string | Buffer;
  /** File with the certificate of this client; needs a key. */
  readonly certFile?: string;
  /** The same as PEM text. */
  readonly cert?: string | Buffer;
  /** File with the key of this client, without a passphrase; needs a certificate. */
  readonly keyFile?: string;
  /** The same as PEM text. */
  readonly key?: string | Buffer;
  /** False takes any certificate of the engine. Default true. */
  readonly verify?: boolean;
}

/** TLS options of a connection, checked. */
export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly rejectUnauthorized: boolean;
  readonly minVersion: 'TLSv1.2';
}

const known = ['caFile', 'ca', 'certFile', 'cert', 'keyFile', 'key', 'verify'] as const;

interface Pem {
  /** A file's name, or the option's. */
  readonly from: string;
  readonly pem: Buffer;
}

/**
 * Reads the files once and checks that they are certificates and keys that belong together.
 * @throws {EngineError} `BAD_CERTIFICATE`, with the name of the file.
 */
export function readTls(options: EngineTls): TlsMaterial {
  refuseUnknown('tls', options, known);
  const ca = read('ca', options.ca, options.caFile);
  const cert = read('cert', options.cert, options.certFile);
  const key = read('key', options.key, options.keyFile);
  if (ca) certificatesIn(ca);
  if (cert && !key) throw bad(cert.from, 'has no key beside it; give key or keyFile too');
  if (key && !cert) throw bad(key.from, 'has no certificate beside it; give cert or certFile too');
  if (cert && key) checkPair(cert, key);
  return {
    ...(ca && { ca: ca.pem }),
    ...(cert && { cert: cert.pem }),
    ...(key && { key: key.pem }),
    rejectUnauthorized: options.verify ?? true,
    minVersion: 'TLSv1.2',
  };
}

function read(name: string, given: string | Buffer | undefined, file: string | undefined): Pem | undefined {
  if (given !== undefined && file !== undefined) {
    throw new EngineError('BAD_CERTIFICATE', `tls has both ${name} and ${name}File; give one of them`);
  }
  if (given !== undefined) return { from: `tls.${name}`, pem: Buffer.from(given) };
  if (file === undefined) return undefined;
  try {
    return { from: file, pem: readFileSync(file) };
  } catch (cause) {
    throw bad(file, `cannot be read as tls.${name}File: ${messageOf(cause)}`, cause);
  }
}

function certificatesIn({ from, pem }: Pem): X509Certificate[] {
  const blocks = pem.toString('latin1').match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw bad(from, 'has no certificate in it; it must be PEM');
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch (cause) {
    throw bad(from, `has a certificate that cannot be read: ${messageOf(cause)}`, cause);
  }
}

function checkPair(cert: Pem, key: Pem): void {
  const [own] = certificatesIn(cert);
  if (own?.checkPrivateKey(keyIn(key)) === false) {
    throw bad(key.from, `is not the key of the certificate ${cert.from}; give the pair that was made together`);
  }
}

function keyIn({ from, pem }: Pem): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw bad(from, `has no key that can be read: ${messageOf(cause)}; it must be PEM without a passphrase`, cause);
  }
}

const bad = (from: string, why: string, cause?: unknown) =>
  new EngineError('BAD_CERTIFICATE', `${from} ${why}`, { cause });
