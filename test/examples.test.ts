import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Cron } from '@nestjs/schedule';
import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../src/base/log.js';
import { cronOnce } from '../examples/cron-croner.js';
import { scheduleOnce } from '../examples/cron-node-cron.js';
import { visitsApp } from '../examples/embed-fastify.js';
import { REPLICA, SkepModule } from '../examples/embed-nest.js';
import { OnceModule } from '../examples/nest-schedule.js';
import { mailQueue, mails, sendMails, sent } from '../examples/work-queue.js';
import { freePort, until } from '../scripts/waiting.js';
import { Coordination } from '../src/coordination/index.js';
import type { OpenReplica } from '../src/daemon/open-replica.js';
import { OpenMembers } from './support/manager-open.js';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function members(kinds: NonNullable<Parameters<typeof OpenMembers.start>[1]>['kinds'] = []) {
  const opened = await OpenMembers.start(3, { kinds });
  ends.push(() => opened.close());
  const coordinations = opened.all.map((replica, i) => new Coordination({ replica, holder: `app-${i}` }));
  for (const one of coordinations) ends.push(() => one.close());
  return { opened, coordinations };
}

const every = '* * * * * *';

describe('the examples', () => {
  it.each([
    ['croner', cronOnce],
    ['node-cron', scheduleOnce],
  ])(
    'run a job of %s in one of three apps, and in another when that one ends',
    { timeout: 60_000 },
    async (_, once) => {
      const { coordinations } = await members();
      const ran: { app: number; token: number }[] = [];
      const jobs = coordinations.map((one, app) =>
        once(one, { name: 'job', pattern: every }, (token) => void ran.push({ app, token })),
      );
      await until('it ran twice', () => ran.length >= 2);
      expect(new Set(ran.map(({ app }) => app)).size).toBe(1);
      expect(jobs.filter(({ state }) => state === 'running')).toHaveLength(1);
      const first = ran[0] as (typeof ran)[number];
      await jobs[first.app]?.stop();
      await until('another one runs it', () => ran.some(({ app }) => app !== first.app));
      expect(ran.at(-1)?.token).toBeGreaterThan(first.token);
    },
  );

  it('run cron jobs of Nest in one of two instances', { timeout: 60_000 }, async () => {
    const { coordinations } = await members();
    const ran: string[] = [];
    const instance = async (name: string, coordination: Coordination) => {
      class Reports {
        report(): void {
          ran.push(name);
        }
      }
      // What @Cron(every, { name: 'report' }) does where decorators are turned on.
      const method = Object.getOwnPropertyDescriptor(Reports.prototype, 'report') as TypedPropertyDescriptor<unknown>;
      Cron(every, { name: 'report' })(Reports.prototype, 'report', method);
      class App {}
      Module({ imports: [OnceModule.forRoot(coordination, ['report'])], providers: [Reports] })(App);
      const app = await NestFactory.createApplicationContext(App, { logger: false });
      ends.push(() => app.close());
      return app;
    };
    const one = await instance('one', coordinations[0] as Coordination);
    await until('the first runs it', () => ran.length > 0);
    await instance('two', coordinations[1] as Coordination);
    const seen = ran.length;
    await until('it ran twice more', () => ran.length >= seen + 2);
    expect(new Set(ran)).toEqual(new Set(['one']));
    await one.close();
    await until('the second runs it', () => ran.includes('two'));
  });

  it('embed a member in each of three Fastify apps', { timeout: 60_000 }, async () => {
    const addrs = await Promise.all([1, 2, 3].map(async () => `127.0.0.1:${await freePort()}`));
    const apps = await Promise.all(
      addrs.map((listenAddr, i) =>
        visitsApp({ name: `app-${i}`, listenAddr, peers: addrs, heartbeatMs: 20, electionTimeoutMs: 200, logger: silentLogger }),
      ),
    ); // prettier-ignore
    for (const { app } of apps) ends.push(() => app.close());
    const posted = await Promise.all(
      Array.from({ length: 9 }, async (_, i) => apps[i % 3]?.app.inject({ method: 'POST', url: '/visits/home' })),
    );
    expect(posted.map((answer) => answer?.json<{ count: number }>().count).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const { app } of apps)
      await until('every app has it', async () => (await app.inject('/visits/home')).json().count === 9);
    await apps.find(({ replica }) => replica.isLeader)?.app.close();
    const left = apps.filter(({ replica }) => replica.store.queue.closed === false);
    const answer = await left[0]?.app.inject({ method: 'POST', url: '/visits/home' });
    expect(answer?.json()).toEqual({ count: 10 });
  });

  it('give a replica to the providers of Nest, and close it with the app', { timeout: 60_000 }, async () => {
    class App {}
    Module({ imports: [SkepModule.forRoot({ name: 'm1', logger: silentLogger })] })(App);
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    const replica = app.get<OpenReplica>(REPLICA);
    const leads = await app.get(Coordination).elect('x', (lead) => Promise.resolve(lead.epoch > 0));
    expect(leads).toBe(true);
    await app.close();
    expect(replica.store.queue.closed).toBe(true);
  });

  it('send each mail of a queue once, from all processes', { timeout: 60_000 }, async () => {
    const { opened, coordinations } = await members([mails, sent]);
    const tried: string[] = [];
    const queues = coordinations.map(mailQueue);
    for (const queue of queues)
      sendMails(queue, ({ to }) => {
        tried.push(to);
        return tried.length % 4 === 0 ? Promise.reject(new RangeError('busy')) : Promise.resolve();
      });
    for (let i = 0; i < 12; i++) await queues[i % 3]?.put({ to: `to-${i}`, text: 'hello' });
    const { store } = opened.all[0] as OpenReplica;
    await until('all are sent', () => store.view((tx) => tx.kind(sent).count()) === 12);
    expect(store.view((tx) => tx.kind(mails).count())).toBe(0);
    expect(tried.length).toBeGreaterThan(12);
  });
});
