import { X509Certificate } from 'node:crypto';
import { connect, type ConnectionOptions } from 'node:tls';
import { isSocketPath, splitHostPort } from '../base/host-port.js';
import { type Identity, shortName } from '../identity/index.js';
import { claimedIdentity, readCertificate } from '../pki/index.js';
import { type Bundle, clearText, type Dialing, TlsDialing } from './dialing.js';
import { clockDifference, serverTime } from './server-time.js';

/** Limit for a look at an address, milliseconds. */
const lookMs = 1_000;

/** Reason for which a member is not reached, for people: without the words of gRPC and OpenSSL. */
export interface Unreached {
  /** Reason; for one that is not trusted a sentence about its address. */
  readonly says: string;
  /** True when a process answers there, and one of the two sides cannot prove its identity. */
  readonly untrusted: boolean;
}

/** Says why a member was not reached: by what gRPC said, and by a look at who answers there. */
export async function whyUnreached(addr: string, dialing: Dialing, error: unknown): Promise<Unreached> {
  const { details = '' } = Object(error) as { details?: string };
  const plain = (says: string): Unreached => ({ says, untrusted: false });
  if (/name resolution failed/i.test(details))
    return plain(`the name ${addr.replace(/:\d+$/, '')} does not resolve in DNS: is it spelled right?`);
  const [, code] = /\bconnect (E[A-Z]+)/.exec(details) ?? [];
  if (code === 'ECONNREFUSED') return plain('connection refused: is one running there?');
  if (code !== undefined) return plain(`cannot connect (${code}): is one running there?`);
  const found = isSocketPath(addr) ? undefined : await look(addr);
  const says = found && (await explained(addr, dialing, found));
  return says === undefined ? plain('is one running there?') : { says: `${addr} ${says}`, untrusted: true };
}

/** Answer at an address: its certificate, or none where it does not speak TLS. */
interface Found {
  readonly certificate?: X509Certificate;
}

/** Looks who answers. Nothing is believed, and nothing secret is sent. `undefined` without an answer. */
function look(addr: string): Promise<Found | undefined> {
  const { host, port } = splitHostPort(addr);
  const options: ConnectionOptions = { rejectUnauthorized: false, minVersion: 'TLSv1.3', ALPNProtocols: ['h2'] };
  const socket = connect({ host, port: Number(port), servername: 'look.skep', ...options });
  let connected = false;
  return new Promise<Found | undefined>((resolve) => {
    const end = () => resolve(connected ? {} : undefined);
    socket.setTimeout(lookMs, () => resolve(undefined));
    socket.once('connect', () => (connected = true));
    socket.on('error', end).once('close', end);
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate();
      resolve(certificate ? { certificate } : {});
    });
  }).finally(() => socket.destroy());
}

/** `undefined` when nothing is wrong with who answers. */
async function explained(addr: string, dialing: Dialing, { certificate }: Found): Promise<string | undefined> {
  if (dialing === clearText)
    return (
      certificate &&
      `speaks TLS only, and was asked in clear text: "skep login ${addr}" with a token of an admin, then --context; on its own machine --host unix:DIR/run/control.sock`
    );
  if (!certificate)
    return 'does not speak TLS 1.3: a member without security, or no member; leave --context out if that is meant';
  const bundle = dialing instanceof TlsDialing ? dialing.bundle : undefined;
  return bundle && wrongWith(addr, certificate, bundle);
}

async function wrongWith(
  addr: string,
  certificate: X509Certificate,
  { roots, domain }: Bundle,
): Promise<string | undefined> {
  const trusted = roots.map((root) => new X509Certificate(root));
  const shown = readCertificate(certificate, trusted, 'server');
  const claimed = claimedIdentity(certificate);
  if ('problem' in shown) {
    if (claimed?.kind === 'user') return `is ${shortName(claimed)}, and no member`;
    return otherCluster(claimed, domain);
  }
  const { identity, notBefore, notAfter } = shown;
  if (identity.domain !== domain) return otherCluster(identity, domain);
  if (identity.kind !== 'member') return `is ${shortName(identity)}, and no member`;
  const now = Date.now();
  if (now >= notBefore && now <= notAfter) return undefined;
  const has = `has a certificate of ${shortName(identity)} that`;
  const which = now < notBefore ? `is valid from ${minute(notBefore)}` : `ended at ${minute(notAfter)}`;
  const clocks = `${which}, and the clock of this machine says ${minute(now)}`;
  const orRestart = now > notAfter ? ', or restart that member' : '';
  const there = await serverTime(addr);
  if (there === undefined) return `${has} ${clocks}: set it ("timedatectl status")${orRestart}`;
  const difference = clockDifference(now, there);
  if (difference === undefined) return `${has} ${clocks}, as the clock there does: restart that member`;
  return `${has} ${clocks}; there it is ${minute(there)}: ${difference}; set the wrong one ("timedatectl status")${orRestart}`;
}

function otherCluster(claimed: Identity | undefined, domain: string): string {
  if (!claimed) return 'is no member of a cluster';
  if (claimed.domain === domain)
    return `claims to be ${shortName(claimed)} of this cluster, and its CA is another one: another process answers in its place, or the cluster was built again: then "skep login HOST"`;
  return `belongs to another cluster (${claimed.domain}, not ${domain}): "skep context ls" lists your logins; after the cluster was built again "skep login HOST"`;
}

/** A moment as people read it, to the minute. */
export function minute(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
