import { newMemberId } from '../../base/ids.js';
import { systemRandom } from '../../base/random.js';
import { MemoryDisk } from '../../disk/index.js';
import type { FormationRecord } from '../../replica/index.js';
import type { Home } from '../home.js';

/** Home of a member in memory, which outlasts it: a member that was killed is revived with what it had. */
export class MemoryHome implements Home {
  readonly disk = new MemoryDisk();
  readonly memberId = newMemberId(systemRandom);
  formation: FormationRecord = {};
  #state: Home['state'];

  /** `member`: a snapshot of the cluster that it begins is on the disk already. */
  constructor(state: 'joining' | 'member') {
    this.#state = state;
  }

  get state(): Home['state'] {
    return this.#state;
  }

  writeFormation(record: FormationRecord): Promise<void> {
    this.formation = record;
    return Promise.resolve();
  }

  settle(state: 'creating' | 'joining' | 'member' = 'member'): Promise<void> {
    this.#state = state === 'creating' ? 'new' : state;
    return Promise.resolve();
  }
}
