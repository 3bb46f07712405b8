import type { EngineInfo } from './types.js';

/** Facts of an engine that decide what may run there. */
export interface Specs {
  /** Id that the engine gives itself. */
  readonly engineId: string;
  /** Host name that the engine gives itself. */
  readonly name: string;
  readonly cpus: number;
  /** Bytes. */
  readonly memoryBytes: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds by which the engine's clock is ahead of ours; 0 when it is close. */
  readonly aheadMs: number;
  readonly warnings: readonly string[];
}

/** A smaller difference of clocks may as well be the time that the answer took. */
const clockSlackMs = 2_000;

/**
 * Reads the answer of `GET /info`.
 * @throws RangeError when this cannot be a Docker engine, or a label of it is wrong.
 */
export function specsOf(info: EngineInfo, addr: string, nowMs: number): Specs {
  if (!info.ID)
    throw new RangeError(`Node ${addr} is running an unsupported version of Docker Engine. Please upgrade.`);
  if (!info.NCPU || !info.MemTotal)
    throw new RangeError(
      `cannot get resources for this engine, make sure ${addr} is a Docker Engine, not a Swarm manager`,
    );
  const warnings: string[] = [];
  return {
    engineId: info.ID,
    name: info.Name,
    cpus: info.NCPU,
    memoryBytes: info.MemTotal,
    labels: labelsOf(info, warnings),
    aheadMs: aheadOf(info.SystemTime, nowMs),
    warnings,
  };
}

/** Labels that users gave the engine, and those that Swarm adds, which win. */
function labelsOf(info: EngineInfo, warnings: string[]): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const label of info.Labels ?? []) {
    const at = label.indexOf('=');
    if (at < 0)
      throw new RangeError(
        `Engine (ID: ${info.ID}, Name: ${info.Name}) contains an invalid label (${label}) not formatted as "key=value".`,
      );
    const key = label.slice(0, at);
    if (key === 'node')
      warnings.push(
        `Engine (ID: ${info.ID}, Name: ${info.Name}) contains label (${label}) with invalid key "node": it is left out`,
      );
    else labels[key] = label.slice(at + 1);
  }
  const own = {
    storagedriver: info.Driver,
    kernelversion: info.KernelVersion,
    operatingsystem: info.OperatingSystem,
    ostype: info.OSType,
  };
  for (const [key, value] of Object.entries(own)) if (value) labels[key] = value;
  return labels;
}

function aheadOf(systemTime: string | undefined, nowMs: number): number {
  const ahead = Date.parse(systemTime ?? '') - nowMs;
  return Math.abs(ahead) > clockSlackMs ? ahead : 0;
}
