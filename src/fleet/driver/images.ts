import type { Clock } from '../../base/clock.js';
import { Limiter } from '../../base/limiter.js';
import type { Logger } from '../../base/log.js';
import { orAborted } from '../../base/waiting.js';
import type { ContainerSpec } from '../../kinds/index.js';
import type { DockerClient } from '../engine/docker-client.js';
import { isEngineError, wordsOf } from '../engine/errors.js';
import type { RegistryAuth } from '../engine/types.js';
import type { Mutations } from './mutations.js';
import { refusalOf, TaskRefused } from './refusal.js';

/** Settings of {@link Images}. */
export interface ImagesOptions {
  readonly client: DockerClient;
  readonly mutations: Mutations;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly memoryMs: number;
}

/** Most pulls at a time. */
const pullsMax = 2;

/** An image, and the credentials for its registry. */
export type PulledImage = Pick<ContainerSpec, 'image' | 'registryAuth'>;

/** Pulls images. Tasks of the same image share a pull. */
export class Images {
  readonly #options: ImagesOptions;
  readonly #pulls = new Limiter(pullsMax);
  readonly #underWay = new Map<string, Promise<void>>();
  /** Monotonic times of pulls that failed, by reference. */
  readonly #failed = new Map<string, number>();

  constructor(options: ImagesOptions) {
    this.#options = options;
  }

  /**
   * Tries to get an image. One with a digest is pulled when it is missing; every other one may have changed in its
   * registry. A registry that refuses is no failure: the image may be there, and the creation of the container tells.
   *
   * @param registryAuth Credentials for the registry; empty for none.
   * @param cancelled Ends the wait; the pull goes on for others.
   */
  async tryToHave({ image, registryAuth }: PulledImage, cancelled: AbortSignal): Promise<void> {
    if (image.includes('@') && (await this.#isThere(image))) return;
    const { clock, memoryMs } = this.#options;
    const key = JSON.stringify([image, registryAuth]);
    const failedAt = this.#failed.get(key);
    if (failedAt !== undefined && clock.monotonic() - failedAt < memoryMs) return;
    let pull = this.#underWay.get(key);
    if (!pull) {
      pull = this.#pull(key, image, authOf(registryAuth)).finally(() => this.#underWay.delete(key));
      this.#underWay.set(key, pull);
    }
    await orAborted(pull, cancelled);
  }

  async #pull(key: string, image: string, auth: RegistryAuth | undefined): Promise<void> {
    const { mutations, clock, logger } = this.#options;
    try {
      await this.#pulls.run(() =>
        mutations.unlimited((client, options) => client.pullImage(image, { ...options, auth })),
      );
      this.#failed.delete(key);
    } catch (error) {
      if (refusalOf(error) === undefined) throw error;
      this.#failed.set(key, clock.monotonic());
      logger.info('an image was not pulled', { image, error: wordsOf(error) });
    }
  }

  async #isThere(image: string): Promise<boolean> {
    const { client, signal } = this.#options;
    try {
      await client.inspectImage(image, { signal });
      return true;
    } catch (error) {
      if (isEngineError(error, 'NOT_FOUND')) return false;
      throw error;
    }
  }
}

/** Credentials of the header that Docker's command line sends. Their text is part of no error. */
function authOf(registryAuth: string): RegistryAuth | undefined {
  if (registryAuth === '') return undefined;
  try {
    const auth: unknown = JSON.parse(Buffer.from(registryAuth, 'base64').toString());
    if (typeof auth === 'object' && auth !== null) return auth;
  } catch {
    // told below, without the text
  }
  throw new TaskRefused('container.registryAuth is no JSON of credentials as base64; give it anew with the service');
}
