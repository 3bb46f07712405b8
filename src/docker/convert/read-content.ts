import type { ConfigSpec, DeepPartial, SecretSpec } from '../../kinds/index.js';
import { readFields } from './fields.js';
import { readAnnotations, readDriver } from './read-parts.js';

/** Reads the spec of a secret. */
export function readSecretSpec(body: unknown, old?: SecretSpec): DeepPartial<SecretSpec> {
  return readFields(body, '', (fields) => ({
    annotations: readAnnotations(fields, old?.annotations),
    data: fields.text('Data'),
    driver: fields.object('Driver', readDriver),
    templating: fields.object('Templating', readDriver),
  }));
}

/** Reads the spec of a config. */
export function readConfigSpec(body: unknown, old?: ConfigSpec): DeepPartial<ConfigSpec> {
  return readFields(body, '', (fields) => ({
    annotations: readAnnotations(fields, old?.annotations),
    data: fields.text('Data'),
    templating: fields.object('Templating', readDriver),
  }));
}
