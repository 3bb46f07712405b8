import { joinHostPort } from '../base/host-port.js';
import type { PublishedInstance } from './backend.js';
import type { Health } from './health.js';

/** One instance of a service, as an agent shows it. Frozen; what changed is another one. */
export class Instance {
  /** Registered by the agent that shows it. */
  readonly local: boolean;
  /** Identity of the instance. */
  readonly id: string;
  /** Name of the service. */
  readonly name: string;
  /** Host name or address. */
  readonly host: string;
  /** Port, 0 to 65535. */
  readonly port: number;
  /** Words by which users choose instances. */
  readonly tags: readonly string[];
  /** Free texts by key. */
  readonly meta: Readonly<Record<string, string>>;
  /** Share of the traffic compared with other instances. */
  readonly weight: number;
  /** Worst result of its checks. */
  readonly health: Health;
  /** Not renewed for longer than its TTL, like most of the others: it may be there or not. */
  readonly lost: boolean;

  constructor(published: PublishedInstance, agentId: string) {
    this.local = published.agentId === agentId;
    this.id = published.id;
    this.name = published.name;
    this.host = published.host;
    this.port = published.port;
    this.tags = published.tags;
    this.meta = published.meta;
    this.weight = published.weight;
    this.health = published.health;
    this.lost = published.lost;
    Object.freeze(this);
  }

  /** `host:port`, with brackets around an IPv6 address. */
  addr(): string {
    return joinHostPort(this.host, this.port);
  }
}

/** Is every one of `tags` among the instance's? Order and repeats mean nothing; no tags are among any. */
export function hasTags(instance: { readonly tags: readonly string[] }, tags: readonly string[]): boolean {
  return tags.every((tag) => instance.tags.includes(tag));
}
