/** `npm run bench -- SUITE… [--json] [--quick] [--profile DIR] [--only TEXT]`: measures, prints one figure a line, and never judges. */
import { cpus } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { abuseSuite } from './abuse.js';
import { cliSuite } from './cli.js';
import { compareSuite } from './compare/suite.js';
import type { Figure, SuiteOptions } from './figure.js';
import { fleetSuite } from './fleet.js';
import { growthSuite } from './growth.js';
import { millionSuite } from './million.js';
import { orchestrateSuite } from './orchestrate.js';
import { remoteSuite, replicatedSuite } from './replicated.js';
import { scheduleSuite } from './schedule.js';
import { securitySuite } from './security.js';
import { storeSuite } from './store.js';
import { tableSuite } from './table.js';
import { threadsSuite } from './threads/suite.js';
import { typesSuite } from './types.js';
import { watchSuite } from './watch.js';

const suites: Readonly<Record<string, (options: SuiteOptions) => AsyncGenerator<Figure> | Generator<Figure>>> = {
  store: storeSuite,
  table: tableSuite,
  watch: watchSuite,
  replicated: replicatedSuite,
  remote: remoteSuite,
  million: millionSuite,
  growth: growthSuite,
  schedule: scheduleSuite,
  orchestrate: orchestrateSuite,
  types: typesSuite,
  abuse: abuseSuite,
  security: securitySuite,
  fleet: fleetSuite,
  cli: cliSuite,
  threads: threadsSuite,
  compare: compareSuite,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
    only: { type: 'string' },
  },
});
const wanted = positionals.length > 0 ? positionals : Object.keys(suites);
const unknown = wanted.find((name) => !suites[name]);
if (unknown !== undefined) {
  console.error(`there is no suite "${unknown}"; there are ${Object.keys(suites).join(', ')}`);
  process.exit(2);
}
if (!values.json) console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'cpu'}`);
for (const name of wanted) {
  for await (const { name: what, perSecond, ops, seconds, ...more } of suites[name]?.({
    quick: values.quick,
    profile: values.profile,
    only: values.only,
  }) ?? []) {
    if (values.json) console.log(JSON.stringify({ name: what, ops, seconds, perSecond, ...more }));
    else
      console.log(
        `${what.padEnd(24)} ${String(perSecond).padStart(12)} /s  ${Object.entries(more)
          .map(([key, value]) => `${key}=${value}`)
          .join(' ')}`,
      );
  }
}
process.exit(0);
