import type { Config, Secret } from '../../kinds/index.js';
import { contentSpecJson } from './content-spec.js';
import type { Json } from './object.js';
import { metaJson } from './service-object.js';

/** Secret in Docker's JSON: without its data. */
export function secretJson(secret: Secret): Json {
  const { Data: _data, ...spec } = contentSpecJson(secret.spec);
  return { ...metaJson(secret), Spec: spec };
}

/** Config in Docker's JSON. */
export function configJson(config: Config): Json {
  return { ...metaJson(config), Spec: contentSpecJson(config.spec) };
}
