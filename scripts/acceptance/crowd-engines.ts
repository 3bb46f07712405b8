/** Fake engines in a process of their own, which its parent asks about their containers. */
import process from 'node:process';
import { type FakeEngineServer, openFakeEngine } from '../../src/testing/fake-engine/index.js';
import type { CrowdAnswer, CrowdQuestion } from './crowd.js';

const servers: FakeEngineServer[] = [];

async function answer({ open, lives = false }: CrowdQuestion): Promise<CrowdAnswer> {
  if (open)
    for (let at = open.from; at < open.to; at++)
      servers.push(await openFakeEngine({ name: `node-${at}`, cpus: 64, memory: 2 ** 38, images: ['busybox:latest'] }));
  const all = servers.flatMap(({ model }) => [...model.containers.all]);
  const running = all.filter(({ state }) => state === 'running');
  return {
    addresses: servers.map(({ address }) => address),
    containers: all.length,
    running: running.length,
    lives: !lives ? [] : running.map(({ id, started }) => `${id} ${started}`),
  };
}

process.on('message', (question: CrowdQuestion) => void answer(question).then((found) => process.send?.(found)));
process.on('disconnect', () => process.exit(0));
