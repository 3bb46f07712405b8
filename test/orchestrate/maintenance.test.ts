import { beforeEach, describe, expect, it } from 'vitest';
import { activeAtLabel } from '../../src/orchestrate/index.js';
import { World } from '../support/orchestrate.js';

let world: World;
beforeEach(async () => {
  world = new World();
  await world.addNodes('n1', 'n2');
  await world.addService({ mode: { replicated: { replicas: 4 } } });
  await world.run(0);
});

const node = () => {
  const found = world.store.view((tx) => tx.nodes().get('n1'));
  if (!found) throw new Error('no n1');
  return found;
};
const labels = () => node().spec.annotations.labels;
const onN1 = () => world.running().filter(({ nodeId }) => nodeId === 'n1').length;

describe('the maintenance of a node', () => {
  it.each(['drain', 'pause'] as const)('ends a %s by itself at its time, and wakes the loop for it', async (how) => {
    await world.label('n1', { rack: 'a', [activeAtLabel]: new Date(world.now + 60_000).toISOString() });
    await world.setAvailability('n1', how);
    await world.run(59_999);
    expect(node().spec.availability).toBe(how);
    expect(onN1()).toBe(how === 'drain' ? 0 : 2);
    expect(world.wakeAt).toBeLessThanOrEqual(world.now + 1);
    await world.run(1);
    expect(node().spec.availability).toBe('active');
    expect(labels()).toEqual({ rack: 'a' });
  });

  it('ends when a person activates the node', async () => {
    await world.label('n1', { [activeAtLabel]: new Date(world.now + 60_000).toISOString() });
    await world.setAvailability('n1', 'drain');
    await world.run(1_000);
    await world.setAvailability('n1', 'active');
    await world.run(0);
    expect(labels()).toEqual({});
    await world.setAvailability('n1', 'drain');
    await world.run(120_000);
    expect(node().spec.availability).toBe('drain');
  });

  it('goes on for ever when its time cannot be read', async () => {
    await world.label('n1', { [activeAtLabel]: 'soon' });
    await world.setAvailability('n1', 'drain');
    await world.run(1_000_000);
    expect(node().spec.availability).toBe('drain');
    expect(labels()).toEqual({ [activeAtLabel]: 'soon' });
  });
});
