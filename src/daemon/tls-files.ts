import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { messageOf } from '../base/errors.js';
import { FileError } from '../base/file-error.js';

/** Files of the TLS flags of a command. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile?: string | undefined;
  /** True: the other side must have a certificate of the CA. */
  readonly verify: boolean;
}

/** Certificates as they were read. */
export interface Certificates {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
  readonly verify: boolean;
}

/**
 * Reads the files, and checks that they are what they should be.
 * @param flags Beginning of the names of the flags: `--tls` for `--tlscert`.
 * @throws {FileError} that names the flag.
 */
export async function readCertificates(files: CertificateFiles, flags: string): Promise<Certificates> {
  const { certFile, keyFile, caFile, verify } = files;
  const cert = await pem(`${flags}cert`, certFile);
  const key = await pem(`${flags}key`, keyFile);
  const ca = caFile === undefined ? undefined : await pem(`${flags}cacert`, caFile);
  tryOut(`${flags}cert`, () => new X509Certificate(cert));
  if (ca) tryOut(`${flags}cacert`, () => new X509Certificate(ca));
  tryOut(`${flags}key`, () => createSecureContext({ cert, key }), 'give the PEM file of the key of that certificate');
  return { cert, key, verify, ...(ca && { ca }) };
}

async function pem(flag: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new FileError(`cannot read the file of ${flag}: ${messageOf(cause)}`, { cause });
  }
}

/** @throws {FileError} that names the flag whose file is of no use. */
function tryOut(flag: string, use: () => unknown, advice = 'give the PEM file of a certificate'): void {
  try {
    use();
  } catch (cause) {
    throw new FileError(`cannot use the file of ${flag}: ${messageOf(cause)}; ${advice}`, { cause });
  }
}
