import type { ConfigSpec, Driver, SecretSpec } from '../../kinds/index.js';
import { type Json, withoutEmpty } from './object.js';

/** Spec of a secret or config in Docker's JSON. */
export function contentSpecJson(spec: SecretSpec | ConfigSpec): Json {
  return {
    Name: spec.annotations.name,
    Labels: spec.annotations.labels,
    ...withoutEmpty({
      Data: spec.data,
      Driver: 'driver' in spec && spec.driver ? driverJson(spec.driver) : undefined,
      Templating: spec.templating && driverJson(spec.templating),
    }),
  };
}

function driverJson({ name, options }: Driver): Json {
  return { Name: name, ...withoutEmpty({ Options: options }) };
}
