import type { Random } from '../../base/random.js';
import type { Engine } from '../engine/engine.js';
import type { CreateNetworkBody, NetworkInfo } from '../engine/types.js';
import { type EngineHandle, FleetError } from '../fleet.js';
import { healthyOf, onEach } from './everywhere.js';
import { located } from './volumes.js';

/** A network and an engine that has it. */
export type PlacedNetwork = NetworkInfo & { readonly engine: EngineHandle };

/** Networks of a cluster. Most are local to an engine; those of a wider scope are on several, and are one. */
export class Networks {
  readonly #engines: () => readonly Engine[];
  readonly #random: Random;

  constructor(engines: () => readonly Engine[], random: Random) {
    this.#engines = engines;
    this.#random = random;
  }

  get all(): readonly PlacedNetwork[] {
    return this.#engines().flatMap((engine) => engine.networks.map((network) => ({ ...network, engine })));
  }

  /** Finds a network by id, name, `engine/name` or the beginning of an id. @throws FleetError `AMBIGUOUS` */
  find(wanted: string): PlacedNetwork | undefined {
    const { all } = this;
    return (
      one(
        wanted,
        all.filter(({ Id }) => Id === wanted),
      ) ??
      one(wanted, this.#named(wanted)) ??
      one(
        wanted,
        all.filter(({ Id }) => wanted !== '' && Id.startsWith(wanted)),
      )
    );
  }

  /** Creates on the engine that `engine/name` says. Otherwise an overlay, on any engine: it reaches all of its swarm. */
  async create(body: CreateNetworkBody) {
    const { engines, local } = located(body.Name, this.#engines());
    const healthy = healthyOf(engines);
    const engine = healthy[this.#random(healthy.length)] as Engine;
    const driver =
      body.Driver === undefined || body.Driver === '' || body.Driver === 'default' ? 'overlay' : body.Driver;
    const isLocated = local !== body.Name;
    const made = await engine.client.createNetwork({ ...body, Name: local, ...(!isLocated && { Driver: driver }) });
    await onEach(healthy, (each) => each.refreshNetworks());
    return made;
  }

  async remove(wanted: string): Promise<void> {
    const network = this.find(wanted);
    if (!network) throw new FleetError('NOT_FOUND', `network ${wanted} not found`);
    const engine = network.engine as Engine;
    healthyOf([engine]);
    await engine.client.removeNetwork(network.Id);
    const sharing = this.#engines().filter(({ networks }) => networks.some(({ Id }) => Id === network.Id));
    await Promise.allSettled(sharing.map((each) => each.refreshNetworks()));
  }

  #named(wanted: string): readonly PlacedNetwork[] {
    try {
      const { engines, local } = located(wanted, this.#engines());
      return engines.flatMap((engine) =>
        engine.networks.filter(({ Name }) => Name === local).map((network) => ({ ...network, engine })),
      );
    } catch {
      return []; // no such engine: it may still be an id
    }
  }
}

/** The only network of a list; those of a wider scope appear once for each engine. */
function one(wanted: string, found: readonly PlacedNetwork[]): PlacedNetwork | undefined {
  const ids = new Set(found.map(({ Id }) => Id));
  if (ids.size > 1) throw new FleetError('AMBIGUOUS', `${wanted} names several networks; use an id or ENGINE/NAME`);
  return found[0];
}
