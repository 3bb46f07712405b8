import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Logger, silentLogger } from '../../src/base/log.js';
import { type Random, seededRandom } from '../../src/base/random.js';
import { Formation, type Formed } from '../../src/daemon/formation.js';
import { type FormationRecord, type Genesis, normalPeers } from '../../src/replica/index.js';
import { Scheduler } from '../../src/testing/scheduler.js';
import { SimClock } from '../../src/testing/sim-clock.js';

/** What a process knows of a cluster: nothing, that it began with it, or that there is one. */
interface Fate {
  readonly formed: Formed;
  readonly id: number;
}

/** Members that form a cluster in virtual time. What is on their disks outlives their processes. */
class Town {
  readonly scheduler = new Scheduler();
  readonly fates: Fate[] = [];
  readonly #disks = new Map<string, { id: number; record: FormationRecord; formed: boolean }>();
  readonly #running = new Map<string, { formation: Formation; clock: SimClock }>();
  readonly #cut = new Set<string>();
  readonly #random: Random;
  readonly #peers: readonly string[];
  readonly #logger: Logger;
  loss = 0;
  #ids = 0;

  constructor(peers: readonly string[], seed = 1, logger: Logger = silentLogger) {
    this.#peers = peers;
    this.#random = seededRandom(seed);
    this.#logger = logger;
  }

