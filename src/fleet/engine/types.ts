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
  /** Address on the engine where the port is published; absent for one that is not. */
  readonly IP?: string;
  /** Port inside the container. */
  readonly PrivatePort: number;
  /** Port on the engine; absent while it is not published. */
  readonly PublicPort?: number;
  /** Protocol: `tcp`, `udp` or `sctp`. */
  readonly Type: string;
}

/** One container of `GET /containers/json`. */
export interface ContainerSummary extends Open {
  /** Id that the engine gave the container: 64 hexadecimal digits. */
  readonly Id: string;
  /** Names with a leading slash, links included. */
  readonly Names: readonly string[];
  /** Name of the image, as it was given at the creation. */
  readonly Image: string;
  /** Id of the image: `sha256:…`. */
  readonly ImageID: string;
  /** Command line of the container, as one text. */
  readonly Command: string;
  /** Seconds since the epoch. */
  readonly Created: number;
  /** Ports of the container, published or only exposed. */
  readonly Ports: readonly PortSummary[];
  /** Labels of the container, those of its image included. */
  readonly Labels: Readonly<Record<string, string>>;
  /** `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`. */
  readonly State: string;
  /** Text for people: `Up 2 hours (healthy)`. */
  readonly Status: string;
  /** Network mode; the list has no other setting of the engine's side. */
  readonly HostConfig?: { readonly NetworkMode?: string };
  /** Connections to networks, by the name of the network. */
  readonly NetworkSettings?: { readonly Networks?: Readonly<Record<string, Open>> | null };
  /** Volumes and folders that are mounted. */
  readonly Mounts?: readonly MountSummary[];
}

/** A mount in `GET /containers/json` and in an inspection. */
export interface MountSummary extends Open {
  /** Type: `volume`, `bind`, `tmpfs` or `npipe`. */
  readonly Type?: string;
  /** Name of the volume; absent for other types. */
  readonly Name?: string;
  /** Path on the engine. */
  readonly Source?: string;
  /** Path inside the container. */
  readonly Destination?: string;
}

/** Address on the engine where a port of a container is published. */
export interface PortBinding {
  /** Address of the engine; empty for all of them. */
  readonly HostIp?: string;
  /** Port of the engine, as digits; empty or `0` lets the engine choose. */
  readonly HostPort?: string;
}

/** Ports of a container (`80/tcp`) and where each is published. */
export type PortMap = Readonly<Record<string, readonly PortBinding[] | null>>;

/** Process and settings of a container, apart from its engine: the body of `POST /containers/create` without its host part. */
export interface ContainerConfig extends Open {
  /** Name or id of the image. */
  readonly Image?: string;
  /** Command and its arguments; absent for those of the image. */
  readonly Cmd?: readonly string[] | string | null;
  /** Environment variables: `NAME=value`. */
  readonly Env?: readonly string[] | null;
  /** Labels of the container. */
  readonly Labels?: Readonly<Record<string, string>> | null;
  /** Ports that the container listens on: `80/tcp`, each with an empty object. */
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
  /** Host name inside the container. Default: its short id. */
  readonly Hostname?: string;
  /** True gives the process a terminal: its output has no frames then. */
  readonly Tty?: boolean;
}

/** Settings of a container on its engine. */
export interface HostConfig extends Open {
  /** Ports to publish. */
  readonly PortBindings?: PortMap | null;
  /** Network of the container: `bridge`, `host`, `none`, `container:ID` or the name of a network. */
  readonly NetworkMode?: string;
  /** Links to other containers: `NAME:ALIAS`. */
  readonly Links?: readonly string[] | null;
  /** Containers whose volumes are mounted here, too: `NAME[:ro]`. */
  readonly VolumesFrom?: readonly string[] | null;
  /** Mounts in short form: `SOURCE:DESTINATION[:OPTIONS]`. */
  readonly Binds?: readonly string[] | null;
  /** Mounts in long form. */
  readonly Mounts?: readonly Open[] | null;
  /** Bytes; 0 for no limit. */
  readonly Memory?: number;
  /** Classic Swarm: number of CPUs. The engine: a weight, 1,024 for one share of its CPUs. */
  readonly CpuShares?: number;
  /** Billionths of a CPU, as `--cpus` sends it. */
  readonly NanoCpus?: number;
  /** True removes the container when it ends. */
  readonly AutoRemove?: boolean;
  /** Rule for a process that ends: `no`, `always`, `unless-stopped` or `on-failure` with its most attempts. */
  readonly RestartPolicy?: { readonly Name?: string; readonly MaximumRetryCount?: number };
}

