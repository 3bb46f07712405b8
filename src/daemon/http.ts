import { fileURLToPath } from 'node:url';
import { systemClock } from '../base/clock.js';
import { isLocal, parseListen } from '../base/listen-address.js';
import type { Logger } from '../base/log.js';
import type { ManagerFlags } from '../cli/index.js';
import { type HttpEndpoint, LeaderLog, MemberMeter, openHttp, type ShownMember } from '../http/index.js';
import { HttpGate } from './http-gate.js';
import { type GivenParts, partsOf } from './member-parts.js';
import type { OpenReplica } from './open-replica.js';
import { securityOf } from './security-of.js';

/** Folder of the built web page. */
export const pageFolder = fileURLToPath(new URL('../http/page', import.meta.url));

/** Parts of a member that is shown over HTTP, before it is opened. */
export interface Measured {
  readonly meter: MemberMeter;
  /** Parts to open it with. */
  readonly given: GivenParts;
}

/** Makes what measures a member; it measures nothing until its metrics are asked for. */
export function measured(): Measured {
  const meter = new MemberMeter();
  return { meter, given: { calls: meter, disk: (disk) => meter.disk(disk) } };
}

/** Returns a member as the HTTP endpoint shows it. */
export function shown(member: OpenReplica, meter: MemberMeter): ShownMember {
  const { replica, dialing } = partsOf(member);
  return { replica, dialing, leaders: new LeaderLog(replica, systemClock), meter };
}

/** Flags of the endpoint. */
type HttpFlags = Pick<ManagerFlags, 'http' | 'httpName' | 'httpOrigin'>;

/**
 * Serves a manager over HTTP. Closes the member when it cannot.
 * @throws {ListenError}
 */
export async function serveHttp(
  { http: listen = '', httpName: names = [], httpOrigin: origins = [] }: HttpFlags,
  { member, meter, version, logger }: { member: OpenReplica; meter: MemberMeter; version: string; logger: Logger },
): Promise<HttpEndpoint> {
  const its = shown(member, meter);
  try {
    const gate = gateOf(member, names, logger);
    if (!gate) warnOfReaders(listen, logger);
    return await openHttp({ listen, gate, ...{ names, origins, member: () => its, pageFolder, version, logger } });
  } catch (error) {
    await member.close();
    throw error;
  }
}

/** Entrance of the endpoint of a member with security; `undefined` in clear text, where no caller is known. */
export function gateOf(member: OpenReplica, names: readonly string[], logger: Logger): HttpGate | undefined {
  const security = securityOf(member);
  const { audit } = partsOf(member);
  return security && new HttpGate({ security, store: member.store, names, audit, clock: systemClock, logger });
}

function warnOfReaders(listen: string, logger: Logger): void {
  if (!isLocal(parseListen(`tcp://${listen}`)))
    logger.warn(`${listen} is open to every client that reaches it: each can read all objects but secrets`);
}
