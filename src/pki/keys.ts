import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import { Secret } from '../base/secret.js';
import { algorithm } from './x509.js';

const generate = promisify(generateKeyPair);

/** A fresh P-256 key as PKCS#8 in PEM. */
export async function newPrivateKey(): Promise<Secret> {
  const { privateKey } = await generate('ec', { namedCurve: 'P-256' });
  return new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
}

/** Returns the public half of a key, as SPKI in DER. */
export function publicKeyOf(key: Secret): Buffer {
  return createPublicKey(createPrivateKey(key.reveal())).export({ type: 'spki', format: 'der' });
}

/** SPKI of a P-256 key with an uncompressed point: everything before the 64 bytes of the point. */
const spkiStart = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');
const spkiBytes = spkiStart.length + 64;

/** Reads a public key. `undefined` unless it is a P-256 key, written the one way that we write it. */
export function readPublicKey(spki: Uint8Array): KeyObject | undefined {
  if (spki.length !== spkiBytes || !spkiStart.equals(spki.subarray(0, spkiStart.length))) return undefined;
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' }); // refuses a point off the curve
  } catch {
    return undefined;
  }
}

/** Both halves of a key in the form that the certificate library takes. */
export async function signingPair(key: Secret): Promise<webcrypto.CryptoKeyPair> {
  const pkcs8 = createPrivateKey(key.reveal()).export({ type: 'pkcs8', format: 'der' });
  const [privateKey, publicKey] = await Promise.all([
    webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    webcrypto.subtle.importKey('spki', publicKeyOf(key), algorithm, true, ['verify']),
  ]);
  return { privateKey, publicKey };
}