/** Body of `POST /containers/create`. */
export interface CreateContainerBody extends ContainerConfig {
  /** Settings of the container on its engine. */
  readonly HostConfig?: HostConfig | null;
  /** Settings of the connections to networks, by the name of the network. */
  readonly NetworkingConfig?: { readonly EndpointsConfig?: Readonly<Record<string, Open | null>> | null } | null;
}

/** Answer of `POST /containers/create`. */
export interface CreatedContainer extends Open {
  /** Id that the engine gave the container. */
  readonly Id: string;
  /** Warnings of the engine: settings that it cannot follow. */
  readonly Warnings?: readonly string[] | null;
}

/** Answer of `GET /containers/ID/json`. */
export interface ContainerInspect extends Open {
  /** Id that the engine gave the container: 64 hexadecimal digits. */
  readonly Id: string;
  /** Name with a leading slash. */
  readonly Name: string;
  /** RFC 3339. */
  readonly Created: string;
  /** Id of the image: `sha256:…`. */
  readonly Image: string;
  /** Run state, by the clock of the engine. */
  readonly State: ContainerState;
  /** Process and settings, apart from the engine. */
  readonly Config: ContainerConfig;
  /** Settings on the engine. */
  readonly HostConfig: HostConfig;
  /** Published ports, and connections to networks by the name of the network. */
  readonly NetworkSettings: {
    readonly Ports?: PortMap | null;
    readonly Networks?: Readonly<Record<string, Open>> | null;
    readonly [field: string]: unknown;
  };
  /** Volumes and folders that are mounted. */
  readonly Mounts?: readonly MountSummary[];
}

/** Run state of a container, by the clock of its engine. */
export interface ContainerState extends Open {
  /** Status in a word: `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`. */
  readonly Status?: string;
  /** True while the process runs; a paused one counts, too. */
  readonly Running?: boolean;
  /** True while the process is paused. */
  readonly Paused?: boolean;
  /** True between the end of the process and its next start by the restart policy. */
  readonly Restarting?: boolean;
  /** True when the engine failed to remove the container completely. */
  readonly Dead?: boolean;
  /** Exit code of the last run; 0 before its end. */
  readonly ExitCode?: number;
  /** Moment of the last start, RFC 3339; year 1 for never. */
  readonly StartedAt?: string;
  /** Moment of the last end, RFC 3339; year 1 for never. */
  readonly FinishedAt?: string;
  /** Result of the health check; absent without one. */
  readonly Health?: { readonly Status?: string; readonly [field: string]: unknown };
}

