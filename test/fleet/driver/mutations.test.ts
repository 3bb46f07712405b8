import { expect, it } from 'vitest';
import { Mutations } from '../../../src/fleet/driver/mutations.js';
import type { DockerClient } from '../../../src/fleet/index.js';

it.each(['change', 'stop', 'unlimited'] as const)(
  'sends no %s when the lock is over and its signal is late',
  async (sort) => {
    // A process that was paused goes on with an answer before its timers run.
    let holds = true;
    let sent = 0;
    const mutations = new Mutations({} as DockerClient, new AbortController().signal, () => holds);
    const send = () => Promise.resolve(++sent);
    await mutations[sort](send);
    holds = false;
    await expect(mutations[sort](send)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(sent).toBe(1);
  },
);
