/**
 * One instance of an application that embeds a member, as users write it: a singleton, workers of a queue and a controller.
 * `node app.mjs NAME ADDR PEERS DIR`; prints `ready`, and a line for each late write that was refused.
 */
import process from 'node:process';
import { isStoreError, openReplica } from 'skep';
import { Coordination, reconcile } from 'skep/coordination';
import * as kinds from './kinds.js';

const [name = '', listenAddr = '', peers = '', dataDir = ''] = process.argv.slice(2);
const { finished, jobs, makings, steps, wishes } = kinds;
const nothing = () => undefined;
const quiet = { debug: nothing, info: nothing, warn: nothing, error: console.error };
const replica = await openReplica({
  ...{ name, listenAddr, peers: peers.split(','), dataDir, kinds: Object.values(kinds), logger: quiet },
});
const coordination = new Coordination({ replica, holder: name });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

coordination.singleton(
  'stepper',
  async ({ signal, token, update }) => {
    console.log(`runs ${token}`);
    for (let n = 0; !signal.aborted; n++) {
      try {
        await update((tx) => tx.kind(steps).create({ id: `${token}-${n}`, token, by: name }));
      } catch (error) {
        // Another run has begun: the store refused this one.
        if (isStoreError(error, 'LEASE_LOST')) return console.log(`refused ${token}`);
        if (!isStoreError(error)) throw error;
      }
      await pause(20);
    }
  },
  { ttlMs: 2_000, backoff: { firstMs: 100, mostMs: 500 }, logger: quiet },
);

const queue = coordination.queue(jobs, { ttlMs: 2_000, attempts: 1_000 });
async function work() {
  for (;;) {
    try {
      const claim = await queue.claim();
      await pause(20);
      const note = { job: claim.item.id, by: name, attempt: claim.attempt };
      // Two finishes of one job would be two notes, so nothing hides the second one.
      await claim.finish((tx) => tx.kind(finished).create({ id: `${claim.item.id}@${claim.token}`, ...note }));
    } catch (error) {
      if (!isStoreError(error)) throw error;
      if (error.code === 'LEASE_LOST') console.log('refused a late finish');
      await pause(50);
    }
  }
}
void work();
void work();

reconcile(
  wishes,
  { replica, workers: 2, backoff: { firstMs: 20, mostMs: 500 }, logger: quiet },
  async ({ key, update }) => {
    await update((tx) => {
      const wish = tx.kind(wishes).get(key);
      const made = tx.kind(makings).get(key);
      if (!wish || made?.n === wish.n) return;
      if (made) tx.kind(makings).update({ ...made, n: wish.n, by: name });
      else tx.kind(makings).create({ id: key, n: wish.n, by: name });
    });
  },
);
console.log('ready');
