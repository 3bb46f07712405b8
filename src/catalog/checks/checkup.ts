import { unreachable } from '../../base/assert.js';
import { type Cancel, type Clock, timerMaxMs } from '../../base/clock.js';
import { isAddress } from '../../base/host-port.js';
import type { Random } from '../../base/random.js';
import { CatalogError } from '../errors.js';
import { type CheckStatus, isCheckStatus, worst } from '../health.js';
import { type AskGrpcHealth, grpcProbe } from './grpc.js';
import { httpProbe } from './http.js';
import { repeat } from './repeat.js';
import type { CheckResult, CheckSpec, Probe } from './spec.js';
import { tcpProbe } from './tcp.js';
import { TtlCountdown } from './ttl.js';

/** Last result of a check. */
export interface CheckState extends CheckResult {
  /** Name of the check. */
  readonly name: string;
  /** Sort of the check. */
  readonly kind: CheckSpec['kind'];
}

export interface CheckPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly askGrpcHealth: AskGrpcHealth;
}

export interface CheckupEvents {
  /** The worst of the checks has become another. */
  readonly changed: (status: CheckStatus) => void;
  /** A check was critical for as long as its spec bears. */
  readonly hopeless: (check: CheckState) => void;
}

/** All checks of one instance, made until {@link stop}. */
export class Checkup {
  readonly specs: readonly CheckSpec[];
  readonly #ports: CheckPorts;
  readonly #events: CheckupEvents;
  readonly #states = new Map<string, CheckState>();
  readonly #countdowns = new Map<string, TtlCountdown>();
  readonly #critical = new Map<string, Cancel>();
  readonly #stop = new AbortController();

  /** @throws {CatalogError} `INVALID_REGISTRATION` */
  constructor(specs: readonly CheckSpec[], ports: CheckPorts, events: CheckupEvents) {
    this.specs = specs;
    this.#ports = ports;
    this.#events = events;
    for (const spec of specs as readonly unknown[]) checkSpec(spec);
    const probes = specs.map((spec) => ({ spec, name: spec.name ?? spec.kind, probe: probeOf(spec, ports) }));
    if (new Set(probes.map(({ name }) => name)).size < specs.length) throw invalid('two checks have the same name');
    for (const { spec, name } of probes) this.#enter(spec, name, { status: spec.initial ?? 'critical', note: '' });
    for (const { spec, name, probe } of probes) this.#begin(spec, name, probe);
  }

  get status(): CheckStatus {
    return worst([...this.#states.values()].map(({ status }) => status)) as CheckStatus;
  }

  get states(): readonly CheckState[] {
    return [...this.#states.values()];
  }

  /**
   * Reports the status of the service to its ttl check of that name, or to all of them.
   * @throws {CatalogError} `NOT_FOUND`: it has no such check.
   */
  report(status: CheckStatus, note: string, name?: string): void {
    const countdowns = [...this.#countdowns].filter(([own]) => name === undefined || own === name);
    if (countdowns.length === 0) throw new CatalogError('NOT_FOUND', `there is no ttl check${name ? ` ${name}` : ''}`);
    for (const [, countdown] of countdowns) countdown.report({ status, note });
  }

  stop(): void {
    this.#stop.abort();
    for (const countdown of this.#countdowns.values()) countdown.stop();
    for (const cancel of this.#critical.values()) cancel();
  }

  #begin(spec: CheckSpec, name: string, probe: Probe | undefined): void {
    const tell = (result: CheckResult) => this.#hear(spec, name, result);
    if (spec.kind === 'ttl') this.#countdowns.set(name, new TtlCountdown(spec, this.#ports.clock, tell));
    else if (probe) void repeat(probe, spec, { ...this.#ports, signal: this.#stop.signal }, tell);
  }

  #hear(spec: CheckSpec, name: string, result: CheckResult): void {
    if (this.#stop.signal.aborted) return;
    const before = this.status;
    this.#enter(spec, name, result);
    if (this.status !== before) this.#events.changed(this.status);
  }

  #enter(spec: CheckSpec, name: string, result: CheckResult): void {
    const state = { name, kind: spec.kind, ...result };
    this.#states.set(name, state);
    const { deregisterCriticalAfterMs: bearMs } = spec;
    if (result.status !== 'critical') {
      this.#critical.get(name)?.();
      this.#critical.delete(name);
    } else if (bearMs !== undefined && !this.#critical.has(name)) {
      const cancel = this.#ports.clock.schedule(bearMs, () => this.#events.hopeless(this.#states.get(name) ?? state));
      this.#critical.set(name, cancel);
    }
  }
}

/** Makes the probe of a check, if it has one; a wrong address is refused now and not at the first probe. */
function probeOf(spec: CheckSpec, { clock, askGrpcHealth }: CheckPorts): Probe | undefined {
  switch (spec.kind) {
    case 'ttl':
      return undefined;
    case 'http':
      if (!isHttp(spec.url)) throw invalid(`${spec.url} is no http URL`);
      return httpProbe(spec, clock);
    case 'tcp':
      refuseUnreachable(spec.addr);
      return tcpProbe(spec);
    case 'grpc':
      refuseUnreachable(spec.addr);
      return grpcProbe(spec, askGrpcHealth);
    default:
      return unreachable(spec);
  }
}

const kinds = ['ttl', 'http', 'tcp', 'grpc'];

/** Checks of programs that no compiler has seen. A pause that is none would keep the process busy for ever. */
function checkSpec(spec: unknown): void {
  if (typeof spec !== 'object' || spec === null) throw invalid('must be an object');
  const { kind, initial, ...given } = spec as Record<string, unknown>;
  if (!kinds.includes(kind as string))
    throw invalid(`there is no kind "${String(kind)}": known are ${kinds.join(', ')}`);
  if (initial !== undefined && !isCheckStatus(initial)) throw invalid('initial must be passing, warning or critical');
  for (const name of ['ttlMs', 'intervalMs', 'timeoutMs', 'deregisterCriticalAfterMs']) {
    const ms = given[name];
    if (ms === undefined && !(name === 'ttlMs' && kind === 'ttl')) continue;
    if (!(typeof ms === 'number' && ms > 0 && ms <= timerMaxMs))
      throw invalid(`${name} must be milliseconds from above 0 to ${timerMaxMs}`);
  }
}

function refuseUnreachable(addr: string): void {
  if (!isAddress(addr, 1)) throw invalid(`${addr} is no host:port`);
}

function invalid(what: string): CatalogError {
  return new CatalogError('INVALID_REGISTRATION', `a check of it: ${what}`);
}

function isHttp(url: string): boolean {
  return /^https?:\/\//.test(url) && URL.canParse(url);
}
