import { newId } from '../../src/base/ids.js';
import { systemRandom } from '../../src/base/random.js';
import { Client } from '../../src/client/index.js';
import { engineRoutesOf } from '../../src/daemon/engine-routes.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { engineDialer } from '../../src/fleet/engine/dial.js';
import { drivers, engines } from '../../src/kinds/index.js';
import { OpenMembers } from './manager-open.js';

/** Members in this process that drive engines: the store says which, as assignment would. */
export class EngineCluster {
  readonly members: OpenMembers;
  readonly #clients: Client[] = [];

  private constructor(members: OpenMembers) {
    this.members = members;
  }

  /** Starts members that all dial engines. */
  static async start(count = 1): Promise<EngineCluster> {
    const members = await OpenMembers.start(count);
    const cluster = new EngineCluster(members);
    for (const member of members.all) engineRoutesOf(member)?.dialWith(engineDialer());
    const leader = await members.leader();
    await leader.store.update((tx) => {
      for (const member of members.all)
        tx.kind(drivers).create({
          id: `driver-${member.status().name}`,
          member: String(member.status().id),
          name: member.status().name,
          addr: member.addr,
        });
    });
    return cluster;
  }

  /** Makes a node with an engine at an address, driven by the member of that name. The node's id. */
  async addEngine(name: string, addr: string, driver = 'm1'): Promise<string> {
    const leader = await this.members.leader();
    const nodeId = newId(systemRandom);
    await leader.store.update((tx) => {
      tx.nodes().create({ id: nodeId, description: { hostname: name }, status: { state: 'ready' } });
      tx.kind(engines).create({ id: `engine-${name}`, addr, nodeId, state: 'healthy', want: `driver-${driver}` });
    });
    await this.caughtUp();
    return nodeId;
  }

  /** All members hold what the leader has committed. */
  async caughtUp(): Promise<void> {
    for (const member of this.members.all) await member.linearizable(() => undefined);
  }

  /** A client of one member, closed at the end. */
  client(member: OpenReplica | undefined = this.members.all[0]): Client {
    const client = new Client({ hosts: [member?.addr ?? ''], timeoutMs: 10_000 });
    this.#clients.push(client);
    return client;
  }

  /** Connections to engines that all members carry. */
  get connections(): number {
    return this.members.all.reduce((sum, member) => sum + (engineRoutesOf(member)?.size ?? 0), 0);
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.members.close();
  }
}
