import { EngineError } from './errors.js';

/** Name of an image and the version that is meant. */
export interface ImageRef {
  /** Name without tag and digest, the registry's address included. */
  readonly name: string;
  /** A tag, or a digest (`sha256:…`). */
  readonly tag: string;
}

/**
 * Splits `[HOST[:PORT]/]NAME[:TAG][@DIGEST]`. Without a tag `latest` is meant: an engine that is given none pulls all of them.
 * A digest says more than the tag beside it.
 * @throws {EngineError} `BAD_REQUEST`
 */
export function parseImageRef(ref: string): ImageRef {
  const [before = '', digest] = ref.split('@', 2);
  const colon = before.lastIndexOf(':');
  const tagged = colon > before.lastIndexOf('/');
  const name = tagged ? before.slice(0, colon) : before;
  const tag = digest ?? (tagged ? before.slice(colon + 1) : 'latest');
  if (name === '' || tag === '' || /\s/.test(ref)) {
    throw new EngineError('BAD_REQUEST', `image must be NAME[:TAG] or NAME@DIGEST, is ${JSON.stringify(ref)}`);
  }
  return { name, tag };
}
