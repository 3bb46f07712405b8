import type { DriverBody, EngineBody, Stored } from '../../kinds/index.js';
import { ranked } from './rendezvous.js';

/** Managers that try to reach an engine: the first choice, and two more. */
export const triesMax = 3;

type Driver = Pick<Stored<DriverBody>, 'id' | 'member' | 'cannotReach'>;
type Engine = Pick<Stored<EngineBody>, 'id'>;

/** The drivers that may drive an engine, best first. */
export function choicesFor<D extends Driver>({ id }: Engine, drivers: readonly D[]): D[] {
  const candidates = drivers.map((driver) => ({ key: driver.member, driver }));
  return ranked(id, candidates)
    .slice(0, triesMax)
    .map(({ driver }) => driver);
}

/** Id of the driver that should drive an engine: the best that can reach it; empty when none can. */
export function wantedDriver(engine: Engine, drivers: readonly Driver[]): string {
  return choicesFor(engine, drivers).find(({ cannotReach }) => !cannotReach.includes(engine.id))?.id ?? '';
}
