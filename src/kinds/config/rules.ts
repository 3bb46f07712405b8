import { fileName } from '../names.js';
import { checkUnused, type KindRules, named, refuse } from '../rules.js';
import { checkDataKept, checkTemplate } from '../secret/rules.js';
import { byReferencedConfigId } from '../service/watch.js';
import type { Config } from './schema.js';

export const configRules: KindRules<Config> = {
  name: fileName,
  check(_tx, config, old) {
    checkDataKept('config', config, old);
    checkTemplate('config', config);
    if (config.spec.data === '') refuse('config', 'spec.data', 'must not be empty');
  },
  checkRemoval: (tx, config) => checkUnused(tx, named('config', config), byReferencedConfigId(config.id)),
};
