/** JSON that a client sent, read with care. */
export type Json = Readonly<Record<string, unknown>>;

/** Address at which a port of a container is published. */
export interface FakePortBinding {
  readonly HostIp?: string;
  readonly HostPort?: string;
}

/** Settings of a container on its engine that the fake acts on. It keeps and shows all others. */
export interface FakeHostConfig {
  /** `bridge`, `host`, `none`, `container:ID`, or the name of a network. */
  readonly NetworkMode?: string;
  /** By port and protocol, like `80/tcp`, the addresses of the host that lead to it. */
  readonly PortBindings?: Readonly<Record<string, readonly FakePortBinding[] | null>> | null;
  /** True: every exposed port gets a port of the host. */
  readonly PublishAllPorts?: boolean;
  /** Mounts in the short form `SOURCE:DESTINATION[:MODE]`. */
  readonly Binds?: readonly string[] | null;
  /** Mounts in the long form. */
  readonly Mounts?: readonly Json[] | null;
  /** Containers whose mounts it gets too. */
  readonly VolumesFrom?: readonly string[] | null;
  /** Containers that it is linked to, `NAME:ALIAS`: each must be there. */
  readonly Links?: readonly string[] | null;
  /** Policy by which the engine starts it again. */
  readonly RestartPolicy?: { readonly Name?: string; readonly MaximumRetryCount?: number };
  /** True: removed as soon as it has ended. */
  readonly AutoRemove?: boolean;
  /** True: an init process is the first one, so signals without a handler end its program. */
  readonly Init?: boolean | null;
  /** True: no files can be copied into it. */
  readonly ReadonlyRootfs?: boolean;
  /** Bytes; 0 for no limit. */
  readonly Memory?: number;
  /** Limit of CPU time, in billionths of a CPU; 0 for no limit. */
  readonly NanoCpus?: number;
  readonly [field: string]: unknown;
}

/** Body of `POST /containers/create`. */
export interface FakeContainerBody {
  /** Reference or id of its image. */
  readonly Image?: string;
  /** Command, or arguments of the entry point. */
  readonly Cmd?: readonly string[] | string | null;
  /** Program that gets `Cmd` as arguments. */
  readonly Entrypoint?: readonly string[] | string | null;
  /** Variables, each as `NAME=value`. */
  readonly Env?: readonly string[] | null;
  /** Labels by name. */
  readonly Labels?: Readonly<Record<string, string>> | null;
  /** Ports that it listens on, like `80/tcp`, as the keys of an object. */
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
  /** Paths that get an anonymous volume, as the keys of an object. */
  readonly Volumes?: Readonly<Record<string, unknown>> | null;
  /** Host name that its processes see. Default the first 12 characters of its id. */
  readonly Hostname?: string;
  /** True: its process has a terminal, and one stream for all output. */
  readonly Tty?: boolean;
  /** True: its process can read what clients send. */
  readonly OpenStdin?: boolean;
  /** True: input ends with the first client that sends some. */
  readonly StdinOnce?: boolean;
  /** Signal that stops it. Default `SIGTERM`. */
  readonly StopSignal?: string;
  /** Seconds. */
  readonly StopTimeout?: number;
  /** Check of its health; the first word of `Test` tells the form, `NONE` for no check. */
  readonly Healthcheck?: { readonly Test?: readonly string[]; readonly [field: string]: unknown } | null;
  /** Settings of the container on its engine. */
  readonly HostConfig?: FakeHostConfig | null;
  /** Networks that it joins, by name. */
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
  /** Always `FakeEngineError`. */
  override readonly name = 'FakeEngineError';
  /** HTTP status of the answer. */
  readonly status: number;
  /** Exit code of a container whose start failed this way: 127 when its program is not there. */
  readonly exitCode: number;

  constructor(status: number, message: string, { exitCode = 128 }: { readonly exitCode?: number } = {}) {
    super(message);
    this.status = status;
    this.exitCode = exitCode;
  }
}
