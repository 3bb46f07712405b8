import { splitHostPort } from '../base/host-port.js';
import { isLoopback } from '../base/ip.js';

/** Settings that decide whether a member has security. */
export interface SecuritySettings {
  readonly security?: string | undefined;
  readonly insecureAnywhere?: boolean | undefined;
  readonly listenAddr?: string | undefined;
  readonly advertiseAddr?: string | readonly string[] | undefined;
  readonly joinToken?: string | undefined;
  readonly peersSecret?: string | undefined;
}

/** Returns the first address at which other computers may reach the member; `undefined` when only this one does. */
export function exposedAt({
  listenAddr,
  advertiseAddr = [],
}: Pick<SecuritySettings, 'listenAddr' | 'advertiseAddr'>): string | undefined {
  if (listenAddr === undefined) return undefined;
  return [listenAddr, ...[advertiseAddr].flat()].find((addr) => !isLoopback(splitHostPort(addr).host));
}

/** Answer to whether a member has security: the reason of it is for the log. */
export interface SecurityDecision {
  readonly on: boolean;
  readonly because: string;
}

/**
 * Decides whether a member has security. `hasKeys`: its data directory has the certificate of an earlier run.
 * @throws {RangeError} when the settings ask for clear text, and the directory belongs to a cluster with security.
 */
export function decideSecurity(settings: SecuritySettings, hasKeys: boolean): SecurityDecision {
  const { security = 'auto', insecureAnywhere = false, joinToken, peersSecret } = settings;
  const off = security === 'off' || insecureAnywhere;
  if (off && hasKeys)
    throw new RangeError(
      'this data directory belongs to a member of a cluster with security: start it without clear text, as the other members',
    );
  const exposed = exposedAt(settings);
  if (off) return { on: false, because: exposed === undefined ? 'only this computer reaches it' : 'it was asked for' };
  if (security === 'on') return { on: true, because: 'it was asked for' };
  if (hasKeys) return { on: true, because: 'its cluster has it' };
  if (exposed !== undefined) return { on: true, because: `other computers reach ${exposed}` };
  if (peersSecret !== undefined) return { on: true, because: 'it has the secret of its peers' };
  if (joinToken !== undefined) return { on: true, because: 'it has a token' };
  return { on: false, because: 'only this computer reaches it' };
}
