import type { Engine } from '../engine/engine.js';
import type { VolumeInfo } from '../engine/types.js';
import { type EngineHandle, FleetError } from '../fleet.js';
import { healthyOf, onEach } from './everywhere.js';

/** A volume and the engine that has it. */
export type PlacedVolume = VolumeInfo & { readonly engine: EngineHandle };

/** Volumes of a cluster: one of a name on every engine, unless the name says which engine. */
export class Volumes {
  readonly #engines: () => readonly Engine[];

  constructor(engines: () => readonly Engine[]) {
    this.#engines = engines;
  }

  find(name: string): readonly PlacedVolume[] {
    const { engines, local } = this.#located(name);
    return engines.flatMap((engine) =>
      engine.volumes.filter(({ Name }) => Name === local).map((volume) => ({ ...volume, engine })),
    );
  }

  async create(body: { readonly Name?: string; readonly [field: string]: unknown }): Promise<VolumeInfo> {
    const { engines, local } = this.#located(body.Name ?? '');
    const [volume] = await onEach(healthyOf(engines), async (engine) => {
      const made = await engine.client.createVolume({ ...body, Name: local });
      await engine.refreshVolumes();
      return made;
    });
    return volume as VolumeInfo;
  }

  async remove(name: string, options: { readonly force?: boolean } = {}): Promise<void> {
    const having = this.find(name).map(({ engine }) => engine as Engine);
    if (having.length === 0 && options.force) return;
    if (having.length === 0) throw new FleetError('NOT_FOUND', `get ${name}: no such volume`);
    const { local } = this.#located(name);
    await onEach(healthyOf(having), async (engine) => {
      await engine.client.removeVolume(local, options);
      await engine.refreshVolumes();
    });
  }

  #located(name: string): { readonly engines: readonly Engine[]; readonly local: string } {
    return located(name, this.#engines());
  }
}

/**
 * Splits `engine/name`. A name without an engine is of all of them; so is one with a slash of its own.
 * @throws FleetError `NOT_FOUND` when no engine of that name is there.
 */
export function located(name: string, engines: readonly Engine[]) {
  const at = name.indexOf('/');
  if (at < 0) return { engines, local: name };
  const where = name.slice(0, at);
  const there = engines.filter((engine) => engine.name === where || engine.engineId === where || engine.id === where);
  if (there.length === 0) throw new FleetError('NOT_FOUND', `no engine is called ${where}, in ${name}`);
  return { engines: there, local: name.slice(at + 1) };
}
