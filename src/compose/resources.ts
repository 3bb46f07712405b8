import type { DeepPartial, GenericResource, TaskSpec } from '../kinds/index.js';
import { resourcesLeftOut } from './keys.js';
import type { Reader } from './reader.js';

/** As many as fit a whole number of billionths. */
const cpusMax = 9_000_000;

/** Reads `deploy.resources`. */
export function resourcesOf(reader: Reader): Pick<DeepPartial<TaskSpec>, 'resources'> {
  if (reader.absent) return {};
  reader.keys(['limits', 'reservations']);
  return {
    resources: {
      limits: amountsOf(reader.get('limits'), ['pids'], resourcesLeftOut),
      reservations: amountsOf(reader.get('reservations'), ['generic_resources'], resourcesLeftOut),
    },
  };
}

function amountsOf(of: Reader, own: readonly string[], leftOut: readonly string[]) {
  if (of.absent) return undefined;
  of.keys(['cpus', 'memory', ...own], leftOut);
  const pids = own.includes('pids') ? of.get('pids').whole() : undefined;
  const generic = own.includes('generic_resources') ? of.get('generic_resources').items().map(genericOf) : [];
  return {
    nanoCpus: Math.round((of.get('cpus').number(cpusMax) ?? 0) * 1e9),
    memoryBytes: of.get('memory').bytes(),
    ...(pids !== undefined && { pids }),
    ...(generic.length > 0 && { generic }),
  };
}

/** Reads `discrete_resource_spec: {kind: gpu, value: 2}`. */
function genericOf(reader: Reader): DeepPartial<GenericResource> {
  reader.keys(['discrete_resource_spec']);
  const spec = reader.get('discrete_resource_spec');
  spec.keys(['kind', 'value']);
  const kind = spec.get('kind').optionalText() ?? '';
  if (kind === '') spec.fail('kind must be given, such as gpu');
  return { kind, discrete: spec.get('value').whole() ?? spec.fail('value must be given: the number of pieces') };
}
