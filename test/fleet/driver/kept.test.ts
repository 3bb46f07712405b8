import { describe, expect, it, onTestFinished } from 'vitest';
import { systemRandom } from '../../../src/base/random.js';
import { EngineNetworks } from '../../../src/fleet/driver/engine-networks.js';
import { FileVolumes } from '../../../src/fleet/driver/file-volumes.js';
import { Mutations } from '../../../src/fleet/driver/mutations.js';
import { DockerClient } from '../../../src/fleet/index.js';
import { fakeEngine, until } from '../../support/fleet.js';

async function opened() {
  const fake = await fakeEngine();
  const client = new DockerClient(fake.address);
  onTestFinished(() => client.close());
  const { signal } = new AbortController();
  return { fake, client, signal, mutations: new Mutations(client, signal) };
}
const set = { volume: 'skep-files-1', entries: [{ path: 'key', content: 'top' }], bound: [] };

/** Holds a call back until it is opened. */
function gated<T extends unknown[], R>(call: (...given: T) => Promise<R>) {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const state = {
    waiting: 0,
    open: () => open(),
    call: async (...given: T) => (state.waiting++, await gate, call(...given)),
  };
  return state;
}

describe('a volume with files', () => {
  const volumes = async () => {
    const parts = await opened();
    const mounted = new Set<string>();
    const isMounted = (volume: string) => mounted.has(volume);
    const options = { mutations: parts.mutations, clusterId: 'c1', random: systemRandom, isMounted };
    return { ...parts, mounted, files: new FileVolumes(options) };
  };

  it('is not removed while it is being filled', async () => {
    const { fake, client, files } = await volumes();
    const creating = gated(client.createContainer.bind(client));
    client.createContainer = creating.call;
    const holding = files.hold(set, 'busybox');
    await until(() => creating.waiting === 1);
    await files.remove(set.volume);
    expect(fake.model.volumes.has(set.volume)).toBe(true);
    creating.open();
    await (await holding).release();
    expect(fake.model.containers.size).toBe(0);
    await files.remove(set.volume);
    expect(fake.model.volumes.has(set.volume)).toBe(false);
  });

  it('is made anew after a removal that is under way', async () => {
    const { fake, client, files } = await volumes();
    fake.model.volumes.create({ Name: set.volume });
    const removing = gated(client.removeVolume.bind(client));
    client.removeVolume = removing.call;
    const removal = files.remove(set.volume);
    await until(() => removing.waiting === 1);
    const holding = files.hold(set, 'busybox');
    removing.open();
    await removal;
    await holding;
    expect(fake.model.volumes.inspect(set.volume).Labels).toMatchObject({ 'skep.files': set.volume });
  });

  it('is not filled again once the container of a task has it', async () => {
    const { fake, files, mounted } = await volumes();
    mounted.add(set.volume);
    const held = await files.hold(set, 'busybox');
    expect([fake.model.containers.size, held.mountpoint]).toEqual([
      0,
      fake.model.volumes.inspect(set.volume).Mountpoint,
    ]);
    await held.release();
    await files.remove(set.volume);
    expect(fake.model.volumes.has(set.volume)).toBe(true);
  });

  it('is filled once for all that wait for it, and let go by the last one', async () => {
    const { fake, files } = await volumes();
    const held = await Promise.all([files.hold(set, 'busybox'), files.hold(set, 'busybox')]);
    expect(fake.model.containers.size).toBe(1);
    await held[0]?.release();
    expect([fake.model.containers.size, files.isHeld(set.volume)]).toEqual([1, true]);
    await held[1]?.release();
    expect([fake.model.containers.size, files.isHeld(set.volume)]).toEqual([0, false]);
  });
});

describe('a network', () => {
  it('is not removed while a task is about to join it, or has it', async () => {
    const { fake, client, signal, mutations } = await opened();
    let used = false;
    const networks = new EngineNetworks({ client, mutations, signal, clusterId: 'c1', isUsed: () => used });
    const body = { Name: 'back', Labels: { 'skep.cluster': 'c1', 'skep.network': 'n1' } };
    const remove = async () => {
      for (const network of await networks.list()) await networks.remove(network);
      return fake.model.networks.find('back') === undefined;
    };
    expect(await networks.with([body], remove)).toBe(false);
    used = true;
    expect(await remove()).toBe(false);
    used = false;
    expect(await remove()).toBe(true);
  });
});
