import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Field } from '../../scripts/engine-failures/field.js';
import { rows } from '../../scripts/engine-failures/rows.js';
import { runRow } from '../../scripts/engine-failures/run.js';
import { tableOf, Tally } from '../../scripts/engine-failures/tally.js';
import { enginesAreThere } from '../support/engines.js';

describe.skipIf(!enginesAreThere())('failures of real engines', { timeout: 90_000 }, () => {
  const tallies: Tally[] = [];
  let field: Field;

  beforeAll(async () => {
    field = await Field.open();
  }, 60_000);
  afterAll(async () => {
    await field.close();
    console.log(tableOf(tallies));
  }, 60_000);

  it.each(rows)('$name', async (row) => {
    const tally = new Tally(row.name);
    tallies.push(tally);
    await runRow(field, row, 1, tally);
    expect(tally).toMatchObject({ rounds: 1, duplicates: 0 });
  });
});
