/** A member of the cluster as a provider of Nest: it closes with the app. */
import 'reflect-metadata';
import { type DynamicModule, Module } from '@nestjs/common';
import { type OpenReplica, openReplica, type OpenReplicaOptions } from 'skep';
import { Coordination } from 'skep/coordination';

/** Token of the replica, for `@Inject(REPLICA)`. */
export const REPLICA = Symbol('replica');

/** Closes what the module opened. */
class Closing {
  constructor(
    private readonly replica: OpenReplica,
    private readonly coordination: Coordination,
  ) {}

  /** Called by Nest when the app ends. */
  async onApplicationShutdown(): Promise<void> {
    await this.coordination.close();
    await this.replica.close();
  }
}

/** The module: `SkepModule.forRoot({ name, listenAddr, peers })` gives `REPLICA` and `Coordination`. */
export class SkepModule {
  static forRoot(options: OpenReplicaOptions): DynamicModule {
    return {
      module: SkepModule,
      global: true,
      providers: [
        { provide: REPLICA, useFactory: () => openReplica(options) },
        {
          provide: Coordination,
          useFactory: (replica: OpenReplica) => new Coordination({ replica }),
          inject: [REPLICA],
        },
        {
          provide: Closing,
          useFactory: (replica: OpenReplica, coordination: Coordination) => new Closing(replica, coordination),
          inject: [REPLICA, Coordination],
        },
      ],
      exports: [REPLICA, Coordination],
    };
  }
}
Module({})(SkepModule);
