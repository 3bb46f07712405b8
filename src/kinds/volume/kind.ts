import { type BuiltInKind, builtInKind } from '../built-in.js';
import { volumeRules } from './rules.js';
import { type Volume, volumeBody } from './schema.js';

export const volumeKind: BuiltInKind<Volume, 'volume', 'volumes'> = builtInKind({
  kind: 'volume',
  plural: 'volumes',
  body: volumeBody,
  uniqueName: true,
  indexes: {
    group: ({ spec }) => (spec.group === '' ? [] : [[spec.group]]),
    driver: ({ spec }) => (spec.driver === undefined ? [] : [[spec.driver.name]]),
  },
  columns: [
    ['DRIVER', (volume) => volume.spec.driver?.name],
    ['GROUP', (volume) => volume.spec.group],
    ['AVAILABILITY', (volume) => volume.spec.availability],
  ],
  rules: volumeRules,
});
