import { objectName } from '../names.js';
import { inUse, type KindRules, named, refuse } from '../rules.js';
import type { Volume } from './schema.js';

export const volumeRules: KindRules<Volume> = {
  name: objectName,
  check(tx, { spec }) {
    if (spec.driver === undefined || spec.driver.name === '')
      refuse('volume', 'spec.driver.name', 'must name a driver');
    spec.secrets.forEach(({ secret }, i) => {
      if (!tx.secrets().get(secret))
        refuse('volume', `spec.secrets[${i}].secret`, `names "${secret}", which is no secret`);
    });
  },
  checkRemoval(tx, volume) {
    const [place] = volume.publishStatus;
    if (!place) return;
    const node = tx.nodes().get(place.nodeId);
    inUse(named('volume', volume), { kind: 'node', object: node ?? { id: place.nodeId, meta: volume.meta }, name: '' });
  },
};
