import type { Clock } from '../../base/clock.js';
import { Limiter } from '../../base/limiter.js';
import type { Logger } from '../../base/log.js';
import { orAborted } from '../../base/waiting.js';
import type { DockerClient } from '../engine/docker-client.js';
import { isEngineError, wordsOf } from '../engine/errors.js';
import type { Mutations } from './mutations.js';
import { refusalOf } from './refusal.js';

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
   * @param cancelled Ends the wait; the pull goes on for others.
   */
  async tryToHave(image: string, cancelled: AbortSignal): Promise<void> {
    if (image.includes('@') && (await this.#isThere(image))) return;
    const { clock, memoryMs } = this.#options;
    const failedAt = this.#failed.get(image);
    if (failedAt !== undefined && clock.monotonic() - failedAt < memoryMs) return;
    let pull = this.#underWay.get(image);
    if (!pull) {
      pull = this.#pull(image).finally(() => this.#underWay.delete(image));
      this.#underWay.set(image, pull);
    }
    await orAborted(pull, cancelled);
  }

  async #pull(image: string): Promise<void> {
    const { mutations, clock, logger } = this.#options;
    try {
      await this.#pulls.run(() => mutations.unlimited((client, options) => client.pullImage(image, options)));
      this.#failed.delete(image);
    } catch (error) {
      if (refusalOf(error) === undefined) throw error;
      this.#failed.set(image, clock.monotonic());
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
