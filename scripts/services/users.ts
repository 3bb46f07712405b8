import { ApiWrites } from '../../src/api/writes.js';
import { rolledBack } from '../../src/cli/commands/service.js';
import {
  type DeepPartial,
  KindSet,
  type Service,
  type ServiceSpec,
  systemKinds,
  type Tx,
  type UpdateConfig,
} from '../../src/kinds/index.js';
import type { Chance } from '../../src/testing/chance.js';
import { noLoad, SimClient } from '../../src/testing/sim-client.js';
import type { SimClock } from '../../src/testing/sim-clock.js';
import type { SimCluster } from '../../src/testing/sim-cluster.js';

/** Mean time between two operations, ms. */
const meanMs = 6_000;
const servicesMax = 4;
const kinds = new KindSet(systemKinds);
const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };

type Operation = (tx: Tx) => void;

/** People who make, change and remove services, and drain nodes. */
export class Users {
  readonly counts = { create: 0, scale: 0, update: 0, badUpdate: 0, rollback: 0, remove: 0, drain: 0, activate: 0 };
  readonly load = noLoad();
  readonly #cluster: SimCluster;
  readonly #chance: Chance;
  readonly #client: SimClient;
  readonly #clock: Pick<SimClock, 'now'>;
  #stopped = false;
  #names = 0;

  constructor(cluster: SimCluster, chance: Chance, clock: Pick<SimClock, 'now'>) {
    this.#cluster = cluster;
    this.#chance = chance;
    this.#clock = clock;
    this.#client = new SimClient('user', cluster, chance, { counts: this.load, givesUp: 0 });
  }

