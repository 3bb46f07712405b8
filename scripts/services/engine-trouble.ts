import { taskLabel } from '../../src/fleet/driver/labels.js';
import type { Chance } from '../../src/testing/chance.js';
import type { SimCluster } from '../../src/testing/sim-cluster.js';
import type { ServiceInvariants } from './service-invariants.js';
import type { SimEngine } from './sim-engine.js';

/** Kinds of trouble that engines may have. */
export const engineFaultKinds = ['hang', 'kill', 'slow', 'cut', 'answers', 'death', 'removal'] as const;
export type EngineFaultKind = (typeof engineFaultKinds)[number];

/** Counts of the trouble that the engines of a run have had. */
export type EngineTroubleCounts = Record<EngineFaultKind, number>;

/** Mean time between two faults of a kind, ms. */
const meanMs: Readonly<Record<EngineFaultKind, number>> = {
  hang: 30_000,
  kill: 30_000,
  slow: 25_000,
  cut: 20_000,
  answers: Infinity, // a chance of every call
  death: 10_000,
  removal: 25_000,
};

/** Faults of engines and of the ways to them. */
export class EngineTrouble {
  readonly counts: EngineTroubleCounts = { hang: 0, kill: 0, slow: 0, cut: 0, answers: 0, death: 0, removal: 0 };
  readonly #cluster: SimCluster;
  readonly #engines: readonly SimEngine[];
  readonly #chance: Chance;
  readonly #invariants: ServiceInvariants;
  #stopped = false;

  constructor(cluster: SimCluster, engines: readonly SimEngine[], chance: Chance, invariants: ServiceInvariants) {
    this.#cluster = cluster;
    this.#engines = engines;
    this.#chance = chance;
    this.#invariants = invariants;
  }

  start(kinds: readonly EngineFaultKind[]): void {
    const happen: Readonly<Record<EngineFaultKind, (engine: SimEngine) => void>> = {
      hang: (engine) => this.#hang(engine),
      kill: (engine) => this.#kill(engine),
      slow: (engine) => this.#slow(engine),
      cut: (engine) => this.#cut(engine),
      answers: () => undefined,
      death: (engine) => this.#death(engine),
      removal: (engine) => this.#removal(engine),
    };
    for (const kind of engineFaultKinds) {
      const drawn = this.#chance.happens(0.7);
      if (!kinds.includes(kind) || !drawn || meanMs[kind] === Infinity) continue;
      const again = () => {
        if (this.#stopped) return;
        happen[kind](this.#chance.pick(this.#engines));
        this.#after(this.#chance.exponential(meanMs[kind]), again);
      };
      this.#after(this.#chance.exponential(meanMs[kind]), again);
    }
  }

  /** Ends all faults. */
  stop(): void {
    this.#stopped = true;
    for (const engine of this.#engines) {
      engine.slowMs = 0;
      engine.resume();
      engine.comeBack();
      engine.heal();
    }
  }

  #hang(engine: SimEngine): void {
    if (engine.state !== 'up') return;
    this.#begin('hang', engine);
    engine.hang();
    this.#after(this.#duration(), () => engine.resume());
  }

  #kill(engine: SimEngine): void {
    if (engine.state !== 'up') return;
    this.#begin('kill', engine);
    engine.kill();
    this.#after(this.#duration(), () => engine.comeBack());
  }

  #slow(engine: SimEngine): void {
    this.#begin('slow', engine);
    engine.slowMs = this.#chance.between(50, 3_000);
    this.#after(this.#duration(), () => (engine.slowMs = 0));
  }

  /** Cuts the way from one manager, or from all, to one engine or to most. */
  #cut(engine: SimEngine): void {
    this.#begin('cut', engine);
    const { members } = this.#cluster;
    const from = this.#chance.happens(0.5) ? members : [this.#chance.pick(members)];
    const to = this.#chance.happens(0.2) ? this.#engines.slice(1) : [engine];
    for (const one of to) for (const { info } of from) one.cut(info.id);
    this.#after(this.#duration(), () => to.forEach((one) => one.heal()));
  }

  /** The process of a container dies. */
  #death(engine: SimEngine): void {
    const running = [...engine.model.containers.all].filter(
      ({ running: runs, labels }) => runs && this.#invariants.task(labels[taskLabel] ?? ''),
    );
    if (running.length === 0 || engine.state !== 'up') return;
    this.#begin('death', engine);
    engine.model.containers.kill(this.#chance.pick(running).id, 'SIGKILL');
  }

  /** Somebody removes a container of a task by hand. */
  #removal(engine: SimEngine): void {
    const known = [...engine.model.containers.all].filter(
      ({ running, labels }) => running && this.#invariants.task(labels[taskLabel] ?? '')?.status.state === 'running',
    );
    if (known.length === 0 || engine.state !== 'up') return;
    this.#begin('removal', engine);
    engine.model.containers.remove(this.#chance.pick(known).id, { force: true, volumes: false });
  }

  #begin(kind: EngineFaultKind, engine: SimEngine): void {
    this.counts[kind]++;
    this.#cluster.note(`engine ${engine.address}: ${kind}`);
  }

  #duration(): number {
    return this.#chance.happens(0.3) ? this.#chance.between(10_000, 45_000) : this.#chance.between(100, 8_000);
  }

  #after(ms: number, run: () => void): void {
    this.#cluster.scheduler.schedule(ms, () => {
      if (!this.#stopped) run();
    });
  }
}
