import type { Replica } from '../replica/index.js';
import type { Dialing } from '../rpc/index.js';
import type { LeaderLog } from './leader-log.js';
import type { MemberMeter } from './metrics/meter.js';

/** Member that the HTTP endpoint shows. */
export interface ShownMember {
  readonly replica: Replica;
  readonly dialing: Dialing | undefined;
  readonly leaders: LeaderLog;
  readonly meter: MemberMeter;
}
