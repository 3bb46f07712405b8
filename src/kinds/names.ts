import { fileNameRule, isFileName, isName, nameRule } from '../base/names.js';
import type { NameRule } from './rules.js';

/** Of services, networks, clusters and volumes. */
export const objectName: NameRule = { holds: isName, says: nameRule };

/** Of secrets and configs, which are called like files: with dots. */
export const fileName: NameRule = { holds: isFileName, says: fileNameRule };
