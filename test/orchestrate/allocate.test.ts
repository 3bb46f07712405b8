import { beforeEach, describe, expect, it } from 'vitest';
import { World } from '../support/orchestrate.js';

describe('the ports of a service', () => {
  let world: World;

  beforeEach(async () => {
    world = new World();
    await world.addNodes('n1');
  });

  const published = (id = 's1') => world.service(id).endpoint?.ports.map(({ publishedPort }) => publishedPort);

  it('are chosen from 30000 up where the spec leaves them open, and copied to its tasks', async () => {
    await world.addService({ endpoint: { ports: [{ targetPort: 80 }, { targetPort: 81 }] } });
    await world.addService({ endpoint: { ports: [{ targetPort: 80 }, { targetPort: 80, protocol: 'udp' }] } }, 's2');
    await world.pass();
    expect(published()).toEqual([30_000, 30_001]);
    expect(published('s2')).toEqual([30_002, 30_000]);
    expect(world.tasks(({ serviceId }) => serviceId === 's1')[0]?.endpoint).toEqual(world.service().endpoint);
  });

  it('stay when the spec changes otherwise', async () => {
    await world.addService({ endpoint: { ports: [{ targetPort: 80 }] } });
    await world.run(0);
    await world.addService({ endpoint: { ports: [{ targetPort: 80 }] } }, 's2');
    await world.run(0);
    await world.changeSpec(
      (spec) => ({ ...spec, endpoint: { ports: [{ targetPort: 99 }, { targetPort: 80 }] } }),
      's2',
    );
    await world.run(0);
    expect(published('s2')).toEqual([30_002, 30_001]);
  });

  it('are left to the engine in host mode', async () => {
    await world.addService({ endpoint: { ports: [{ targetPort: 80, publishMode: 'host' }] } });
    await world.run(0);
    expect(published()).toEqual([0]);
    expect(world.running()).toHaveLength(1);
  });

  it('are waited for: the tasks say who has them, and go on when they are free', async () => {
    await world.addService({ endpoint: { ports: [{ targetPort: 80, publishedPort: 80 }] } }, 's0');
    await world.run(0);
    await world.addService({ endpoint: { ports: [{ targetPort: 80, publishedPort: 80 }] } });
    await world.run(0);
    const [task] = world.tasks(({ serviceId }) => serviceId === 's1');
    expect(task?.status).toMatchObject({ state: 'new', err: 'port 80/tcp is published by service "s0" already' });
    await world.store.update((tx) => tx.services().delete('s0'));
    await world.run(0);
    expect(published()).toEqual([80]);
    expect(world.running().find(({ serviceId }) => serviceId === 's1')?.endpoint?.ports).toHaveLength(1);
  });

  it('make tasks outdated when they change', async () => {
    await world.addService({ endpoint: { ports: [{ targetPort: 80 }] } });
    await world.run(0);
    await world.changeSpec((spec) => ({ ...spec, endpoint: { ports: [{ targetPort: 81 }] } }));
    await world.run(60_000);
    expect(world.running().map(({ endpoint }) => endpoint?.ports[0]?.targetPort)).toEqual([81]);
  });
});
