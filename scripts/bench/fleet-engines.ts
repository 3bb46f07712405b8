/** Fake engines in a process of their own, each with containers as a service of some size has them. */
import { type FakeEngineServer, openFakeEngine } from '../../src/testing/fake-engine/index.js';
import { serve } from './child.js';
import { type EngineCrowd, image } from './fleet-crowd.js';

const dayMs = 86_400_000;
const servers = new Map<string, FakeEngineServer>();

async function open({ first, count, containersEach }: EngineCrowd): Promise<string[]> {
  const addresses: string[] = [];
  for (let i = first; i < first + count; i++) {
    const server = await openFakeEngine({
      name: `node-${i}`,
      cpus: 64,
      memory: 2 ** 38,
      labels: { storage: i % 2 === 0 ? 'ssd' : 'hdd', region: i % 3 === 0 ? 'us-east' : 'eu-west' },
      images: [image, ...Array.from({ length: 9 }, (_, n) => `registry.example.com:5000/team/app-${n}:${i % 10}`)],
    });
    fill(server, i, containersEach);
    servers.set(server.address, server);
    addresses.push(server.address);
  }
  return addresses;
}

/** The containers have run for days: an age that grows with every refresh would be the rare case. */
function fill({ model, faults }: FakeEngineServer, engine: number, count: number): void {
  faults.skewClock(-3 * dayMs);
  for (let i = 0; i < count; i++) {
    const { id } = model.containers.create(`web-${engine}-${i}`, {
      Image: image,
      Cmd: ['sleep', '1000000'],
      Env: ['PATH=/usr/local/bin:/usr/bin:/bin', `SHARD=${i}`],
      Labels: labelsOf(engine, i),
      HostConfig: {
        Memory: 2 ** 28,
        NanoCpus: 1e9,
        Binds: ['/srv/config:/etc/app:ro', `data-${i}:/var/lib/app`],
        PortBindings: { '8080/tcp': [{ HostPort: String(20_000 + i) }] },
        RestartPolicy: { Name: 'always' },
      },
      ExposedPorts: { '8080/tcp': {} },
    });
    model.containers.start(id);
  }
  faults.skewClock(0);
}

const labelsOf = (engine: number, i: number) => ({
  'com.docker.swarm.id': `${engine.toString(16).padStart(8, '0')}${i.toString(16).padStart(8, '0')}`.padEnd(64, 'a1b2'),
  'com.docker.compose.project': `shop-${engine % 20}`,
  'com.docker.compose.service': `web-${i % 10}`,
  'com.docker.compose.container-number': String(i),
  'com.docker.compose.config-hash': 'f3d9c9b3b2a94b7a8f2c0d9e2a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7',
  'org.opencontainers.image.source': 'https://git.example.com/shop/web',
  tier: i % 2 === 0 ? 'front' : 'back',
});

serve({
  open,
  hang: (address: string) => servers.get(address)?.faults.hang(),
  resume: (address: string) => servers.get(address)?.faults.resume(),
});
