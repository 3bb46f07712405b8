/**
 * Jobs of `@nestjs/schedule` that run in exactly one of all instances of an app. Nest starts every cron job in every instance;
 * here they are registered stopped, and the singleton starts and stops them.
 */
import 'reflect-metadata';
import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { Coordination, type Singleton } from 'skep/coordination';

/** What `SchedulerRegistry` holds, as far as it is needed here. */
interface Job {
  start(): unknown;
  stop(): unknown;
}

/** Starts the named cron jobs where the singleton runs, and stops them where it does not. */
class OneInstanceOnly {
  #singleton: Singleton | undefined;

  constructor(
    private readonly registry: SchedulerRegistry,
    private readonly coordination: Coordination,
    private readonly names: readonly string[],
  ) {}

  /** Called by Nest when all cron jobs are registered. */
  onApplicationBootstrap(): void {
    const jobs = () => this.names.map((name): Job => this.registry.getCronJob(name));
    for (const job of jobs()) job.stop();
    this.#singleton = this.coordination.singleton('cron-jobs', () => {
      for (const job of jobs()) job.start();
      return () => jobs().forEach((job) => job.stop());
    });
  }

  /** Called by Nest at the end: another instance takes over at once. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.#singleton?.stop();
  }
}

/** The module of an app: `OnceModule.forRoot(coordination, ['report'])`. */
export class OnceModule {
  static forRoot(coordination: Coordination, names: readonly string[]): DynamicModule {
    return {
      module: OnceModule,
      imports: [ScheduleModule.forRoot()],
      providers: [
        {
          provide: OneInstanceOnly,
          useFactory: (registry: SchedulerRegistry) => new OneInstanceOnly(registry, coordination, names),
          inject: [SchedulerRegistry],
        },
      ],
    };
  }
}
Module({})(OnceModule);
