import { engineRows } from './engines.js';
import { handRows } from './hands.js';
import { managerRows } from './managers.js';
import { networkRows } from './network.js';
import type { Row } from './row.js';

/** Failures of managers and engines, of the network between them, and of people. */
export const rows: readonly Row[] = [...managerRows, ...engineRows, ...networkRows, ...handRows];
