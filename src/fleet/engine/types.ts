/**
 * JSON of the Docker engine API, as far as skep reads it. Field names are Docker's. Every answer keeps the fields that
 * are not named here, so that what passes through skep arrives whole.
 */

/** Fields of an answer that are passed on unread. */
interface Open {
  readonly [field: string]: unknown;
}

/** A port in `GET /containers/json`. */
export interface PortSummary {
  readonly IP?: string;
  readonly PrivatePort: number;
  readonly PublicPort?: number;
  readonly Type: string;
}

/** One container of `GET /containers/json`. */
export interface ContainerSummary extends Open {
  readonly Id: string;
  /** Names with a leading slash, links included. */
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  readonly Command: string;
  /** Seconds since the epoch. */
  readonly Created: number;
  readonly Ports: readonly PortSummary[];
  readonly Labels: Readonly<Record<string, string>>;
  /** `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`. */
  readonly State: string;
  /** Text for people: `Up 2 hours (healthy)`. */
  readonly Status: string;
  readonly HostConfig?: { readonly NetworkMode?: string };
  readonly NetworkSettings?: { readonly Networks?: Readonly<Record<string, Open>> | null };
  readonly Mounts?: readonly MountSummary[];
}

/** A mount in `GET /containers/json` and in an inspection. */
export interface MountSummary extends Open {
  readonly Type?: string;
  readonly Name?: string;
  readonly Source?: string;
  readonly Destination?: string;
}

/** Address on the engine where a port of a container is published. */
export interface PortBinding {
  readonly HostIp?: string;
  readonly HostPort?: string;
}

/** Ports of a container (`80/tcp`) and where each is published. */
export type PortMap = Readonly<Record<string, readonly PortBinding[] | null>>;

/** Process and settings of a container, apart from its engine: the body of `POST /containers/create` without its host part. */
export interface ContainerConfig extends Open {
  readonly Image?: string;
  readonly Cmd?: readonly string[] | string | null;
  readonly Env?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
  readonly Hostname?: string;
  readonly Tty?: boolean;
}

/** Settings of a container on its engine. */
export interface HostConfig extends Open {
  readonly PortBindings?: PortMap | null;
  readonly NetworkMode?: string;
  readonly Links?: readonly string[] | null;
  readonly VolumesFrom?: readonly string[] | null;
  readonly Binds?: readonly string[] | null;
  readonly Mounts?: readonly Open[] | null;
  /** Bytes; 0 for no limit. */
  readonly Memory?: number;
  /** Classic Swarm: number of CPUs. The engine: a weight, 1,024 for one share of its CPUs. */
  readonly CpuShares?: number;
  /** Billionths of a CPU, as `--cpus` sends it. */
  readonly NanoCpus?: number;
  readonly AutoRemove?: boolean;
  readonly RestartPolicy?: { readonly Name?: string; readonly MaximumRetryCount?: number };
}

/** Body of `POST /containers/create`. */
export interface CreateContainerBody extends ContainerConfig {
  readonly HostConfig?: HostConfig | null;
  readonly NetworkingConfig?: { readonly EndpointsConfig?: Readonly<Record<string, Open | null>> | null } | null;
}

/** Answer of `POST /containers/create`. */
export interface CreatedContainer extends Open {
  readonly Id: string;
  readonly Warnings?: readonly string[] | null;
}

/** Answer of `GET /containers/ID/json`. */
export interface ContainerInspect extends Open {
  readonly Id: string;
  /** Name with a leading slash. */
  readonly Name: string;
  /** RFC 3339. */
  readonly Created: string;
  readonly Image: string;
  readonly State: ContainerState;
  readonly Config: ContainerConfig;
  readonly HostConfig: HostConfig;
  readonly NetworkSettings: {
    readonly Ports?: PortMap | null;
    readonly Networks?: Readonly<Record<string, Open>> | null;
    readonly [field: string]: unknown;
  };
  readonly Mounts?: readonly MountSummary[];
}

export interface ContainerState extends Open {
  readonly Status?: string;
  readonly Running?: boolean;
  readonly Paused?: boolean;
  readonly Restarting?: boolean;
  readonly Dead?: boolean;
  readonly ExitCode?: number;
  readonly StartedAt?: string;
  readonly FinishedAt?: string;
  readonly Health?: { readonly Status?: string; readonly [field: string]: unknown };
}