  start(addr: string, peers = this.#peers): Promise<Fate> {
    const disk = this.#disks.get(addr) ?? { id: 1000 - ++this.#ids, record: {}, formed: false };
    this.#disks.set(addr, disk);
    const clock = new SimClock(this.scheduler);
    const formation: Formation = new Formation({
      self: () => ({ id: disk.id, name: addr, addrs: [addr] }),
      peers: normalPeers(peers),
      record: disk.record,
      formed: disk.formed,
      write: async (record) => {
        await this.#delay();
        if (!clock.dead) disk.record = record;
      },
      ask: async (to, request) => {
        const lost = this.#cut.has(`${addr} ${to}`) || this.#random(100) < this.loss;
        await this.#delay();
        const there = this.#running.get(to);
        if (!there || lost) throw new Error('nobody answers');
        const answer = await there.formation.answer(request);
        if (there.clock.dead || this.#random(100) < this.loss) throw new Error('the answer was lost');
        await this.#delay();
        return answer;
      },
      clock,
      random: this.#random,
      logger: this.#logger,
    });
    this.#running.set(addr, { formation, clock });
    return formation.run().then(async (formed) => {
      if (clock.dead) throw new Error('it was killed');
      disk.formed = true;
      await formation.settle(formed.do === 'begin' ? formed.genesis : undefined);
      const fate = { formed, id: disk.id };
      this.fates.push(fate);
      return fate;
    });
  }

  crash(addr: string): void {
    const running = this.#running.get(addr);
    if (!running) return;
    running.clock.kill();
    this.#running.delete(addr);
  }

  wipe(addr: string): void {
    this.crash(addr);
    this.#disks.delete(addr);
  }

  /** In one direction. */
  cut(from: string, to: string): void {
    this.#cut.add(`${from} ${to}`);
  }

  heal(): void {
    this.#cut.clear();
    this.loss = 0;
  }

  idOf(addr: string): number | undefined {
    return this.#disks.get(addr)?.id;
  }

  get begun(): Genesis[] {
    return this.fates.flatMap(({ formed }) => (formed.do === 'begin' ? [formed.genesis] : []));
  }

  /** Of how many clusters anybody has heard. */
  get clusters(): number {
    return new Set(this.begun.map(({ clusterId }) => clusterId)).size;
  }

  async pass(ms: number): Promise<void> {
    await this.scheduler.run(ms);
  }

  #delay = () => this.scheduler.sleep(1 + this.#random(20));
}

const three = ['a:1', 'b:1', 'c:1'];

describe('members with the same peers', () => {
  it('begin one cluster together, all of them its first voters, whatever the order of their lists', async () => {
    const town = new Town(three);
    const fates = [
      town.start('a:1', three),
      town.start('b:1', three.toReversed()),
      town.start('c:1', ['c:1', 'a:1', 'b:1', 'a:1']),
    ];
    await town.pass(5_000);
    const founders = await Promise.all(fates);
    expect(founders.map(({ formed }) => formed.do)).toEqual(['begin', 'begin', 'begin']);
    expect(town.clusters).toBe(1);
    expect(town.begun[0]?.members.map(({ name }) => name).sort()).toEqual(three);
  });

  it('wait for a majority, say who is missing, and begin without the rest', async () => {
    const said: unknown[] = [];
    const at = (level: string) => (text: string, about?: object) => void said.push([level, text, about]);
    const logger = { ...silentLogger, info: at('info'), warn: at('warn') };
    const town = new Town(three, 1, logger);
    const first = town.start('b:1');
    await town.pass(60_000);
    expect(town.fates).toEqual([]);
    // The others may be a moment late. When they are not there after that, the default log of a library shows it.
    const facts = { answering: '1 of 3', missing: 'a:1, c:1' };
    expect(said.slice(0, 3)).toEqual(
      ['info', 'warn', 'warn'].map((level) => [level, 'waiting for a majority of the peers', facts]),
    );
    expect(said.length).toBeLessThan(10);
    const second = town.start('c:1');
    await town.pass(20_000);
    expect((await first).formed.do).toBe('begin');
    expect((await second).formed.do).toBe('begin');
    expect(town.begun[0]?.members.map(({ name }) => name).sort()).toEqual(['b:1', 'c:1']);
    expect(town.clusters).toBe(1);
    const late = town.start('a:1');
    await town.pass(5_000);
    expect((await late).formed).toEqual({ do: 'join' });
  });

  it('that have lost their disk find the cluster, and join it under a new id', async () => {
    const town = new Town(three);
    for (const addr of three) void town.start(addr);
    await town.pass(5_000);
    const before = town.idOf('a:1');
    town.wipe('a:1');
    const again = town.start('a:1');
    await town.pass(5_000);
    expect((await again).formed).toEqual({ do: 'join' });
    expect(town.idOf('a:1')).not.toBe(before);
    expect(town.clusters).toBe(1);
  });

  it('that crash when all is agreed, before they know, begin with what was agreed', async () => {
    const town = new Town(three);
    town.cut('c:1', 'a:1');
    town.cut('c:1', 'b:1');
    for (const addr of three) void town.start(addr).catch(() => undefined);
    await town.pass(4_000);
    town.crash('c:1');
    town.heal();
    const late = town.start('c:1');
    await town.pass(5_000);
    const { formed } = await late;
    expect(formed.do).toBe('begin');
    expect(town.clusters).toBe(1);
  });

  it('write down what they promise before they say so, and keep to it when they start again', async () => {
    let written: FormationRecord = {};
    const open = (record: FormationRecord) =>
      new Formation({
        self: () => ({ id: 7, name: 'a:1', addrs: ['a:1'] }),
        peers: three,
        record,
        formed: false,
        write: (next) => Promise.resolve().then(() => void (written = next)),
        ask: () => Promise.reject(new Error('nobody answers')),
        clock: new SimClock(new Scheduler()),
        random: seededRandom(1),
        logger: silentLogger,
      });
    const ask = (round: number) => ({
      member: { id: 9, name: 'b:1', addrs: [] },
      peers: three,
      ballot: { round, by: 9 },
    });
    expect((await open({}).answer(ask(5))).granted).toBe(true);
    expect(written.promised).toEqual({ round: 5, by: 9 });
    expect((await open(written).answer(ask(4))).granted).toBe(false);
    expect((await open(written).answer(ask(6))).granted).toBe(true);
    await expect(open({}).answer(ask(Number.MAX_SAFE_INTEGER))).rejects.toMatchObject({ code: 'INVALID_OBJECT' });
    const genesis = { clusterId: 'c', lineage: 'l', members: [] };
    await expect(open({}).answer({ ...ask(5), genesis })).rejects.toMatchObject({ code: 'INVALID_OBJECT' });
  });

  it('are told when their lists differ, and begin nothing', async () => {
    const said: string[] = [];
    const logger = { ...silentLogger, warn: (_: string, about?: object) => void said.push(JSON.stringify(about)) };
    const town = new Town(three, 1, logger);
    void town.start('a:1');
    void town.start('b:1', ['a:1', 'b:1']);
    await town.pass(10_000);
    expect(town.fates).toEqual([]);
    expect(said.join()).toContain(
      'PEERS_DIFFER: b:1 was started with other peers than a:1 (a:1, b:1, and a:1, b:1, c:1)',
    );
  });

  it('are told when the list does not name them', async () => {
    const town = new Town(three);
    for (const from of three) for (const to of three) if (from !== to) town.cut(from, to);
    for (const addr of three) void town.start(addr);
    const stranger = town.start('d:1').catch((error: unknown) => error);
    await town.pass(2_000);
    expect(await stranger).toMatchObject({
      code: 'PEERS_DIFFER',
      message: expect.stringMatching(/none of the peers a:1, b:1, c:1 is d:1 .* the list names every member/) as string,
    });
  });

  it('never begin two clusters, whatever is lost, cut, late or killed, and all end in one', async () => {
    const step = fc.record({
      what: fc.constantFrom('restart', 'crash', 'start', 'cut', 'cut', 'cut', 'heal', 'loss'),
      who: fc.nat(4),
      other: fc.nat(4),
      afterMs: fc.nat(2_500),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.constantFrom(3, 5),
        fc.array(step, { minLength: 20, maxLength: 60 }),
        async (seed, n, steps) => {
          const peers = ['a:1', 'b:1', 'c:1', 'd:1', 'e:1'].slice(0, n);
          const town = new Town(peers, seed);
          const up = new Set<string>();
          const start = (addr: string) => {
            if (up.has(addr)) return;
            up.add(addr);
            void town.start(addr).catch(() => undefined);
          };
          town.loss = 15;
          for (const addr of peers) start(addr);
          for (const { what, who, other, afterMs } of steps) {
            const addr = peers[who % n] as string;
            if (what === 'start') start(addr);
            else if (what === 'crash') {
              town.crash(addr);
              up.delete(addr);
            } else if (what === 'cut') town.cut(addr, peers[other % n] as string);
            else if (what === 'heal') town.heal();
            else town.loss = 30;
            await town.pass(afterMs);
            expect(town.clusters).toBeLessThanOrEqual(1);
          }
          town.heal();
          for (const addr of peers) start(addr);
          await town.pass(90_000);
          expect(town.clusters).toBe(1);
          expect(new Set(town.fates.map(({ id }) => id)).size).toBe(n);
        },
      ),
      { numRuns: 200 },
    );
  });
});
