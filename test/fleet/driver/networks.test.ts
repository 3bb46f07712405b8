import { describe, expect, it } from 'vitest';
import { networkBody, networkPlaces } from '../../../src/fleet/driver/networks.js';
import type { DeepPartial, Network } from '../../../src/kinds/index.js';
import { storedNetwork, storedTask } from '../../support/driver-objects.js';

const places = {
  alone: { member: false, control: false },
  worker: { member: true, control: false },
  manager: { member: true, control: true },
};
const at = (where: keyof typeof places) => ({ clusterId: 'c1', swarm: places[where] });
const network = (spec: DeepPartial<Network['spec']> = {}) =>
  storedNetwork({ id: 'n1', spec: { annotations: { name: 'shop_back' }, ...spec } });
const labels = { 'skep.cluster': 'c1', 'skep.network': 'n1' };
const bare = { Name: 'shop_back', CheckDuplicate: true, Labels: labels };

describe('the network of an engine', () => {
  it.each<[string, DeepPartial<Network['spec']>, keyof typeof places, object | undefined]>([
    ['a bridge where there is no swarm', {}, 'alone', { ...bare, Driver: 'bridge' }],
    ['a bridge for overlay, too', { driverConfig: { name: 'overlay' } }, 'alone', { ...bare, Driver: 'bridge' }],
    ['an overlay at a manager', {}, 'manager', { ...bare, Driver: 'overlay', Attachable: true }],
    ['made by others at a worker', {}, 'worker', undefined],
    ['a bridge that was asked for', { driverConfig: { name: 'bridge' } }, 'worker', { ...bare, Driver: 'bridge' }],
    [
      'of another driver',
      { driverConfig: { name: 'macvlan', options: { parent: 'eth0' } } },
      'manager',
      { ...bare, Driver: 'macvlan', Options: { parent: 'eth0' } },
    ],
    [
      'without options that only an overlay has',
      {
        driverConfig: {
          name: 'overlay',
          options: {
            encrypted: '',
            'com.docker.network.driver.overlay.vxlanid_list': '5',
            'com.docker.network.driver.mtu': '1400',
          },
        },
      },
      'alone',
      { ...bare, Driver: 'bridge', Options: { 'com.docker.network.driver.mtu': '1400' } },
    ],
    [
      'with all options',
      {
        ...{ internal: true, attachable: true, ipv6Enabled: true },
        annotations: { name: 'shop_back', labels: { a: 'b' } },
        ipam: {
          driver: { name: 'default', options: { x: 'y' } },
          configs: [{ subnet: '10.1.0.0/24', range: '10.1.0.0/25', gateway: '10.1.0.9', reserved: { r: '10.1.0.8' } }],
        },
      },
      'alone',
      {
        ...bare,
        Labels: { a: 'b', ...labels },
        Driver: 'bridge',
        Internal: true,
        Attachable: true,
        EnableIPv6: true,
        IPAM: {
          Driver: 'default',
          Options: { x: 'y' },
          Config: [
            {
              Subnet: '10.1.0.0/24',
              IPRange: '10.1.0.0/25',
              Gateway: '10.1.0.9',
              AuxiliaryAddresses: { r: '10.1.0.8' },
            },
          ],
        },
      },
    ],
  ])('is %s', async (_, spec, where, expected) => {
    expect(networkBody(await network(spec), at(where))).toEqual(expected);
  });
});

describe('the networks of a task', () => {
  it('are joined under the name of the service, those of the user, and tasks.NAME of each', async () => {
    const found = await network();
    const task = await storedTask({
      serviceAnnotations: { name: 'web' },
      spec: { networks: [{ target: 'n1', aliases: ['web', 'www'] }] },
    });
    expect(networkPlaces(task, () => found, at('alone'))).toMatchObject([
      {
        name: 'shop_back',
        endpoint: { Aliases: ['web', 'www', 'tasks.web', 'tasks.www'] },
        create: { Driver: 'bridge' },
      },
    ]);
    expect(networkPlaces(task, () => found, at('worker'))[0]).not.toHaveProperty('create');
  });

  it.each(['host', 'bridge', 'none'])('of the engine itself is passed on: %s', async (target) => {
    const task = await storedTask({ serviceAnnotations: { name: 'web' }, spec: { networks: [{ target }] } });
    expect(networkPlaces(task, () => undefined, at('alone'))).toEqual([{ name: target }]);
  });

  it('must be in the store', async () => {
    const task = await storedTask({ spec: { networks: [{ target: 'n9' }] } });
    expect(() => networkPlaces(task, () => undefined, at('alone'))).toThrow('network n9 not found');
  });
});
