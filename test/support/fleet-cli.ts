import { expect } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import type { Service, Task } from '../../src/kinds/index.js';
import { Folder, openMember, type Ran, type RunOptions, skep } from './cli-run.js';
import { until } from './network-wait.js';
import { PretendFleet } from './pretend-fleet.js';

/** A member with a pretend fleet, and command lines that ask it. */
export class FleetCli {
  private constructor(
    readonly member: OpenReplica,
    readonly fleet: PretendFleet,
    readonly folder: Folder,
  ) {}

  static async open(): Promise<FleetCli> {
    const member = await openMember();
    return new FleetCli(member, new PretendFleet(member.store), await Folder.make());
  }

  async close(): Promise<void> {
    await this.fleet.close();
    await this.member.close();
    await this.folder.remove();
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return skep(['--host', this.member.addr ?? '', ...args], { clock: this.fleet.clock, ...options });
  }

  readonly on = (...args: string[]): Promise<Ran> => this.run(args);

  /** Applies a file and waits until its tasks run. */
  async apply(text: string, stack = 'shop', ...more: string[]): Promise<Ran> {
    const file = await this.folder.write(`${stack}.yaml`, text);
    const ran = await this.on('apply', file, '--stack', stack, ...more);
    expect(ran).toMatchObject({ code: 0 });
    return ran;
  }

  service(name: string): Service {
    const found = this.member.store.view((tx) => tx.services().find());
    const service = found.find(({ spec }) => spec.annotations.name === name);
    if (!service) throw new Error(`there is no service ${name}`);
    return service;
  }

  serviceNames(): string[] {
    const found = this.member.store.view((tx) => tx.services().find());
    return found.map(({ spec }) => spec.annotations.name).sort();
  }

  /** The tasks of a service that run, each as the node that it is on. */
  running(name: string): Task[] {
    return this.fleet
      .tasks()
      .filter(({ serviceAnnotations, status }) => serviceAnnotations.name === name && status.state === 'running');
  }

  async untilRunning(name: string, count: number): Promise<void> {
    await until(`${name} runs ${count}`, () => this.running(name).length === count);
  }
}

/** The lines of a table, cells separated by bars. */
export function rows(text: string): string[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().replace(/ {2,}/g, ' | '));
}
