import type {
  CatalogBackend,
  CatalogSession,
  CatalogSnapshot,
  CatalogTell,
  InstanceRecord,
} from '../../src/catalog/index.js';

/** A backend that counts what it is asked, and can lose a session behind the back of its agent. */
export class Spied implements CatalogBackend {
  puts = 0;
  renewals = 0;
  #session: CatalogSession | undefined;

  constructor(private readonly backend: CatalogBackend) {}

  async open(agentId: string, ttlMs: number): Promise<CatalogSession> {
    const session = await this.backend.open(agentId, ttlMs);
    this.#session = session;
    return {
      put: (instances: readonly InstanceRecord[]) => {
        this.puts++;
        return session.put(instances);
      },
      remove: (ids) => session.remove(ids),
      renew: () => {
        this.renewals++;
        return session.renew();
      },
      close: () => session.close(),
    };
  }

  list(): Promise<CatalogSnapshot> {
    return this.backend.list();
  }

  watch(tell: CatalogTell, signal: AbortSignal): void {
    this.backend.watch(tell, signal);
  }

  async loseSession(): Promise<void> {
    await this.#session?.close();
  }
}

/** What a watch told. */
export class Told {
  readonly snapshots: CatalogSnapshot[] = [];
  readonly errors: unknown[] = [];
  readonly #stop = new AbortController();

  constructor(backend: CatalogBackend) {
    const tell: CatalogTell = {
      snapshot: (snapshot) => this.snapshots.push(snapshot),
      error: (error) => this.errors.push(error),
    };
    backend.watch(tell, this.#stop.signal);
  }

  get last(): CatalogSnapshot | undefined {
    return this.snapshots.at(-1);
  }

  /** The newest snapshot as text: `agent/id`, with a `?` behind who is lost. */
  get list(): string | undefined {
    return this.last
      ?.map(({ agentId, id, lost }) => `${agentId}/${id}${lost ? '?' : ''}`)
      .sort()
      .join(' ');
  }

  stop(): void {
    this.#stop.abort();
  }
}
