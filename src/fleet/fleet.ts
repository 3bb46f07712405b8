import type { ContainerView, ImageView, NodeView } from '../schedule/index.js';
import type { DockerClient } from './engine/docker-client.js';
import type {
  ContainerSummary,
  CreateContainerBody,
  CreateNetworkBody,
  EngineEvent,
  EngineInfo,
  ImageSummary,
  NetworkInfo,
  RegistryAuth,
  VolumeInfo,
} from './engine/types.js';

/**
 * State of one engine: `pending` until it has been asked for its name and containers, then `healthy` or `unhealthy`;
 * `disconnected` once it is out of the cluster.
 */
export type EngineState = 'pending' | 'healthy' | 'unhealthy' | 'disconnected';

/** One Docker engine, as it last answered. */
export interface EngineHandle extends NodeView {
  /** Id that the engine gives itself and its address, `ABCD:…|10.0.0.1:2375`; the address alone while it is pending. */
  readonly id: string;
  /** Id that the engine gives itself; empty while it is pending. */
  readonly engineId: string;
  /** Host name that the engine gives itself; empty while it is pending. */
  readonly name: string;
  /** `host:port`. */
  readonly addr: string;
  /** Address of its host, for ports that it publishes on all addresses. */
  readonly ip: string;
  /** State of the engine. */
  readonly state: EngineState;
  /** The newest error of a call; empty after one that succeeded. */
  readonly lastError: string;
  /** Milliseconds since the epoch of the newest refresh that succeeded; 0 for none. */
  readonly updatedAt: number;
  /** Answer of `GET /info`, as of the last refresh of it. */
  readonly info: EngineInfo | undefined;
  /** Version of the engine; empty while it is pending. */
  readonly serverVersion: string;
  /** Its containers. */
  readonly containers: readonly Container[];
  /** Its images, those without a name included. */
  readonly images: readonly Image[];
  /** Its volumes. */
  readonly volumes: readonly VolumeInfo[];
  /** Its networks. */
  readonly networks: readonly NetworkInfo[];
  /** Calls to this engine: typed ones, and raw ones that are passed through. */
  readonly client: DockerClient;
  /** Asks for one container again; resolves with what is known of it now. `full` inspects it too. */
  refreshContainer(id: string, options?: { readonly full?: boolean }): Promise<Container | undefined>;
  /** Asks for the images again. */
  refreshImages(): Promise<void>;
  /** Asks for the volumes again. */
  refreshVolumes(): Promise<void>;
  /** Asks for the networks again. */
  refreshNetworks(): Promise<void>;
}

/** A container of the cluster, as it last answered. */
export interface Container extends ContainerView {
  /** Engine that has it. */
  readonly engine: EngineHandle;
  /** Its entry in the engine's list, as it came. */
  readonly summary: ContainerSummary;
  /** Name without a slash. */
  readonly name: string;
  /** Id that stays when the container moves to another engine; empty for containers that skep did not make. */
  readonly swarmId: string;
  /** Run state, as of the newest inspection. */
  readonly state: RunState;
}

/** Run state of a container, by the clock of this computer. */
export interface RunState {
  /** `created`, `running`, `paused`, `restarting`, `removing`, `exited` or `dead`. */
  readonly status: string;
  /** Milliseconds since the epoch; 0 for never. */
  readonly startedAt: number;
  /** Milliseconds since the epoch; 0 for never. */
  readonly finishedAt: number;
  /** Exit code of the last run; 0 before its end. */
  readonly exitCode: number;
  /** `starting`, `healthy`, `unhealthy`; empty without a health check. */
  readonly health: string;
}

/** An image on one engine. */
export interface Image extends ImageView {
  /** Engine that has it. */
  readonly engine: EngineHandle;
  /** Its entry in the engine's list, as it came. */
  readonly summary: ImageSummary;
}

/** One event of an engine, or of the cluster about one. */
export interface ClusterEvent {
  /** Engine that the event is of, or about. */
  readonly engine: EngineHandle;
  /**
   * The event as the engine sent it. Events of the cluster have `Type: 'swarm'`, `Action: 'engine_connect' | 'engine_disconnect' |
   * 'engine_reconnect'`, `status: 'node_connect' | …` and `from: 'swarm'`.
   */
  readonly event: EngineEvent;
}

/** Options of {@link Fleet.createContainer}. */
export interface CreateOptions {
  /** Credentials for pulling the image where it is missing. */
  readonly auth?: RegistryAuth;
  /** Ends the wait for the engine; the container may be made even so. */
  readonly signal?: AbortSignal;
}

/** Told of the progress of work that runs on many engines at once. */
export type OnProgress = (engine: string, status: string) => void;

/**
 * Many Docker engines as one. Lists are what was last heard and cost no call; everything that changes something resolves
 * when the engine has done it.
 */
