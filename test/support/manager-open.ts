import { silentLogger } from '../../src/base/log.js';
import { type OpenReplica, openReplica, type OpenReplicaOptions } from '../../src/daemon/open-replica.js';
import { Channel, methodOf } from '../../src/rpc/index.js';
import { until } from './network-wait.js';

/** Members in this process that talk over real sockets. */
export class OpenMembers {
  readonly all: OpenReplica[] = [];
  readonly #channels: Channel[] = [];
  readonly #options: Partial<OpenReplicaOptions>;

  constructor(options: Partial<OpenReplicaOptions> = {}) {
    this.#options = { heartbeatMs: 20, electionTimeoutMs: 200, logger: silentLogger, ...options };
  }

  static async start(count: number, options: Partial<OpenReplicaOptions> = {}): Promise<OpenMembers> {
    const members = new OpenMembers(options);
    for (let i = 0; i < count; i++) await members.open(`m${i + 1}`);
    return members;
  }

  async open(name: string, options: Partial<OpenReplicaOptions> = {}): Promise<OpenReplica> {
    const [first] = this.all;
    const member = await openReplica({
      name,
      listenAddr: '127.0.0.1:0',
      ...this.#options,
      ...options,
      ...(first && { join: [first.addr] }),
    });
    this.all.push(member);
    return member;
  }

  get hosts(): string[] {
    return this.all.map(({ addr }) => addr);
  }

  async leader(): Promise<OpenReplica> {
    await until('there is a leader', () => this.all.some(({ isLeader }) => isLeader));
    return this.all.find(({ isLeader }) => isLeader) as OpenReplica;
  }

  async followers(): Promise<OpenReplica[]> {
    const leader = await this.leader();
    return this.all.filter((member) => member !== leader);
  }

  async follower(): Promise<OpenReplica> {
    const [follower] = await this.followers();
    if (!follower) throw new Error('there is no follower');
    return follower;
  }

  /** Ends one member. */
  async end(member: OpenReplica): Promise<void> {
    this.all.splice(this.all.indexOf(member), 1);
    await member.close();
  }

  /** A connection that is closed at the end. */
  channel(addr: string): Channel {
    const channel = new Channel(addr);
    this.#channels.push(channel);
    return channel;
  }

  async close(): Promise<void> {
    for (const channel of this.#channels) channel.close();
    await Promise.all(this.all.map((member) => member.close()));
  }
}

/** Calls one method of the API. */
export function call<Response>(
  channel: Channel,
  service: 'control' | 'membership',
  method: string,
  request: object,
  timeoutMs = 5_000,
): Promise<Response> {
  return channel.unary<object, Response>(methodOf(service, method), request, { timeoutMs });
}
