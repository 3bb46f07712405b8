import { type FakeRegistryImage, familiar, parseReference, stableId } from './images.js';
import { FakeEngineError, type Json } from './types.js';

/** Images that a fake engine can pull, by reference (`nginx:1.25`, `registry.example/app`). */
export type FakeRegistry = Readonly<Record<string, FakeRegistryImage>>;

/** The image behind this reference in the registry. Refuses as registries do. */
export function lookUp(registry: FakeRegistry, reference: string): FakeRegistryImage {
  const { repository } = parseReference(reference);
  const name = familiar(reference);
  const entries = Object.entries(registry);
  const found = entries.find(([key]) => familiar(key) === name)?.[1];
  if (found?.error !== undefined) throw new FakeEngineError(500, found.error);
  if (found) return found;
  if (entries.some(([key]) => parseReference(key).repository === repository))
    throw new FakeEngineError(404, `manifest for ${name} not found: manifest unknown: manifest unknown`);
  const denied = 'denied: requested access to the resource is denied';
  const what = `pull access denied for ${repository}, repository does not exist or may require 'docker login'`;
  throw new FakeEngineError(404, `${what}: ${denied}`);
}

/** Lines that a client is shown while an image comes. */
export function progressLines(reference: string, image: FakeRegistryImage, result: 'new' | 'same'): Json[] {
  const { repository, tag, digest } = parseReference(reference);
  const path = repository.includes('/') ? repository : `library/${repository}`;
  const name = familiar(reference);
  const lines: Json[] = [{ status: `Pulling from ${path}`, id: tag || digest }];
  const size = image.size ?? 2_000_000;
  for (let layer = 0; layer < (result === 'new' ? (image.layers ?? 1) : 0); layer++) {
    const id = stableId(`${name} ${layer}`).slice('sha256:'.length, 'sha256:'.length + 12);
    const none = { progressDetail: {}, id };
    lines.push(
      { status: 'Pulling fs layer', ...none },
      {
        status: 'Downloading',
        progressDetail: { current: size, total: size },
        progress: `[==>] ${size}B/${size}B`,
        id,
      },
      { status: 'Verifying Checksum', ...none },
      { status: 'Download complete', ...none },
      { status: 'Pull complete', ...none },
    );
  }
  const done = result === 'new' ? 'Downloaded newer image' : 'Image is up to date';
  lines.push({ status: `Digest: ${stableId(`digest ${name}`)}` }, { status: `Status: ${done} for ${name}` });
  return lines;
}