  /** Does one thing after another until {@link stop}. */
  async live(): Promise<void> {
    await this.#do('create', this.#create());
    while (!this.#stopped && !this.#cluster.failure) {
      await this.#cluster.scheduler.sleep(this.#chance.exponential(meanMs));
      if (!this.#stopped) await this.#operate();
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Makes everything good again: all nodes take tasks, and every service has a spec whose containers run. */
  async repair(): Promise<void> {
    const good: Operation = (tx) => {
      const writes = new ApiWrites(tx, kinds);
      for (const node of tx.nodes().find())
        if (node.engine && node.spec.availability !== 'active')
          tx.nodes().update({ ...node, spec: { ...node.spec, availability: 'active' } });
      for (const service of tx.services().find()) {
        const { command = [], image } = service.spec.task.container ?? {};
        if (command[0] !== 'flaky' && image !== 'none:1') continue;
        const task = {
          ...service.spec.task,
          container: { ...service.spec.task.container, image: 'web:2', command: ['serve'] },
        };
        writes.update('service', { ...service, spec: { ...service.spec, task }, meta: noMeta } as never, {});
      }
      // A paused update stays as it is until somebody changes the service.
      for (const service of tx.services().find()) {
        const state = service.updateStatus?.state;
        if (state !== 'paused' && state !== 'rollbackPaused') continue;
        const annotations = service.spec.annotations;
        const labels = { ...annotations.labels, again: String(tx.version) };
        const container = { ...service.spec.task.container, labels: { again: String(tx.version) } };
        const spec = {
          ...service.spec,
          annotations: { ...annotations, labels },
          task: { ...service.spec.task, container },
        };
        writes.update('service', { ...service, spec, meta: noMeta } as never, {});
      }
      writes.finish();
    };
    while (!this.#cluster.failure && (await this.#client.write(good)) === undefined)
      await this.#cluster.scheduler.sleep(500);
  }

  async #operate(): Promise<void> {
    const drawn = this.#chance.between(1, 100);
    if (drawn <= 15) await this.#do('create', this.#create());
    else if (drawn <= 35) await this.#do('scale', this.#scale());
    else if (drawn <= 55) await this.#do('update', this.#update(`web:${this.#chance.between(1, 2)}`, 'serve'));
    else if (drawn <= 65)
      await this.#do(
        'badUpdate',
        this.#chance.happens(0.5) ? this.#update('web:2', 'flaky') : this.#update('none:1', 'serve'),
      );
    else if (drawn <= 72) await this.#do('rollback', this.#rollback());
    else if (drawn <= 80) await this.#do('remove', this.#remove());
    else if (drawn <= 90) await this.#do('drain', this.#availability(this.#chance.pick(['drain', 'pause'])));
    else await this.#do('activate', this.#availability('active'));
  }

  async #do(what: keyof Users['counts'], operation: Operation): Promise<void> {
    this.#cluster.note(`user: ${what}`);
    if ((await this.#client.write(operation)) !== undefined) this.counts[what]++;
  }

  #create(): Operation {
    const name = `s${++this.#names}`;
    const replicas = this.#chance.between(1, 6);
    const mode = this.#chance.happens(0.8) ? { replicated: { replicas } } : { global: {} };
    const update: Partial<UpdateConfig> = {
      parallelism: this.#chance.between(0, 2),
      delayMs: this.#chance.pick([0, 0, 500, 2_000]),
      monitorMs: this.#chance.pick([500, 3_000, 5_000]),
      failureAction: this.#chance.pick(['pause', 'continue', 'rollback']),
      order: this.#chance.pick(['stopFirst', 'startFirst']),
      maxFailureRatio: this.#chance.pick([0, 0.4]),
    };
    const restart = { condition: 'any' as const, delayMs: this.#chance.pick([500, 2_000, 5_000]) };
    const container = {
      image: 'web:1',
      command: [this.#chance.pick(['serve', 'serve', 'stubborn'])],
      stopGracePeriodMs: 1_000 * this.#chance.between(1, 5),
    };
    const spec: DeepPartial<ServiceSpec> = {
      annotations: { name },
      mode,
      update,
      rollback: update,
      task: { container, restart },
    };
    return (tx) => {
      if (tx.services().find().length >= servicesMax) return;
      const writes = new ApiWrites(tx, kinds);
      writes.create('service', { id: '', spec, meta: noMeta } as never);
      writes.finish();
    };
  }

  #scale(): Operation {
    const replicas = this.#chance.between(0, 8);
    return this.#change(({ spec, ...service }) =>
      'replicated' in spec.mode ? { ...service, spec: { ...spec, mode: { replicated: { replicas } } } } : undefined,
    );
  }

  #update(image: string, command: string): Operation {
    const args = command === 'flaky' ? [String(this.#chance.between(100, 4_000))] : [];
    return this.#change(({ spec, ...service }) => {
      const container = { ...spec.task.container, image, command: [command], args };
      return { ...service, spec: { ...spec, task: { ...spec.task, container } } } as Service;
    });
  }

  #rollback(): Operation {
    return this.#change((service) => (service.previousSpec ? rolledBack(service, this.#clock.now()) : undefined));
  }

  #remove(): Operation {
    const draw = this.#chance.between(0, 1_000);
    return (tx) => {
      const all = tx.services().find();
      const service = all[draw % Math.max(1, all.length)];
      if (service && all.length > 1) tx.services().delete(service.id);
    };
  }

  #availability(availability: 'active' | 'pause' | 'drain'): Operation {
    const draw = this.#chance.between(0, 1_000);
    return (tx) => {
      const all = tx
        .nodes()
        .find()
        .filter(({ engine, spec }) => engine && (availability === 'active') !== (spec.availability === 'active'));
      const node = all[draw % Math.max(1, all.length)];
      if (node) tx.nodes().update({ ...node, spec: { ...node.spec, availability } });
    };
  }

  #change(change: (service: Service) => Service | undefined): Operation {
    const draw = this.#chance.between(0, 1_000);
    return (tx) => {
      const all = tx.services().find();
      const service = all[draw % Math.max(1, all.length)];
      const next = service && change(service);
      if (!next) return;
      const writes = new ApiWrites(tx, kinds);
      writes.update('service', { ...next, meta: noMeta }, {});
      writes.finish();
    };
  }
}