/** One image of `GET /images/json`. */
export interface ImageSummary extends Open {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  readonly ParentId?: string;
  /** Seconds since the epoch. */
  readonly Created: number;
  /** Bytes. */
  readonly Size: number;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** A volume. */
export interface VolumeInfo extends Open {
  readonly Name: string;
  readonly Driver: string;
  readonly Mountpoint: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** A network. */
export interface NetworkInfo extends Open {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  /** `local` to an engine, or `global` and `swarm` for all that share it. */
  readonly Scope: string;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Containers?: Readonly<Record<string, Open>> | null;
}

/** Answer of `GET /info`. */
export interface EngineInfo extends Open {
  readonly ID: string;
  readonly Name: string;
  readonly NCPU: number;
  /** Bytes. */
  readonly MemTotal: number;
  readonly Driver?: string;
  readonly KernelVersion?: string;
  readonly OperatingSystem?: string;
  readonly OSType?: string;
  readonly Architecture?: string;
  readonly ServerVersion?: string;
  /** `key=value`. */
  readonly Labels?: readonly string[] | null;
  /** RFC 3339. */
  readonly SystemTime?: string;
}

/** Answer of `GET /version`. */
export interface EngineVersion extends Open {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion?: string;
}

/** One event of `GET /events`. */
export interface EngineEvent extends Open {
  /** `container`, `image`, `network`, `volume`, `daemon`, …; absent from engines before 1.10. */
  readonly Type?: string;
  /** `start`, `die`, `health_status: healthy`, … */
  readonly Action?: string;
  readonly Actor?: { readonly ID: string; readonly Attributes?: Readonly<Record<string, string>> };
  /** The action, in the words of old engines. */
  readonly status?: string;
  readonly id?: string;
  readonly from?: string;
  /** Seconds since the epoch. */
  readonly time?: number;
  /** Nanoseconds since the epoch, as digits: a number of JavaScript cannot hold them. */
  readonly timeNano?: string;
}

/** Filters of a list: each name with the values that match. */
export type Filters = Readonly<Record<string, readonly string[]>>;

/** Credentials for a registry, as `X-Registry-Auth` carries them. */
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  readonly serveraddress?: string;
  readonly identitytoken?: string;
}

/** Answer of `GET /_ping`. */
export interface EnginePing {
  readonly apiVersion: string | undefined;
  readonly osType: string | undefined;
  /** Product and version: `Docker/20.10.24 (linux)`. */
  readonly server: string | undefined;
}

/** Answer of `POST /containers/ID/wait`. */
export interface WaitResult extends Open {
  /** Exit code of the container. */
  readonly StatusCode: number;
  readonly Error?: { readonly Message?: string } | null;
}

/** Body of `POST /containers/ID/update`. */
export interface ContainerUpdate extends Open {
  /** Bytes; 0 for no limit. */
  readonly Memory?: number;
  readonly CpuShares?: number;
  readonly NanoCpus?: number;
  readonly RestartPolicy?: { readonly Name?: string; readonly MaximumRetryCount?: number };
}

/** Answer of `GET /containers/ID/top`. */
export interface ContainerProcesses extends Open {
  readonly Titles: readonly string[];
  readonly Processes: readonly (readonly string[])[];
}

/** One file of `GET /containers/ID/changes`. */
export interface ContainerChange {
  readonly Path: string;
  /** 0 changed, 1 added, 2 deleted. */
  readonly Kind: number;
}

/** Answer of `GET /containers/ID/stats`. */
export interface ContainerStats extends Open {
  readonly read: string;
  readonly cpu_stats?: Open;
  readonly precpu_stats?: Open;
  readonly memory_stats?: Open;
}

/** Options of `POST /commit`. */
export interface CommitOptions {
  readonly container: string;
  readonly repo?: string | undefined;
  readonly tag?: string | undefined;
  readonly comment?: string | undefined;
  readonly author?: string | undefined;
  /** False lets the container go on meanwhile. Default true. */
  readonly pause?: boolean | undefined;
  /** Lines of a Dockerfile. */
  readonly changes?: readonly string[] | undefined;
  readonly config?: ContainerConfig | undefined;
}

/** Body of `POST /containers/ID/exec`. */
export interface ExecConfig extends Open {
  readonly Cmd: readonly string[];
  readonly AttachStdin?: boolean;
  readonly AttachStdout?: boolean;
  readonly AttachStderr?: boolean;
  readonly Tty?: boolean;
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Privileged?: boolean;
}

/** Answer of `GET /exec/ID/json`. */
export interface ExecInspect extends Open {
  readonly ID: string;
  readonly Running: boolean;
  /** `null` until the command has ended. */
  readonly ExitCode: number | null;
  readonly ContainerID?: string;
}

/** Answer of `GET /images/NAME/json`. */
export interface ImageInspect extends Open {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests?: readonly string[] | null;
  /** RFC 3339. */
  readonly Created: string;
  /** Bytes. */
  readonly Size: number;
  readonly Os?: string;
  readonly Architecture?: string;
  readonly Config?: ContainerConfig | null;
}

/** One name or layer of `DELETE /images/NAME`. */
export interface RemovedImage {
  readonly Untagged?: string;
  readonly Deleted?: string;
}

/** One line of a pull, a load or an import. */
export interface Progress extends Open {
  /** Layer or tag. */
  readonly id?: string;
  readonly status?: string;
  readonly stream?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/** Body of `POST /volumes/create`. */
export interface CreateVolumeBody {
  /** Default: made by the engine. */
  readonly Name?: string;
  readonly Driver?: string;
  readonly DriverOpts?: Readonly<Record<string, string>>;
  readonly Labels?: Readonly<Record<string, string>>;
}

/** Body of `POST /networks/create`. */
export interface CreateNetworkBody extends Open {
  readonly Name: string;
  /** True refuses a second network of the name. */
  readonly CheckDuplicate?: boolean;
  readonly Driver?: string;
  readonly Internal?: boolean;
  readonly Attachable?: boolean;
  readonly Options?: Readonly<Record<string, string>>;
  readonly Labels?: Readonly<Record<string, string>>;
}

/** Answer of `POST /networks/create`. */
export interface CreatedNetwork {
  readonly Id: string;
  readonly Warning?: string;
}

/** Facts about a file in a container, as the header of its archive has them. */
export interface PathStat {
  readonly name: string;
  readonly size: number;
  /** Bits of Go's `os.FileMode`. */
  readonly mode: number;
  /** RFC 3339. */
  readonly mtime: string;
  readonly linkTarget: string;
}
