import type { Clock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import type { Logger } from '../../base/log.js';
import { aborted, pause } from '../../base/waiting.js';
import { EventCreateNetwork, type ReadTx } from '../../kinds/index.js';
import type { WatchableStore } from '../../state/index.js';
import type { DockerClient } from '../engine/docker-client.js';
import type { EngineNetworks } from './engine-networks.js';
import type { FileVolumes } from './file-volumes.js';
import { clusterLabel, filesLabel, networkLabel } from './labels.js';
import { isOverlay, networkBody } from './networks.js';
import type { Observer } from './observer.js';
import type { DriverTimes } from './options.js';
import { swarmPlace } from './preparation.js';
import { TaskRefused } from './refusal.js';

/** Settings of a {@link Sweeper}. */
export interface SweeperOptions {
  readonly client: DockerClient;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly clusterId: string;
  readonly nodeId: string;
  readonly store: Pick<WatchableStore, 'view' | 'viewAndWatch'>;
  readonly observer: Observer;
  readonly files: FileVolumes;
  readonly networks: EngineNetworks;
  readonly times: Pick<DriverTimes, 'sweepMs'>;
}

/**
 * Keeps what is beside the containers: removes volumes with files and networks that nothing needs any more, and makes the
 * overlay networks where the engine manages a swarm, because the other engines of the swarm cannot.
 */
export class Sweeper {
  readonly #options: SweeperOptions;
  #scheduled = false;
  #sweep: Promise<void> = Promise.resolve();

  constructor(options: SweeperOptions) {
    this.#options = options;
  }

  /** Sweeps a moment from now: many containers go at once. */
  sweepSoon(): void {
    const { clock, signal, times, logger } = this.#options;
    if (this.#scheduled || signal.aborted) return;
    this.#scheduled = true;
    void pause(clock, times.sweepMs, signal).then(() => {
      this.#scheduled = false;
      if (signal.aborted) return;
      this.#sweep = this.#sweep
        .then(() => this.#sweepAll())
        .catch((error: unknown) => logger.debug(`what is left on an engine was not removed: ${messageOf(error)}`));
    });
  }

  /** Waits for networks that are made in the store, until the signal aborts; then for the sweep under way. */
  async run(signal: AbortSignal): Promise<void> {
    const { watch } = this.#options.store.viewAndWatch(() => undefined, EventCreateNetwork());
    // A watch that breaks is not needed: each list is followed by a sweep.
    const subscription = watch.subscribe({ next: () => this.sweepSoon(), error: () => undefined });
    await aborted(signal);
    subscription.unsubscribe();
    await this.#sweep;
  }

  async #sweepAll(): Promise<void> {
    await this.#removeHelpers();
    await this.#removeVolumes();
    await this.#makeOverlays();
    await this.#removeNetworks();
  }

  async #removeHelpers(): Promise<void> {
    const { observer, files } = this.#options;
    const left = observer.all.filter(({ taskId, fills }) => taskId === '' && fills !== '' && !files.isHeld(fills));
    for (const { id } of left) await files.removeHelper(id);
  }

  async #removeVolumes(): Promise<void> {
    const { client, signal, clusterId, files } = this.#options;
    const filters = { label: [`${clusterLabel}=${clusterId}`, filesLabel] };
    const volumes = await client.listVolumes({ filters, signal });
    for (const { Name } of volumes) await files.remove(Name);
  }

  async #makeOverlays(): Promise<void> {
    const { store, clusterId, networks } = this.#options;
    const bodies = store.view((tx) => {
      const swarm = swarmPlace(this.#node(tx));
      if (!swarm.control) return [];
      const overlays = tx.networks().find(undefined, { where: isOverlay });
      return overlays.flatMap((network) => networkBody(network, { clusterId, swarm }) ?? []);
    });
    for (const body of bodies) {
      try {
        await networks.ensure(body);
      } catch (error) {
        if (!(error instanceof TaskRefused)) throw error;
        this.#options.logger.warn(error.message);
      }
    }
  }

  async #removeNetworks(): Promise<void> {
    const { store, networks } = this.#options;
    const isKnown = (id: string) => store.view((tx) => tx.networks().get(id) !== undefined);
    for (const network of await networks.list())
      if (!isKnown(network.Labels?.[networkLabel] ?? '')) await networks.remove(network);
  }

  #node(tx: ReadTx) {
    return tx.nodes().get(this.#options.nodeId);
  }
}
