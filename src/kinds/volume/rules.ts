import { objectName } from '../names.js';
import { called, inUse, type KindRules, refuse } from '../rules.js';
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
  checkRemoval(_tx, volume) {
    const [place] = volume.publishStatus;
    if (place) inUse(called('volume', volume, volume.spec.annotations.name), `node ${place.nodeId}`);
  },
};
