/** JSON that a client sent, read with care. */
export type Json = Readonly<Record<string, unknown>>;

/** Address at which a port of a container is published. */
export interface FakePortBinding {
  readonly HostIp?: string;
  readonly HostPort?: string;
}

/** Settings of a container on its engine that the fake acts on. It keeps and shows all others. */
export interface FakeHostConfig {
  readonly NetworkMode?: string;
  readonly PortBindings?: Readonly<Record<string, readonly FakePortBinding[] | null>> | null;
  readonly PublishAllPorts?: boolean;
  readonly Binds?: readonly string[] | null;
  readonly Mounts?: readonly Json[] | null;
  readonly VolumesFrom?: readonly string[] | null;
  readonly Links?: readonly string[] | null;
  readonly RestartPolicy?: { readonly Name?: string; readonly MaximumRetryCount?: number };
  readonly AutoRemove?: boolean;
  readonly Init?: boolean | null;
  readonly ReadonlyRootfs?: boolean;
  /** Bytes; 0 for no limit. */
  readonly Memory?: number;
  readonly NanoCpus?: number;
  readonly [field: string]: unknown;
}

/** Body of `POST /containers/create`. */
export interface FakeContainerBody {
  readonly Image?: string;
  readonly Cmd?: readonly string[] | string | null;
  readonly Entrypoint?: readonly string[] | string | null;
  readonly Env?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
  readonly Volumes?: Readonly<Record<string, unknown>> | null;
  readonly Hostname?: string;
  readonly Tty?: boolean;
  readonly OpenStdin?: boolean;
  readonly StdinOnce?: boolean;
  readonly StopSignal?: string;
  /** Seconds. */
  readonly StopTimeout?: number;
  readonly Healthcheck?: { readonly Test?: readonly string[]; readonly [field: string]: unknown } | null;
  readonly HostConfig?: FakeHostConfig | null;
  readonly NetworkingConfig?: { readonly EndpointsConfig?: Readonly<Record<string, Json | null>> | null } | null;
  readonly [field: string]: unknown;
}

/** State of a container, in Docker's words. */
export type FakeContainerState = 'created' | 'running' | 'paused' | 'restarting' | 'exited' | 'dead';

/** State of a container's healthcheck. */
export type FakeHealth = 'starting' | 'healthy' | 'unhealthy';

/** A mount of a container. */
export interface FakeMount {
  readonly Type: string;
  readonly Name?: string;
  readonly Source: string;
  readonly Destination: string;
  readonly Driver?: string;
  readonly Mode: string;
  readonly RW: boolean;
  readonly Propagation: string;
}

/** Refusal of an engine: the HTTP status and the text that Docker gives. */
export class FakeEngineError extends Error {
  override readonly name = 'FakeEngineError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
