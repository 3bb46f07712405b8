import { abuse } from './abuse.js';
import { damage } from './damage.js';
import { diskFull } from './disk-full.js';
import { kill } from './kill.js';
import { membership } from './membership.js';
import { partition } from './partition.js';
import { pauses } from './pause.js';
import type { Scenario } from './scenario.js';

export type { Fight, Scenario } from './scenario.js';

export const scenarioNames = ['kill', 'pause', 'partition', 'disk-full', 'damage', 'membership', 'abuse'] as const;
export type ScenarioName = (typeof scenarioNames)[number];

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  kill,
  pause: pauses,
  partition,
  'disk-full': diskFull,
  damage,
  membership,
  abuse,
};
