import { expect } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { seededRandom } from '../../src/base/random.js';
import { ControlPasses } from '../../src/orchestrate/control/passes.js';
import { type Change, type Ports, step } from '../../src/orchestrate/index.js';
import { meetsPlacement, placeOnNodes } from '../../src/schedule/index.js';
import { watch } from '../../src/state/index.js';
import { World } from './orchestrate.js';

const passesMax = 60;

/** What the orchestrator uses of the scheduler, without memory. */
export const schedulerPorts: Omit<Ports, 'newId'> = { place: placeOnNodes, meets: meetsPlacement };

/** A world whose loop looks only at what has changed, as that of a leader does. */
export class LoopWorld extends World {
  #passes: ControlPasses | undefined;
  readonly errors: string[] = [];
  /** Asked before each write: true when it is refused. */
  refuse: (change: Change) => boolean = () => false;
  /** Happens between a pass and its writes. */
  meanwhile: () => Promise<void> = () => Promise.resolve();
  #subscription: { unsubscribe(): void } | undefined;
  readonly #seed: number;

  constructor(seed = 1) {
    super(seed);
    this.#seed = seed;
    Object.assign(this.ports, schedulerPorts);
    this.#begin();
  }

  get passes(): ControlPasses {
    if (!this.#passes) throw new Error('no leader');
    return this.#passes;
  }

  #begin(): void {
    this.#subscription?.unsubscribe();
    const logger = {
      ...silentLogger,
      error: (message: string, facts?: object) => void this.errors.push(`${message} ${JSON.stringify(facts)}`),
    };
    const passes = new ControlPasses({
      clock: this.clock,
      random: seededRandom(this.#seed + this.store.version),
      logger,
    });
    passes.begin();
    this.#passes = passes;
    this.#subscription = watch(this.store.queue, ...passes.events).subscribe((event) => passes.onEvent(event));
  }

  override async settle(): Promise<void> {
    for (let pass = 0; pass < passesMax; pass++) if ((await this.pass()) === 0) return;
    expect.fail(`${passesMax} passes and still something to do`);
  }

  override async pass(): Promise<number> {
    const { changes, wakeAt, more = false } = this.store.view((tx) => this.passes.pass(tx, this.now));
    this.wakeAt = wakeAt;
    for (const change of changes) if (change.kind === 'task') this.expectForward(change.object);
    const refused = new Set(changes.filter((change) => this.refuse(change)).map(this.passes.unitOf));
    const taken = changes.filter((change) => !refused.has(this.passes.unitOf(change)));
    const kept = taken.slice(0, this.cut());
    if (kept.length > 0) await this.meanwhile();
    if (kept.length > 0) await this.store.update((tx) => kept.forEach((change) => this.passes.apply(tx, change)));
    if (kept.length < taken.length) await this.changeLeader();
    else if (refused.size > 0) {
      const dropped = changes.filter((change) => !taken.includes(change));
      this.store.view((tx) => this.passes.onDropped(dropped, tx));
    }
    this.passes.onSettled(changes);
    return changes.length + Number(more);
  }

  override async changeLeader(): Promise<void> {
    await super.changeLeader();
    this.#begin();
  }

  /** A pass over the whole store finds nothing that the loop has overlooked, now or later. */
  expectComplete(): void {
    expect(this.errors).toEqual([]);
    const whole = this.store.view((tx) => step(tx, this.now, this.ports));
    expect(whole.changes).toEqual([]);
    expect(this.wakeAt ?? Infinity).toBeLessThanOrEqual(whole.wakeAt ?? Infinity);
  }
}
