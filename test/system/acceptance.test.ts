import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checks } from '../../scripts/acceptance/checks.js';
import { World } from '../../scripts/acceptance/world.js';
import { buildIfMissing } from '../support/cli-process.js';
import { enginesAreThere } from '../support/engines.js';

/** Checks that together take a minute; `npm run acceptance` makes all thirty. */
const short = [1, 2, 3, 5, 7, 12, 13, 17, 29];

describe.skipIf(!enginesAreThere())('three managers and three real engines', { timeout: 90_000 }, () => {
  let world: World;

  beforeAll(async () => {
    buildIfMissing();
    world = await World.open();
  }, 90_000);
  afterAll(async () => {
    await world?.close();
  }, 60_000);

  it.each(checks.filter(({ number }) => short.includes(number)))('$number $says', async ({ run }) => {
    try {
      expect(await run(world)).not.toBe('');
    } finally {
      await world.tidy();
    }
  });
});
