/** Body of `POST /containers/create`, as far as scheduling reads it. Docker's field names. */
export interface CreateBody {
  readonly Image?: string;
  readonly Env?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  /** Ports (`80/tcp`, `8000-8005/tcp`). */
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
  readonly HostConfig?: CreateHostConfig | null;
}

export interface CreateHostConfig {
  readonly PortBindings?: Readonly<
    Record<string, readonly { readonly HostIp?: string; readonly HostPort?: string }[] | null>
  > | null;
  readonly NetworkMode?: string;
  readonly Links?: readonly string[] | null;
  readonly VolumesFrom?: readonly string[] | null;
  /** Bytes; 0 for none. */
  readonly Memory?: number;
  /** Number of CPUs, as classic Swarm has it. */
  readonly CpuShares?: number;
  /** Billionths of a CPU. */
  readonly NanoCpus?: number;
}
