import type { Client } from '../../src/client/index.js';
import { type Service, specVersionOf } from '../../src/kinds/index.js';

/** Process that ends at once when it is told to. */
const command = ['sh', '-c', 'trap exit TERM; while :; do sleep 1000 & wait; done'];

/** A service as rows wish it. */
export interface Wish {
  /** Number of tasks; `global` is one on each node. */
  readonly replicas: number | 'global';
  readonly image?: string;
  readonly order?: 'stopFirst' | 'startFirst';
  /** Port that each node publishes for its task. */
  readonly hostPort?: number;
  readonly constraints?: readonly string[];
}

/** The services under which everything breaks: twelve tasks on three engines. */
export const standing: Readonly<Record<string, Wish>> = {
  web: { replicas: 5 },
  api: { replicas: 4, order: 'startFirst' },
  agent: { replicas: 'global' },
};

/** Services of a cluster, as a user changes them. */
export class Services {
  readonly #client: Client;
  #revision = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  async all(): Promise<readonly Service[]> {
    return (await this.#client.list('service')).objects;
  }

  async get(name: string): Promise<Service> {
    const { objects } = await this.#client.list('service', { names: [name] });
    const [found] = objects;
    if (!found) throw new Error(`service ${name} is not there`);
    return found;
  }

  async create(name: string, { replicas, image = 'busybox', order = 'stopFirst', hostPort, constraints = [] }: Wish) {
    const update = { parallelism: 1, delayMs: 200, monitorMs: 1_000, order };
    const ports =
      hostPort === undefined ? [] : [{ targetPort: 80, publishedPort: hostPort, publishMode: 'host' as const }];
    return this.#client.create('service', {
      spec: {
        annotations: { name },
        task: {
          container: { image, command, env: [this.#next()], stopGracePeriodMs: 5_000 },
          restart: { delayMs: 500 },
          placement: { constraints },
        },
        mode: replicas === 'global' ? { global: {} } : { replicated: { replicas } },
        update,
        rollback: update,
        endpoint: { ports },
      },
    });
  }

  /** Gives a service another environment: all its tasks are replaced. */
  async update(name: string): Promise<Service> {
    return this.#change(name, ({ spec }) => ({
      ...spec,
      task: {
        ...spec.task,
        ...(spec.task.container && { container: { ...spec.task.container, env: [this.#next()] } }),
      },
    }));
  }

  /** Lets the tasks of a service run anywhere. */
  async release(name: string): Promise<Service> {
    return this.#change(name, ({ spec }) => {
      const { placement: _placement, ...task } = spec.task;
      return { ...spec, task };
    });
  }

  async remove(name: string): Promise<void> {
    await this.#client.remove('service', (await this.get(name)).id);
  }

  async #change(name: string, change: (service: Service) => Service['spec']): Promise<Service> {
    const service = await this.get(name);
    return this.#client.update(
      'service',
      { ...service, spec: change(service) },
      { specVersion: specVersionOf(service) },
    );
  }

  #next(): string {
    return `REVISION=${++this.#revision}`;
  }
}
