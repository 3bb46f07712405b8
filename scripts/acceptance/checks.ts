import type { Check } from './check.js';
import { crowdChecks } from './crowd.js';
import { failureChecks } from './failures.js';
import { fileChecks } from './files.js';
import { networkChecks } from './network.js';
import { outputChecks } from './output.js';
import { placementChecks } from './placement.js';
import { serviceChecks } from './services.js';
import { stackChecks } from './stacks.js';
import { updateChecks } from './updates.js';

/** All acceptance checks, in the order of their numbers. */
export const checks: readonly Check[] = [
  ...serviceChecks,
  ...updateChecks,
  ...placementChecks,
  ...fileChecks,
  ...outputChecks,
  ...stackChecks,
  ...failureChecks,
  ...networkChecks,
  ...crowdChecks,
].sort((a, b) => a.number - b.number);
