import { sleep } from '../../src/base/clock.js';
import { silentLogger } from '../../src/base/log.js';
import { DriverSession, fleetLoop } from '../../src/fleet/assign/index.js';
import { confirmGoneBy, EngineDriver } from '../../src/fleet/driver/index.js';
import type { DockerClient } from '../../src/fleet/engine/docker-client.js';
import { openControlLoop } from '../../src/orchestrate/control/control-loop.js';
import type { Replica } from '../../src/replica/index.js';
import type { Chance } from '../../src/testing/chance.js';
import type { SimCluster } from '../../src/testing/sim-cluster.js';
import type { SimMember } from '../../src/testing/sim-member.js';
import { SimEngineLink } from './engine-link.js';
import { MemberClient } from './member-client.js';
import type { SimEngine, SimRequest } from './sim-engine.js';

/** A process of a member that is a manager, as invariants see it. */
export interface ManagerProcess {
  readonly name: string;
  readonly member: number;
  readonly replica: Replica;
  /** Leases that it was given. */
  readonly leases: ReadonlySet<string>;
  /** Tasks that a read of everything committed did not find. */
  readonly confirmedGone: ReadonlySet<string>;
}

/** Settings of {@link startManager}. */
export interface ManagerOptions {
  readonly cluster: SimCluster;
  readonly member: SimMember;
  readonly replica: Replica;
  readonly engines: readonly SimEngine[];
  readonly chance: Chance;
  /** Called right before a request to an engine leaves. */
  readonly onSend: (process: ManagerProcess, engine: SimEngine, request: SimRequest) => void;
}

/** Starts the work of a manager in a process of a member: the loops of a leader, and the session that drives engines. */
export function startManager(options: ManagerOptions): void {
  const { cluster, member, replica, engines, chance, onSend } = options;
  const { clock, info } = member;
  const { store } = replica;
  const { random } = chance;
  const logger = silentLogger;
  const client = new MemberClient({ cluster, member, replica, chance });
  const confirmedGone = new Set<string>();
  const process: ManagerProcess = { name: info.name, member: info.id, replica, leases: client.leases, confirmedGone };
  const confirmGone = async (ids: readonly string[]) => {
    let asked = false;
    const linearizable: Replica['linearizable'] = (read) => {
      asked = true;
      return replica.linearizable(read);
    };
    const gone = await confirmGoneBy({ linearizable })(ids);
    if (asked) for (const id of gone) confirmedGone.add(id);
    return gone;
  };
  const ports = { store, leadership: replica, clock, logger };
  const members = () => {
    const { members: all, leader } = replica.status();
    return all.map(({ id, addrs }) => ({ id: String(id), addr: addrs[0] ?? '', leader: id === leader?.id }));
  };
  const forever = new AbortController().signal; // a process of the simulation ends with its clock
  openControlLoop({ ...ports, random });
  void fleetLoop({ ...ports, members }).run(forever);
  const session = new DriverSession<DockerClient>({
    ...{ client: client.session, store, clock, random, logger },
    self: { member: String(info.id), name: info.name, addr: info.addrs[0] ?? '', node: '', ingress: '' },
    connect: (address) => {
      const engine = engines.find((one) => one.address === address);
      if (!engine) throw new Error(`there is no engine ${address}`);
      const link = { member: info.id, clock, onSend: (request: SimRequest) => onSend(process, engine, request) };
      return new SimEngineLink(engine, link);
    },
    drive: ({ link, nodeId, holds, report }, signal) => {
      const { clusterId } = replica.status();
      const own = { store, confirmGone, clock, random, logger };
      return new EngineDriver({ client: link, nodeId, clusterId, report, holds, ...own }).run(signal);
    },
  });
  // Discovery answers a moment later.
  void sleep(clock, 100 + random(400)).then(() => session.list(engines.map(({ address }) => address)));
  void session.run(forever);
}