/** One image of `GET /images/json`. */
export interface ImageSummary extends Open {
  /** Id of the image: `sha256:…`. */
  readonly Id: string;
  /** Names with a tag: `NAME:TAG`. */
  readonly RepoTags: readonly string[] | null;
  /** Names with a digest: `NAME@sha256:…`. */
  readonly RepoDigests?: readonly string[] | null;
  /** Id of the image that it was built on; empty when the engine does not know it. */
  readonly ParentId?: string;
  /** Seconds since the epoch. */
  readonly Created: number;
  /** Bytes. */
  readonly Size: number;
  /** Labels of the image. */
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** A volume. */
export interface VolumeInfo extends Open {
  /** Name of the volume. */
  readonly Name: string;
  /** Driver that keeps the data: `local`, or a plugin. */
  readonly Driver: string;
  /** Path of the data on the engine. */
  readonly Mountpoint: string;
  /** Labels of the volume. */
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** A network. */
export interface NetworkInfo extends Open {
  /** Id of the network. */
  readonly Id: string;
  /** Name of the network. */
  readonly Name: string;
  /** Driver of the network: `bridge`, `host`, `overlay`, `null` or a plugin. */
  readonly Driver: string;
  /** `local` to an engine, or `global` and `swarm` for all that share it. */
  readonly Scope: string;
  /** Labels of the network. */
  readonly Labels?: Readonly<Record<string, string>> | null;
  /** Containers that are connected, by id. Lists of newer engines leave it empty. */
  readonly Containers?: Readonly<Record<string, Open>> | null;
}

/** Answer of `GET /info`. */
export interface EngineInfo extends Open {
  /** Id that the engine gives itself. */
  readonly ID: string;
  /** Host name of the engine. */
  readonly Name: string;
  /** Number of CPUs. */
  readonly NCPU: number;
  /** Bytes. */
  readonly MemTotal: number;
  /** Storage driver: `overlay2`, `btrfs`, … */
  readonly Driver?: string;
  /** Version of the kernel. */
  readonly KernelVersion?: string;
  /** Name of the operating system, for people: `Debian GNU/Linux 12`. */
  readonly OperatingSystem?: string;
  /** Family of the operating system: `linux` or `windows`. */
  readonly OSType?: string;
  /** Architecture of the CPUs: `x86_64`, `aarch64`, … */
  readonly Architecture?: string;
  /** Version of the engine: `20.10.24`. */
  readonly ServerVersion?: string;
  /** `key=value`. */
  readonly Labels?: readonly string[] | null;
  /** RFC 3339. */
  readonly SystemTime?: string;
}

/** Answer of `GET /version`. */
export interface EngineVersion extends Open {
  /** Version of the engine: `20.10.24`. */
  readonly Version: string;
  /** Newest API version that the engine knows: `1.41`. */
  readonly ApiVersion: string;
  /** Oldest API version that the engine knows. */
  readonly MinAPIVersion?: string;
}

/** One event of `GET /events`. */
export interface EngineEvent extends Open {
  /** `container`, `image`, `network`, `volume`, `daemon`, …; absent from engines before 1.10. */
  readonly Type?: string;
  /** `start`, `die`, `health_status: healthy`, … */
  readonly Action?: string;
  /** Object of the event: its id or name, and its labels and other facts. */
  readonly Actor?: { readonly ID: string; readonly Attributes?: Readonly<Record<string, string>> };
  /** The action, in the words of old engines. */
  readonly status?: string;
  /** Id of the container or name of the image, in the words of old engines. */
  readonly id?: string;
  /** Image of the container, in the words of old engines. */
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
  /** Name of the account. */
  readonly username?: string;
  /** Password of the account. */
  readonly password?: string;
  /** Address of the registry. */
  readonly serveraddress?: string;
  /** Token that the registry takes instead of name and password. */
  readonly identitytoken?: string;
}

/** Answer of `GET /_ping`. */
export interface EnginePing {
  /** Newest API version that the engine knows; old engines do not say it. */
  readonly apiVersion: string | undefined;
  /** Family of the operating system: `linux` or `windows`. */
  readonly osType: string | undefined;
  /** Product and version: `Docker/20.10.24 (linux)`. */
  readonly server: string | undefined;
}

/** Answer of `POST /containers/ID/wait`. */
export interface WaitResult extends Open {
  /** Exit code of the container. */
  readonly StatusCode: number;
  /** Reason for which the engine stopped waiting; absent after an ordinary end. */
  readonly Error?: { readonly Message?: string } | null;
}

/** Body of `POST /containers/ID/update`. */
export interface ContainerUpdate extends Open {
  /** Bytes; 0 for no limit. */
  readonly Memory?: number;
  /** Weight of the container among others when CPUs are short; 1,024 is the default of engines. */
  readonly CpuShares?: number;
  /** Billionths of a CPU, as `--cpus` sends it. */
  readonly NanoCpus?: number;
  /** Rule for a process that ends: its name, and the most attempts of `on-failure`. */
  readonly RestartPolicy?: { readonly Name?: string; readonly MaximumRetryCount?: number };
}

/** Answer of `GET /containers/ID/top`. */
export interface ContainerProcesses extends Open {
  /** Titles of the columns of `ps`. */
  readonly Titles: readonly string[];
  /** Processes: for each, the texts of its columns. */
  readonly Processes: readonly (readonly string[])[];
}

/** One file of `GET /containers/ID/changes`. */
export interface ContainerChange {
  /** Path inside the container. */
  readonly Path: string;
  /** 0 changed, 1 added, 2 deleted. */
  readonly Kind: number;
}

/** Answer of `GET /containers/ID/stats`. */
export interface ContainerStats extends Open {
  /** Moment of the figures, RFC 3339. */
  readonly read: string;
  /** CPU time that was used, nanoseconds, and the number of CPUs. */
  readonly cpu_stats?: Open;
  /** The same figures as of the reading before. */
  readonly precpu_stats?: Open;
  /** Memory in use and its limit, bytes. */
  readonly memory_stats?: Open;
}

/** Options of `POST /commit`. */
export interface CommitOptions {
  /** Id or name of the container. */
  readonly container: string;
  /** Name of the new image. Default: none. */
  readonly repo?: string | undefined;
  /** Tag of the new image. Default `latest`. */
  readonly tag?: string | undefined;
  /** Message that the image keeps. */
  readonly comment?: string | undefined;
  /** Author that the image names. */
  readonly author?: string | undefined;
  /** False lets the container go on meanwhile. Default true. */
  readonly pause?: boolean | undefined;
  /** Lines of a Dockerfile. */
  readonly changes?: readonly string[] | undefined;
  /** Settings of the image. Default: those of the container. */
  readonly config?: ContainerConfig | undefined;
}

/** Body of `POST /containers/ID/exec`. */
export interface ExecConfig extends Open {
  /** Program and arguments. */
  readonly Cmd: readonly string[];
  /** True connects the input of the command. */
  readonly AttachStdin?: boolean;
  /** True connects its output. */
  readonly AttachStdout?: boolean;
  /** True connects its error output. */
  readonly AttachStderr?: boolean;
  /** True gives the command a terminal: its output has no frames then. */
  readonly Tty?: boolean;
  /** Environment variables: `NAME=value`. */
  readonly Env?: readonly string[];
  /** User, and perhaps group, of the command: `USER[:GROUP]`. Default: that of the container. */
  readonly User?: string;
  /** Folder in which the command starts. Default: that of the container. */
  readonly WorkingDir?: string;
  /** True gives the command all rights on the engine's host. */
  readonly Privileged?: boolean;
}

/** Answer of `GET /exec/ID/json`. */
export interface ExecInspect extends Open {
  /** Id of the exec. */
  readonly ID: string;
  /** True until the command has ended. */
  readonly Running: boolean;
  /** `null` until the command has ended. */
  readonly ExitCode: number | null;
  /** Id of its container. */
  readonly ContainerID?: string;
}

/** Answer of `GET /images/NAME/json`. */
export interface ImageInspect extends Open {
  /** Id of the image: `sha256:…`. */
  readonly Id: string;
  /** Names with a tag: `NAME:TAG`. */
  readonly RepoTags: readonly string[] | null;
  /** Names with a digest: `NAME@sha256:…`. */
  readonly RepoDigests?: readonly string[] | null;
  /** RFC 3339. */
  readonly Created: string;
  /** Bytes. */
  readonly Size: number;
  /** Operating system that the image is for: `linux` or `windows`. */
  readonly Os?: string;
  /** Architecture that the image is for: `amd64`, `arm64`, … */
  readonly Architecture?: string;
  /** Settings that containers of the image begin with. */
  readonly Config?: ContainerConfig | null;
}

/** One name or layer of `DELETE /images/NAME`. */
export interface RemovedImage {
  /** Name that was removed. */
  readonly Untagged?: string;
  /** Id of a layer that was deleted. */
  readonly Deleted?: string;
}

/** One line of a pull, a load or an import. */
export interface Progress extends Open {
  /** Layer or tag. */
  readonly id?: string;
  /** Step of the work: `Downloading`, `Pull complete`, … */
  readonly status?: string;
  /** Text for people, as a load writes it. */
  readonly stream?: string;
  /** Bytes done so far, and all of them when known. */
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
}

/** Body of `POST /volumes/create`. */
export interface CreateVolumeBody {
  /** Default: made by the engine. */
  readonly Name?: string;
  /** Driver that keeps the data. Default `local`. */
  readonly Driver?: string;
  /** Options of the driver. */
  readonly DriverOpts?: Readonly<Record<string, string>>;
  /** Labels of the volume. */
  readonly Labels?: Readonly<Record<string, string>>;
}

/** Body of `POST /networks/create`. */
export interface CreateNetworkBody extends Open {
  /** Name of the network. */
  readonly Name: string;
  /** True refuses a second network of the name. */
  readonly CheckDuplicate?: boolean;
  /** Driver of the network. Default `bridge`. */
  readonly Driver?: string;
  /** True cuts the network off from the outside. */
  readonly Internal?: boolean;
  /** True lets containers outside of services join an overlay network. */
  readonly Attachable?: boolean;
  /** Options of the driver. */
  readonly Options?: Readonly<Record<string, string>>;
  /** Labels of the network. */
  readonly Labels?: Readonly<Record<string, string>>;
}

/** Answer of `POST /networks/create`. */
export interface CreatedNetwork {
  /** Id that the engine gave the network. */
  readonly Id: string;
  /** Warning of the engine; empty for none. */
  readonly Warning?: string;
}

/** Facts about a file in a container, as the header of its archive has them. */
export interface PathStat {
  /** Name of the file, without its folder. */
  readonly name: string;
  /** Size, bytes. */
  readonly size: number;
  /** Bits of Go's `os.FileMode`. */
  readonly mode: number;
  /** RFC 3339. */
  readonly mtime: string;
  /** Target of a symbolic link; empty for everything else. */
  readonly linkTarget: string;
}
