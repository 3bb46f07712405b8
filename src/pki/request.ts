import { Secret } from '../base/secret.js';
import { newPrivateKey, readPublicKey, signingPair } from './keys.js';
import { algorithm, loadX509 } from './x509.js';

/** Most bytes of a request. One of ours has about 200. */
const requestBytesMax = 4_096;

/** Makes a key and the request for its certificate. The request proves the key and says nothing else. */
export async function makeRequest(key?: Secret): Promise<{ key: Secret; request: Buffer }> {
  const own = key ?? (await newPrivateKey());
  const { Pkcs10CertificateRequestGenerator } = await loadX509();
  const request = await Pkcs10CertificateRequestGenerator.create({
    keys: await signingPair(own),
    signingAlgorithm: algorithm,
  });
  return { key: own, request: Buffer.from(request.rawData) };
}

/**
 * Reads a request: its public key, or a problem. Names, extensions and attributes in it are not looked at: the issuer
 * decides what a certificate says.
 */
export async function readRequest(request: Uint8Array): Promise<{ publicKey: Buffer } | { problem: string }> {
  if (request.length > requestBytesMax)
    return { problem: `the request has ${request.length} bytes, at most ${requestBytesMax} are taken` };
  const { Pkcs10CertificateRequest } = await loadX509();
  try {
    if (!isWhole(request)) return { problem: 'the request is not one DER sequence' };
    const read = new Pkcs10CertificateRequest(request);
    const { name, hash } = read.signatureAlgorithm as { name: string; hash?: { name: string } };
    if (name !== algorithm.name || hash?.name !== algorithm.hash)
      return { problem: 'the request must be signed with ECDSA and SHA-256' };
    const publicKey = Buffer.from(read.publicKey.rawData);
    if (!readPublicKey(publicKey)) return { problem: 'the key of the request must be a P-256 key' };
    if (!(await read.verify())) return { problem: 'the signature of the request does not fit its key' };
    return { publicKey };
  } catch {
    return { problem: 'the request is no certificate request' };
  }
}

/** Tells whether the bytes are one sequence in DER, with the shortest length, and nothing behind it. */
function isWhole(bytes: Uint8Array): boolean {
  const [tag, first = 0] = bytes;
  if (tag !== 0x30) return false;
  if (first < 0x80) return bytes.length === 2 + first;
  const digits = first & 0x7f;
  const length = bytes.subarray(2, 2 + digits).reduce((sum, byte) => sum * 256 + byte, 0);
  const shortest = digits === 1 ? length >= 0x80 : length >= 256 ** (digits - 1);
  return digits > 0 && digits <= 2 && shortest && bytes.length === 2 + digits + length;
}
