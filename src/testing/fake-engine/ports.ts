import { FakeEngineError, type FakeHostConfig, type FakePortBinding } from './types.js';

/** Published ports of one container: `80/tcp` with its addresses; `null` when exposed only. */
export type PublishedPorts = ReadonlyMap<string, readonly Required<FakePortBinding>[] | null>;

const dynamicFirst = 32_768;
const dynamicLast = 60_999;
const everywhere = ['', '0.0.0.0', '::'];

/** Host ports of an engine. Every fake has its own: nothing is bound in the system. */
export class FakePorts {
  readonly #defaultIp: string;
  /** `8080/tcp` and the addresses at which it is taken. */
  readonly #taken = new Map<string, Set<string>>();
  #next = dynamicFirst;

  constructor(defaultIp: string) {
    this.#defaultIp = defaultIp;
  }

  /** Takes all ports that a container asks for, or none. */
  publish(container: string, wanted: WantedPorts, endpointId: string): PublishedPorts {
    const published = new Map<string, readonly Required<FakePortBinding>[] | null>();
    try {
      for (const [port, bindings] of wanted)
        published.set(port, bindings && bindings.map((binding) => this.#bind(port, binding)));
    } catch (error) {
      this.release(published);
      const reason = error instanceof Error ? error.message : String(error);
      const where = `driver failed programming external connectivity on endpoint ${container} (${endpointId})`;
      throw new FakeEngineError(500, `${where}: ${reason}`);
    }
    return published;
  }

  release(published: PublishedPorts): void {
    for (const [port, bindings] of published)
      for (const { HostIp, HostPort } of bindings ?? [])
        this.#taken.get(`${HostPort}/${protocol(port)}`)?.delete(HostIp);
  }

  #bind(port: string, { HostIp: given = '', HostPort: asked = '' }: FakePortBinding): Required<FakePortBinding> {
    const HostIp = given === '' ? this.#defaultIp : given;
    const [first = 0, last = first] = asked.split('-').map(Number);
    const candidates = first > 0 ? range(first, last) : this.#dynamic();
    for (const candidate of candidates) {
      const key = `${candidate}/${protocol(port)}`;
      if (!this.#conflicts(key, HostIp)) {
        const at = this.#taken.get(key) ?? new Set();
        this.#taken.set(key, at.add(HostIp));
        return { HostIp, HostPort: String(candidate) };
      }
    }
    throw new FakeEngineError(500, `Bind for ${HostIp}:${first} failed: port is already allocated`);
  }

  #conflicts(key: string, ip: string): boolean {
    const at = this.#taken.get(key);
    if (!at || at.size === 0) return false;
    return at.has(ip) || everywhere.includes(ip) || everywhere.some((one) => at.has(one));
  }

  *#dynamic(): Generator<number> {
    for (let tries = dynamicFirst; tries <= dynamicLast; tries++) {
      const port = this.#next;
      this.#next = port === dynamicLast ? dynamicFirst : port + 1;
      yield port;
    }
  }
}

function* range(first: number, last: number): Generator<number> {
  for (let port = first; port <= last; port++) yield port;
}

/** Ports that a container asks for: with bindings, or `null` when it only exposes them. */
export type WantedPorts = ReadonlyMap<string, readonly FakePortBinding[] | null>;

const protocol = (port: string): string => port.split('/')[1] ?? 'tcp';
const withProtocol = (port: string): string => (port.includes('/') ? port : `${port}/tcp`);

/** Ports that the body of a container asks for. */
export function wantedPorts(exposed: Readonly<Record<string, unknown>>, host: FakeHostConfig): WantedPorts {
  const wanted = new Map<string, readonly FakePortBinding[] | null>();
  for (const port of Object.keys(exposed)) wanted.set(withProtocol(port), host.PublishAllPorts ? [{}] : null);
  for (const [port, bindings] of Object.entries(host.PortBindings ?? {})) {
    const asked = bindings?.length ? bindings : [{}];
    wanted.set(withProtocol(port), asked);
  }
  return wanted;
}

/** Refuses bindings that are no ports. */
export function checkPorts(host: FakeHostConfig): void {
  for (const [port, bindings] of Object.entries(host.PortBindings ?? {})) {
    if (!/^\d+(\/(tcp|udp|sctp))?$/.test(port)) throw new FakeEngineError(400, `invalid port specification: "${port}"`);
    for (const { HostPort = '' } of bindings ?? [])
      if (!/^(\d{1,5}(-\d{1,5})?)?$/.test(HostPort))
        throw new FakeEngineError(400, `invalid port specification: "${HostPort}"`);
  }
}
