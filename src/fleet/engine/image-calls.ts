import { ArchiveCalls } from './archive-calls.js';
import type { Body } from './body.js';
import type { Call, CallOptions } from './calls.js';
import { parseImageRef } from './image-ref.js';
import { followProgress, type ProgressHandler } from './progress.js';
import { filtersText, imagePath, type Query } from './query.js';
import { defined } from './system-calls.js';
import type { Filters, ImageInspect, ImageSummary, Progress, RegistryAuth, RemovedImage } from './types.js';

/** Options of calls that report their progress. `timeoutMs` is the longest silence. */
export interface ProgressOptions extends CallOptions {
  /** Receives every line of progress. */
  readonly onProgress?: ProgressHandler | undefined;
}

/** Options of `importImage`. */
export interface ImportOptions extends ProgressOptions {
  /** Name of the new image. Default: none. */
  readonly repo?: string | undefined;
  /** Tag of the new image. Default `latest`. */
  readonly tag?: string | undefined;
  /** Message that the image keeps. */
  readonly message?: string | undefined;
  /** Lines of a Dockerfile. */
  readonly changes?: readonly string[] | undefined;
}

const tarHeaders = { 'content-type': 'application/x-tar' };

/** Calls about images. */
export class ImageCalls extends ArchiveCalls {
  /** Lists images. `all` includes layers in between; `digests` adds digests. */
  async listImages(
    options: CallOptions & { readonly all?: boolean; readonly digests?: boolean; readonly filters?: Filters } = {},
  ): Promise<ImageSummary[]> {
    const query = { all: options.all, digests: options.digests, filters: filtersText(options.filters) };
    return this.json('GET', '/images/json', { query, timeoutMs: this.timeouts.readMs, ...defined(options) });
  }

  /** Reads everything about an image, by name or id. */
  async inspectImage(name: string, options: CallOptions = {}): Promise<ImageInspect> {
    return this.json('GET', `/images/${imagePath(name)}/json`, {
      timeoutMs: this.timeouts.readMs,
      ...defined(options),
    });
  }

  /**
   * Pulls an image from its registry. Without a tag: `latest`.
   * @throws {EngineError} with the engine's message, whether it comes as a status or as a line of progress.
   */
  async pullImage(
    ref: string,
    options: ProgressOptions & { readonly auth?: RegistryAuth | undefined; readonly platform?: string } = {},
  ): Promise<void> {
    const { name, tag } = parseImageRef(ref);
    const headers = { 'x-registry-auth': authText(options.auth ?? {}) };
    const query = { fromImage: name, tag, platform: options.platform };
    await this.#follow('/images/create', { query, headers }, options);
  }

  /** Loads the images of an archive that `docker save` made. */
  async loadImage(archive: Body, options: ProgressOptions & { readonly quiet?: boolean } = {}): Promise<void> {
    const call = { query: { quiet: options.quiet ?? false }, headers: tarHeaders, body: archive };
    await this.#follow('/images/load', call, options);
  }

  /** Makes an image of the files in an archive. Resolves with the id of the image. */
  async importImage(archive: Body, options: ImportOptions = {}): Promise<string | undefined> {
    const { repo, tag, message, changes } = options;
    const query: Query = { fromSrc: '-', repo, tag, message, changes };
    const last = await this.#follow('/images/create', { query, headers: tarHeaders, body: archive }, options);
    return last?.status;
  }

  /** Gives an image another name. */
  async tagImage(
    name: string,
    { repo, tag }: { readonly repo: string; readonly tag?: string },
    options: CallOptions = {},
  ): Promise<void> {
    const call = { query: { repo, tag }, timeoutMs: this.timeouts.changeMs, ...defined(options) };
    await this.answer('POST', `/images/${imagePath(name)}/tag`, call);
  }

  /** Removes a name of an image; with its last name, the image. */
  async removeImage(
    name: string,
    options: CallOptions & { readonly force?: boolean; readonly noprune?: boolean } = {},
  ): Promise<RemovedImage[]> {
    const query = { force: options.force, noprune: options.noprune };
    const call = { query, timeoutMs: this.timeouts.removeMs, ...defined(options) };
    return this.json('DELETE', `/images/${imagePath(name)}`, call);
  }

  #follow(path: string, call: Call, options: ProgressOptions): Promise<Progress | undefined> {
    const pieces = this.pieces('POST', path, { ...call, deadline: 'progress', ...defined(options) });
    return followProgress({ engine: this.engine, method: 'POST', path }, pieces, options.onProgress);
  }
}

/** Credentials in the form of `X-Registry-Auth`: base64 for URLs, with its padding. */
export function authText(auth: RegistryAuth): string {
  return Buffer.from(JSON.stringify(auth)).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
