import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableOf, Tally } from '../../scripts/engine-failures/tally.js';
import { rows } from '../../scripts/service-failures/rows.js';
import { runRow } from '../../scripts/service-failures/run.js';
import { World } from '../../scripts/service-failures/world.js';
import { buildIfMissing } from '../support/cli-process.js';
import { enginesAreThere } from '../support/engines.js';

/** One row of each kind; `npm run service-failures` has all of them. */
const short = [
  'leader killed, update',
  'leader stopped 12 s',
  'all managers restarted',
  'answer lost after create',
  'dockerd killed, back after 5 s',
  'container removed by hand',
];

describe.skipIf(!enginesAreThere())('services under failures of managers and engines', { timeout: 240_000 }, () => {
  const tallies: Tally[] = [];
  let world: World;

  beforeAll(async () => {
    buildIfMissing();
    world = await World.open();
  }, 240_000);
  afterAll(async () => {
    await world.close();
    console.log(tableOf(tallies));
  }, 60_000);

  it.each(short)('%s', async (name) => {
    const row = rows.find((one) => one.name === name);
    expect(row).toBeDefined();
    if (!row) return;
    const tally = new Tally(name);
    tallies.push(tally);
    await runRow(world, row, 1, tally);
    expect(tally).toMatchObject({ rounds: 1, duplicates: 0 });
  });
});
