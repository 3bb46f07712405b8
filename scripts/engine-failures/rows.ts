import { absenceRows } from './absence.js';
import { networkRows } from './network.js';
import { refusalRows } from './refusals.js';
import type { Row } from './row.js';

/** Failures of engines, and of the network before them. */
export const rows: readonly Row[] = [...absenceRows, ...networkRows, ...refusalRows];
