import type { Clock } from '../base/clock.js';
import type { Client } from '../client/index.js';
import type { SwarmCluster } from '../docker/index.js';
import type { LocalStatus } from '../replica/status.js';

/** Age at which the reachability of members is asked for again, milliseconds. */
const freshMs = 2_000;
/** Limit for that question, milliseconds. */
const askMs = 2_000;

/** Members of the cluster as this one knows them; whether they answer is asked of the leader from time to time. */
export class ClusterView {
  readonly #status: () => LocalStatus;
  readonly #client: Pick<Client, 'status'>;
  readonly #clock: Clock;
  #silent: ReadonlySet<string> = new Set();
  #askedAt = -Infinity;

  constructor(status: () => LocalStatus, client: Pick<Client, 'status'>, clock: Clock) {
    this.#status = status;
    this.#client = client;
    this.#clock = clock;
  }

  /** Returns what is known now, at once. */
  cluster(): SwarmCluster {
    if (this.#clock.monotonic() - this.#askedAt >= freshMs) this.#ask();
    const { clusterId, id: self, leader, members } = this.#status();
    return {
      id: clusterId,
      self: String(self),
      members: members.map(({ id, name, addrs }) => ({
        id: String(id),
        name,
        addr: addrs[0] ?? '',
        leader: leader?.id === id,
        reachable: !this.#silent.has(String(id)),
      })),
    };
  }

  #ask(): void {
    this.#askedAt = this.#clock.monotonic();
    this.#client.status({ signal: AbortSignal.timeout(askMs) }).then(
      ({ members }) => {
        this.#silent = new Set(members.filter(({ reachable }) => !reachable).map(({ id }) => id));
      },
      () => undefined, // what was known stays
    );
  }
}
