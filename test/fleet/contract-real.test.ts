import { describe } from 'vitest';
import { engineContract, engineUnderTest } from '../contract/engine.js';
import { dockerodeClient } from '../support/dockerode-client.js';
import { enginesAreThere, RealEngines } from '../support/engines.js';
import { ownClient } from '../support/own-client.js';

async function oneEngine() {
  const engines = await RealEngines.start(1);
  return { address: engines.all[0]?.address ?? '', close: () => engines.stop() };
}

describe.skipIf(!enginesAreThere())('a real engine', { timeout: 60_000 }, () => {
  engineContract('dockerd through dockerode', () => engineUnderTest(oneEngine(), dockerodeClient));
  engineContract('dockerd through our client', () => engineUnderTest(oneEngine(), ownClient));
});
