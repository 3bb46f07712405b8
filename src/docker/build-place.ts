import { systemRandom } from '../base/random.js';
import type { EngineHandle, Fleet } from '../fleet/index.js';
import { filtersNamed, select, strategyNamed } from '../schedule/index.js';
import { readRequest } from '../schedule/wanted.js';
import { ApiError } from './answers.js';

/** Build arguments that are rules about the engine, as environment variables of a container are. */
const rule = /^(?:constraint|affinity|whitelist):/;

/**
 * Chooses the engine of a build as for a container: by filters and strategy, with the memory and the CPUs that the build
 * asks for, and with rules among its arguments (`--build-arg constraint:storage==ssd`), which the engine does not get.
 * @throws {SchedulingError} when no engine may take it.
 */
export function chooseForBuild(fleet: Fleet, rawQuery: string): { engine: EngineHandle; query: string } {
  const query = new URLSearchParams(rawQuery);
  const args = Object.entries(argumentsOf(query.get('buildargs')));
  const rules = args.filter(([name]) => rule.test(name)).map(([name, value]) => `${name}=${value ?? ''}`);
  if (rules.length > 0) {
    query.set('buildargs', JSON.stringify(Object.fromEntries(args.filter(([name]) => !rule.test(name)))));
  }
  const host = { Memory: Number(query.get('memory') ?? 0) || 0 };
  const { wanted } = readRequest('', { Env: rules, HostConfig: host });
  const engines = fleet.engines().filter(({ state }) => state === 'healthy' || state === 'unhealthy');
  const [best] = select(wanted, engines, {
    filters: filtersNamed(fleet.filters),
    strategy: strategyNamed(fleet.strategy),
    random: systemRandom,
  });
  const engine = engines.find((one) => one === best);
  if (!engine) throw new ApiError(500, 'No nodes available in the cluster');
  return { engine, query: rules.length > 0 ? query.toString() : rawQuery };
}

function argumentsOf(text: string | null): Readonly<Record<string, string | null>> {
  if (text === null || text === '') return {};
  try {
    const given = JSON.parse(text) as unknown;
    if (typeof given === 'object' && given !== null) return given as Record<string, string | null>;
  } catch {
    // the engine would not read it either
  }
  throw new ApiError(400, 'buildargs must be an object of texts, as JSON');
}
