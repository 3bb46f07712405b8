import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type ServedFleet, serveFleet } from '../support/docker-http.js';
import { SwarmWorld } from '../support/swarm-world.js';

describe('networks of the cluster that engines have, too', () => {
  let world: SwarmWorld;
  let served: ServedFleet;

  beforeEach(async () => {
    world = new SwarmWorld();
    served = await serveFleet([{ name: 'node-1' }], { swarm: world.backend });
  });
  afterEach(async () => {
    await served.close();
    await world.close();
  });

  it('show once; what an engine has shows only to those who ask for it', async () => {
    const labels = { 'com.docker.stack.namespace': 'st' };
    const body = { Name: 'st_back', Driver: 'overlay', Labels: labels };
    const { json: made } = await ask(served.address, 'POST', '/networks/create', body);
    const copy = { ...labels, 'skep.network': made.Id };
    served.engines[0]?.model.networks.create({ Name: 'st_back', Driver: 'bridge', Labels: copy });
    await served.refresh();
    const names = async (filters: object) => {
      const query = encodeURIComponent(JSON.stringify({ name: ['st_back'], ...filters }));
      const { json } = await ask(served.address, 'GET', `/networks?filters=${query}`);
      return (json as { Name: string }[]).map(({ Name: name }) => name).sort();
    };
    expect(await names({})).toEqual(['st_back']);
    expect(await names({ label: ['com.docker.stack.namespace=st'] })).toEqual(['st_back']);
    expect(await names({ scope: ['local'] })).toEqual(['node-1/st_back']);
    expect(await names({ node: ['node-1'] })).toEqual(['node-1/st_back']);
  });
});