export interface Fleet {
  /** Facts for `docker info`: `[['Strategy', 'spread'], ['Filters', 'health, port, …']]`. */
  readonly strategy: string;
  /** Names of the filters, in their order. */
  readonly filters: readonly string[];
  /** All engines, pending ones too, by name. */
  engines(): readonly EngineHandle[];
  /** A healthy engine chosen at random. @throws FleetError `NO_ENGINE` */
  anyEngine(): EngineHandle;
  /** All containers, as their engines last answered, in no order. */
  containers(): Iterable<Container>;
  /**
   * Finds a container by id, Swarm id, name, `engine/name`, or a prefix of an id that only one has.
   * @throws FleetError `AMBIGUOUS` when several match.
   */
  container(idOrName: string): Container | undefined;
  /** Calls `handler` with every event until the returned function is called. */
  events(handler: (event: ClusterEvent) => void): () => void;

  /** Schedules and creates a container. `name` is empty for one that the engine chooses. */
  createContainer(
    body: CreateContainerBody,
    name: string,
    options?: CreateOptions,
  ): Promise<{ readonly container: Container; readonly warnings: readonly string[] }>;
  /** Removes a container. `force` kills it first; `volumes` removes those without a name, too. */
  removeContainer(
    container: Container,
    options?: { readonly force?: boolean; readonly volumes?: boolean },
  ): Promise<void>;
  /** Gives a container another name. @throws FleetError `CONFLICT` when the name is taken anywhere in the cluster. */
  renameContainer(container: Container, name: string): Promise<void>;

  /** Images that match a name, id or prefix of an id, on every engine that has them. */
  findImages(name: string): readonly Image[];
  /** Pulls on every healthy engine, at once. Rejects when one engine failed, after all have ended. */
  pullImage(
    reference: string,
    options: { readonly auth?: RegistryAuth; readonly onProgress: OnProgress; readonly signal?: AbortSignal },
  ): Promise<void>;
  /** Sends one archive to every healthy engine, at once. */
  loadImages(archive: AsyncIterable<Uint8Array>, options: { readonly onProgress: OnProgress }): Promise<void>;
  /** Makes an image of the files in an archive, on every healthy engine at once. */
  importImage(
    archive: AsyncIterable<Uint8Array>,
    options: { readonly repo: string; readonly tag: string; readonly onProgress: OnProgress },
  ): Promise<void>;
  /** Removes or untags on every engine that has it. Resolves with the engines' answers, joined. */
  removeImage(
    name: string,
    options?: { readonly force?: boolean; readonly noPrune?: boolean },
  ): Promise<readonly { readonly Deleted?: string; readonly Untagged?: string }[]>;
  /** Gives an image another name, on every engine that has it. */
  tagImage(
    name: string,
    target: { readonly repo: string; readonly tag: string; readonly force?: boolean },
  ): Promise<void>;

  /** A volume by name or `engine/name`, on every engine that has it. */
  findVolumes(name: string): readonly (VolumeInfo & { readonly engine: EngineHandle })[];
  /** Creates on every healthy engine, or on the one that `engine/name` says. */
  createVolume(body: { readonly Name?: string; readonly [field: string]: unknown }): Promise<VolumeInfo>;
  /** Removes a volume by name on every engine that has it, or on the one that `engine/name` says. */
  removeVolume(name: string, options?: { readonly force?: boolean }): Promise<void>;

  /** A network by id, name, `engine/name` or a prefix of an id. @throws FleetError `AMBIGUOUS` */
  findNetwork(idOrName: string): (NetworkInfo & { readonly engine: EngineHandle }) | undefined;
  /** Creates on a healthy engine, or on the one that `engine/name` says. */
  createNetwork(body: CreateNetworkBody): Promise<{ readonly Id: string; readonly Warning?: string }>;
  /** Removes a network by id, name, `engine/name` or a prefix of an id. */
  removeNetwork(idOrName: string): Promise<void>;
}

/**
 * Kinds of failure of a fleet.
 *
 * - `NOT_FOUND`: no such container, image, volume or network.
 * - `AMBIGUOUS`: several match; name one in full.
 * - `CONFLICT`: the name is taken, or what is asked contradicts the state.
 * - `INVALID`: the request cannot be right.
 * - `NO_ENGINE`: no healthy engine, or none that the container may go to.
 * - `NO_IMAGE`: the image is not there and cannot be pulled.
 * - `UNHEALTHY`: the engine that must do it is not healthy.
 * - `NOT_LEADER`: another manager acts; it forwards there, or none is known.
 * - `FAILED`: engines failed in different ways; the message has the words of each.
 * - `OUTCOME_UNKNOWN`: the engine did not answer; it may have done it.
 */
export type FleetErrorCode =
  | 'NOT_FOUND'
  | 'AMBIGUOUS'
  | 'CONFLICT'
  | 'INVALID'
  | 'NO_ENGINE'
  | 'NO_IMAGE'
  | 'UNHEALTHY'
  | 'NOT_LEADER'
  | 'FAILED'
  | 'OUTCOME_UNKNOWN';

/** Failure of a fleet. Errors of an engine that did answer are `EngineError`s, with the engine's own words. */
export class FleetError extends Error {
  /** Name of the class: `FleetError`. */
  override readonly name = 'FleetError';
  /** Kind of the failure: programs act on it. */
  readonly code: FleetErrorCode;

  constructor(code: FleetErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Tells whether this is a {@link FleetError}, and one of that code. */
export function isFleetError(error: unknown, code?: FleetErrorCode): error is FleetError {
  return error instanceof FleetError && (code === undefined || error.code === code);
}
