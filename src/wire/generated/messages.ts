// Made by scripts/generate.ts from proto/. Do not edit.

export interface SaveRequest {
  /** Take what this member holds, without asking the others whether that is the newest. */
  readonly stale: boolean;
}

export interface SaveResponse {
  readonly chunk: Uint8Array;
}

export interface RestoreRequest {
  readonly chunk: Uint8Array;
}

export interface RestoreResponse {
  readonly version: number;
  readonly objects: number;
}

export interface MultiplexRequest {
  readonly calls: readonly Call[];
  /** Ids of calls whose answers are not wanted any more. A write that was begun may still be carried out. */
  readonly cancelled: readonly number[];
}

export interface Call {
  /** Chosen by the caller: no two open calls of a stream have the same. */
  readonly id: number;
  /** Path of a method with one request and one response, such as `/skep.v1.Control/Get`. */
  readonly method: string;
  /** The encoded request. */
  readonly request: Uint8Array;
  /** Time that the caller waits, milliseconds; 0 sets no limit. */
  readonly timeoutMs: number;
  /** The caller is a member that does not lead: the call is not forwarded again. */
  readonly forwarded: boolean;
  /** Identity for which a member makes the call; empty for its own. Other callers are not believed. */
  readonly onBehalfOf: string;
  /** Trace that the call belongs to (W3C Trace Context, `traceparent`); empty for none. */
  readonly trace: string;
}

export interface MultiplexResponse {
  readonly answers: readonly CallAnswer[];
}

export interface CallAnswer {
  readonly id: number;
  /** The encoded response, unless there is an error. */
  readonly response: Uint8Array;
  readonly error?: CallError;
}

export interface CallError {
  /** Number of a gRPC status. */
  readonly status: number;
  readonly message: string;
  /** Trailers of the status: the store's code and its details. */
  readonly trailers: Readonly<Record<string, string>>;
}

export type CatalogHealth = 'passing' | 'warning' | 'critical' | 'maintenance';

export interface CatalogInstance {
  /** Made up when it is empty. */
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly weight?: number;
  readonly health: CatalogHealth;
  /** Actor that registered it. */
  readonly agent: string;
  /** In answers: the instance is not renewed, and neither are most others. */
  readonly lost: boolean;
}

export interface CatalogRegisterRequest {
  readonly instance: CatalogInstance;
  /** Of an earlier answer; empty begins a new one. */
  readonly session: string;
  /** For a new session: how long it lasts when it is not renewed; 0 is 30,000. */
  readonly ttlMs: number;
  readonly info?: WriteInfo;
}

export interface CatalogRegisterResponse {
  readonly id: string;
  readonly session: string;
}

export interface CatalogRenewRequest {
  readonly sessions: readonly string[];
}

export interface CatalogRenewResponse {
  /** Those that are over: register again. */
  readonly lost: readonly string[];
}

export interface CatalogDeregisterRequest {
  readonly ids: readonly string[];
  /** The session that registered them, from the answer of Register. */
  readonly session: string;
  readonly info?: WriteInfo;
}

export interface CatalogDeregisterResponse {

}

export interface CatalogListRequest {
  /** Empty is every service. */
  readonly name: string;
  /** All of them must be there. */
  readonly tags: readonly string[];
  readonly passing: boolean;
  readonly stale: boolean;
  /** Most items to return; 0 is as many as fit one answer, about 1 MiB. */
  readonly limit: number;
  /** Only instances after the one with this id, in the order of the list. */
  readonly after?: string;
}

export interface CatalogListResponse {
  readonly instances: readonly CatalogInstance[];
  /** True when there are more: ask for those after the last one. */
  readonly more: boolean;
}

export interface CatalogWatchRequest {
  readonly name: string;
  readonly tags: readonly string[];
}

export type CatalogOp = 'add' | 'update' | 'delete';

export interface CatalogChange {
  readonly op: CatalogOp;
  readonly instance: CatalogInstance;
}

export interface CatalogWatchResponse {
  readonly changes: readonly CatalogChange[];
  /** True when the changes continue in the next message. */
  readonly continued?: boolean;
}

/** AND-ed; repeated fields are OR-ed within. An absent filter finds all. */
export interface Filter {
  readonly ids: readonly string[];
  readonly idPrefixes: readonly string[];
  /** Names are compared without case. */
  readonly names: readonly string[];
  readonly namePrefixes: readonly string[];
  /** Any other index of the kind. */
  readonly indexes: readonly IndexFilter[];
}

/** Said about a write and kept in history. */
export interface WriteInfo {
  /** At most 128 characters. */
  readonly actor?: string;
  /** At most 1,024 characters. */
  readonly reason?: string;
  /** At most 128 characters. A repeat of one of the last 10,000 ids does nothing. */
  readonly requestId?: string;
  /** Trace of the writer (W3C Trace Context, `traceparent`). Default: the header of that name. */
  readonly trace?: string;
}

/** One operation on one object: an object to create or update, or the kind and id of one to remove. */
export interface Change {
  readonly op: ActionOp;
  /** May be left out for an object of a built-in kind: the field of `object` says it. */
  readonly kind: string;
  /** Of an object to remove. */
  readonly id: string;
  /** For an update or a removal: the version that the object must have. */
  readonly version?: number;
  readonly object?: AnyObject;
  /** For an update: replace the spec alone, if it is still of this version. */
  readonly specVersion?: number;
}

export interface ApplyRequest {
  /** At most 4,000, and 1.5 MiB encoded. */
  readonly changes: readonly Change[];
  readonly info?: WriteInfo;
  /** Do nothing, and say what would be done. */
  readonly dryRun: boolean;
  /** Conditions that must hold when the changes are made: checked in the same transaction. */
  readonly conditions: readonly Condition[];
  /** A lock that the writer must still hold: without it the write is refused for good. */
  readonly fence?: Condition;
  /** Lookups that must find what they found when they were read: checked as the conditions are. */
  readonly lookups: readonly LookupCondition[];
}

/** A lookup finds what it found: no object has come, gone or changed since. */
export interface LookupCondition {
  readonly kind: string;
  readonly filter?: Filter;
  /** The lookup was for at most so many objects; 0 is all. */
  readonly limit: number;
  /** SHA-256 in hexadecimal digits of a line `ID VERSION`, with its line feed, for each object found, in order. */
  readonly found: string;
}

/** An object is of this version; without a version: it is not there. */
export interface Condition {
  readonly kind: string;
  readonly id: string;
  readonly version?: number;
}

export interface ApplyResponse {
  readonly version: number;
  /** Of the changes, in order. */
  readonly ids: readonly string[];
  /** With `dry_run`: what each change would do. */
  readonly planned: readonly PlannedChange[];
  /** Of the transaction, milliseconds since the epoch; 0 when it is not known any more, and when nothing was changed. */
  readonly time: number;
}

export interface PlannedChange {
  readonly op: ActionOp;
  readonly kind: string;
  readonly id: string;
  readonly fields: readonly FieldChange[];
  /** Number of differing fields that are not listed: there are too many. */
  readonly fieldsLeftOut: number;
}

/** One field that differs; values are JSON, and absent where there is none. Data of secrets is never shown. */
export interface FieldChange {
  readonly path: string;
  readonly old?: string;
  readonly new?: string;
  /** True when the values are too long to be shown: more than about 64 KiB. */
  readonly tooLong?: boolean;
}

export interface GetRequest {
  readonly kind: string;
  readonly id: string;
  readonly stale: boolean;
}

export interface GetResponse {
  readonly object: AnyObject;
}

/** `kind` may be left out for an object of a built-in kind: the field of `object` says it. */
export interface CreateRequest {
  readonly kind: string;
  readonly object: AnyObject;
  readonly info?: WriteInfo;
}

export interface CreateResponse {
  readonly object: AnyObject;
  readonly version: number;
}

export interface UpdateRequest {
  readonly kind: string;
  readonly object: AnyObject;
  /** The version that the object must have. */
  readonly version?: number;
  readonly info?: WriteInfo;
  /** Replace the spec alone, if it is still of this version. */
  readonly specVersion?: number;
}

export interface UpdateResponse {
  readonly object: AnyObject;
  readonly version: number;
}

export interface RemoveRequest {
  readonly kind: string;
  readonly id: string;
  readonly info?: WriteInfo;
  /** The version that the object must have. */
  readonly version?: number;
}

export interface RemoveResponse {
  readonly version: number;
}

export interface ListRequest {
  readonly kind: string;
  readonly filter?: Filter;
  readonly stale: boolean;
  /** At most so many in all; 0 is all. */
  readonly limit: number;
  /** Begin behind the object of this id. */
  readonly after?: string;
}

/** One page; the last one may be empty. All pages are of the same version. */
export interface ListResponse {
  readonly version: number;
  readonly objects: readonly AnyObject[];
}

export interface HistoryRequest {
  readonly kind: string;
  readonly id: string;
  /** The newest so many; 0 is all. */
  readonly limit: number;
  readonly stale: boolean;
}

export interface HistoryEntry {
  readonly version: number;
  readonly time: number;
  readonly op: ActionOp;
  readonly actor?: string;
  readonly reason?: string;
  readonly fields: readonly FieldChange[];
  /** Number of changed fields that are not listed: there are too many. */
  readonly fieldsLeftOut: number;
}

/** One page; the last one may be empty. */
export interface HistoryResponse {
  /** Oldest first. */
  readonly entries: readonly HistoryEntry[];
  /** Changes at this version and before are no longer known. */
  readonly reachesBackTo: number;
}

export interface KindsRequest {

}

export interface KindUse {
  readonly kind: string;
  readonly plural: string;
  /** Built in, not custom. */
  readonly builtIn: boolean;
  /** This member can write it. */
  readonly known: boolean;
  readonly indexes: readonly string[];
  readonly objects: number;
  readonly bytes: number;
  readonly objectsMax?: number;
  readonly bytesMax?: number;
}

export interface KindsResponse {
  readonly kinds: readonly KindUse[];
}

export interface Meta {
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The version of the transaction that last changed the spec, where that is an older one. */
  readonly specVersion?: number;
}

export interface IndexEntry {
  readonly key: string;
  readonly val: string;
}

export interface Annotations {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly indices: readonly IndexEntry[];
}

export interface Driver {
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
}

export interface GenericResource {
  readonly kind: string;
  readonly named?: string;
  readonly discrete?: number;
}

export interface Resources {
  readonly nanoCpus: number;
  readonly memoryBytes: number;
  readonly generic: readonly GenericResource[];
  readonly pids: number;
}

export type PortProtocol = 'tcp' | 'udp' | 'sctp';

export type PublishMode = 'ingress' | 'host';

export interface PortConfig {
  readonly name: string;
  readonly protocol: PortProtocol;
  readonly targetPort: number;
  readonly publishedPort: number;
  readonly publishMode: PublishMode;
}

export type EndpointMode = 'vip' | 'dnsrr';

export interface EndpointSpec {
  readonly mode: EndpointMode;
  readonly ports: readonly PortConfig[];
}

export interface VirtualIp {
  readonly networkId: string;
  readonly addr: string;
}

export interface Endpoint {
  readonly spec?: EndpointSpec;
  readonly ports: readonly PortConfig[];
  readonly virtualIps: readonly VirtualIp[];
}

export interface NetworkAttachment {
  readonly target: string;
  readonly aliases: readonly string[];
}

export type IpFamily = 'unknown' | 'ipv4' | 'ipv6';

export interface IpamConfig {
  readonly family: IpFamily;
  readonly subnet: string;
  readonly range: string;
  readonly gateway: string;
  readonly reserved: Readonly<Record<string, string>>;
}

export interface Ipam {
  readonly driver?: Driver;
  readonly configs: readonly IpamConfig[];
}

export type MountType = 'bind' | 'volume' | 'tmpfs' | 'npipe' | 'cluster';

export interface BindOptions {
  readonly propagation: string;
}

export interface VolumeOptions {
  readonly noCopy: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly driver?: Driver;
  readonly subpath: string;
}

export interface TmpfsOptions {
  readonly sizeBytes: number;
  readonly mode: number;
}

export interface Mount {
  readonly type: MountType;
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly bind?: BindOptions;
  readonly volume?: VolumeOptions;
  readonly tmpfs?: TmpfsOptions;
}

export interface Healthcheck {
  readonly test: readonly string[];
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly startPeriodMs?: number;
  readonly startIntervalMs?: number;
}

export interface DnsConfig {
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  readonly options: readonly string[];
}

export interface FileTarget {
  readonly name: string;
  readonly uid: string;
  readonly gid: string;
  readonly mode?: number;
}

export interface SecretReference {
  readonly secretId: string;
  readonly secretName: string;
  readonly file?: FileTarget;
}

export interface ConfigReference {
  readonly configId: string;
  readonly configName: string;
  readonly file?: FileTarget;
  readonly runtime: boolean;
}

export interface Ulimit {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

export interface CredentialSpec {
  readonly config: string;
  readonly file: string;
  readonly registry: string;
}

export type SeccompMode = 'default' | 'unconfined' | 'custom';

export interface Seccomp {
  readonly mode: SeccompMode;
  readonly profile: string;
}

export type AppArmor = 'default' | 'disabled';

export interface Privileges {
  readonly credentialSpec?: CredentialSpec;
  readonly seccomp?: Seccomp;
  readonly appArmor: AppArmor;
  readonly noNewPrivileges: boolean;
}

export type Isolation = 'default' | 'process' | 'hyperv';

export interface ContainerSpec {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly healthcheck?: Healthcheck;
  readonly hostname?: string;
  readonly dir?: string;
  readonly user?: string;
  readonly groups: readonly string[];
  readonly tty: boolean;
  readonly openStdin: boolean;
  readonly readOnly: boolean;
  readonly init?: boolean;
  readonly stopSignal?: string;
  readonly stopGracePeriodMs?: number;
  readonly hosts: readonly string[];
  readonly dns?: DnsConfig;
  readonly capabilityAdd: readonly string[];
  readonly capabilityDrop: readonly string[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretReference[];
  readonly configs: readonly ConfigReference[];
  readonly ulimits: readonly Ulimit[];
  readonly privileges?: Privileges;
  readonly isolation: Isolation;
  readonly oomScoreAdj: number;
  readonly registryAuth: string;
}

export interface ResourceRequirements {
  readonly limits?: Resources;
  readonly reservations?: Resources;
}

export type RestartCondition = 'none' | 'onFailure' | 'any';

export interface RestartPolicy {
  readonly condition?: RestartCondition;
  readonly delayMs?: number;
  readonly maxAttempts: number;
  readonly windowMs: number;
}

export interface PlacementPreference {
  readonly spread: string;
}

export interface Platform {
  readonly architecture: string;
  readonly os: string;
}

export interface Placement {
  readonly constraints: readonly string[];
  readonly preferences: readonly PlacementPreference[];
  readonly maxReplicas: number;
  readonly platforms: readonly Platform[];
}

export interface TaskSpec {
  readonly container?: ContainerSpec;
  readonly resources?: ResourceRequirements;
  readonly restart?: RestartPolicy;
  readonly placement?: Placement;
  readonly networks: readonly NetworkAttachment[];
  readonly forceUpdate: number;
  readonly logDriver?: Driver;
}

export type FailureAction = 'pause' | 'continue' | 'rollback';

export type UpdateOrder = 'stopFirst' | 'startFirst';

export interface UpdateConfig {
  readonly parallelism?: number;
  readonly delayMs: number;
  readonly failureAction: FailureAction;
  readonly monitorMs?: number;
  readonly maxFailureRatio: number;
  readonly order: UpdateOrder;
}

export type NodeRole = 'worker' | 'manager';

export type NodeMembership = 'pending' | 'accepted';

export type NodeAvailability = 'active' | 'pause' | 'drain';

export type NodeState = 'unknown' | 'down' | 'ready' | 'disconnected';

export type Reachability = 'unknown' | 'unreachable' | 'reachable';

export interface NodeSpec {
  readonly annotations: Annotations;
  readonly desiredRole: NodeRole;
  readonly membership?: NodeMembership;
  readonly availability: NodeAvailability;
}

export interface EnginePlugin {
  readonly type: string;
  readonly name: string;
}

export interface EngineDescription {
  readonly engineVersion: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly plugins: readonly EnginePlugin[];
}

export interface NodeDescription {
  readonly hostname: string;
  readonly platform?: Platform;
  readonly resources?: Resources;
  readonly engine?: EngineDescription;
}

export interface NodeStatus {
  readonly state: NodeState;
  readonly message: string;
  readonly addr: string;
  readonly timestamp: number;
}

export interface ManagerStatus {
  readonly memberId: string;
  readonly addr: string;
  readonly leader: boolean;
  readonly reachability: Reachability;
}

export interface NodeEngine {
  readonly addr: string;
  readonly apiVersion: string;
  readonly swarmNode: string;
  readonly swarmControl: boolean;
}

export interface Node {
  readonly id: string;
  readonly meta: Meta;
  readonly spec: NodeSpec;
  readonly description?: NodeDescription;
  readonly status: NodeStatus;
  readonly managerStatus?: ManagerStatus;
  readonly role: NodeRole;
  readonly engine?: NodeEngine;
}

export interface ReplicatedMode {
  readonly replicas?: number;
}

export interface GlobalMode {

}

export interface ReplicatedJobMode {
  readonly maxConcurrent?: number;
  readonly totalCompletions?: number;
}

export interface GlobalJobMode {

}

export type ServiceMode =
  | { readonly replicated: ReplicatedMode }
  | { readonly global: GlobalMode }
  | { readonly replicatedJob: ReplicatedJobMode }
  | { readonly globalJob: GlobalJobMode };

export interface ServiceSpec {
  readonly annotations: Annotations;
  readonly task: TaskSpec;
  readonly mode: ServiceMode;
  readonly update?: UpdateConfig;
  readonly rollback?: UpdateConfig;
  readonly networks: readonly NetworkAttachment[];
  readonly endpoint?: EndpointSpec;
}

export type UpdateState = 'unknown' | 'updating' | 'paused' | 'completed' | 'rollbackStarted' | 'rollbackPaused' | 'rollbackCompleted';

export interface UpdateStatus {
  readonly state: UpdateState;
  readonly startedAt?: number;
  readonly completedAt?: number;
  readonly message: string;
  readonly slots: number;
  readonly specVersion: number;
}

export interface Service {
  readonly id: string;
  readonly meta: Meta;
  readonly spec: ServiceSpec;
  readonly specVersion: number;
  readonly previousSpec?: ServiceSpec;
  readonly endpoint?: Endpoint;
  readonly updateStatus?: UpdateStatus;
}

export type TaskState = 'new' | 'pending' | 'assigned' | 'accepted' | 'preparing' | 'ready' | 'starting' | 'running' | 'complete' | 'shutdown' | 'failed' | 'rejected' | 'remove' | 'orphaned';

export interface ContainerStatus {
  readonly containerId: string;
  readonly pid: number;
  readonly exitCode: number;
}

export interface TaskStatus {
  readonly timestamp: number;
  readonly state: TaskState;
  readonly message: string;
  readonly err: string;
  readonly container?: ContainerStatus;
  readonly runningAt?: number;
  readonly ports: readonly PortConfig[];
}

export interface TaskNetwork {
  readonly networkId: string;
  readonly addresses: readonly string[];
}

export interface Task {
  readonly id: string;
  readonly meta: Meta;
  readonly spec: TaskSpec;
  readonly specVersion: number;
  readonly serviceId?: string;
  readonly slot: number;
  readonly nodeId?: string;
  readonly annotations: Annotations;
  readonly serviceAnnotations: Annotations;
  readonly status: TaskStatus;
  readonly desiredState: TaskState;
  readonly networks: readonly TaskNetwork[];
  readonly endpoint?: Endpoint;
  readonly logDriver?: Driver;
  readonly assignedGeneric: readonly GenericResource[];
}

export interface NetworkSpec {
  readonly annotations: Annotations;
  readonly driverConfig?: Driver;
  readonly ipv6Enabled: boolean;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ingress: boolean;
  readonly ipam?: Ipam;
}

export interface Network {
  readonly id: string;
  readonly meta: Meta;
  readonly spec: NetworkSpec;
  readonly driverState?: Driver;
  readonly ipam?: Ipam;
}

export interface OrchestrationConfig {
  readonly taskHistoryRetentionLimit?: number;
}

export interface RaftConfig {
  readonly snapshotInterval?: number;
  readonly keepOldSnapshots: number;
  readonly logEntriesForSlowFollowers?: number;
  readonly heartbeatTick?: number;
  readonly electionTick?: number;
}

export interface DispatcherConfig {
  readonly heartbeatPeriodMs?: number;
}

export interface TaskDefaults {
  readonly logDriver?: Driver;
}

export interface EncryptionConfig {
  readonly autoLockManagers: boolean;
}

export interface ClusterSpec {
  readonly annotations: Annotations;
  readonly orchestration: OrchestrationConfig;
  readonly raft: RaftConfig;
  readonly dispatcher: DispatcherConfig;
  readonly taskDefaults: TaskDefaults;
  readonly encryptionConfig: EncryptionConfig;
}

export interface Cluster {
  readonly id: string;
  readonly meta: Meta;
  readonly spec: ClusterSpec;
}

export interface SecretSpec {
  readonly annotations: Annotations;
  /** Base64. Empty in every answer; empty in an update keeps what is there. */
  readonly data: string;
  readonly driver?: Driver;
  readonly templating?: Driver;
}

export interface Secret {
  readonly id: string;
  readonly meta: Meta;
  readonly spec: SecretSpec;
  readonly internal: boolean;
}

export interface ConfigSpec {
  readonly annotations: Annotations;
  /** Base64. */
  readonly data: string;
  readonly templating?: Driver;
}

export interface Config {
  readonly id: string;
  readonly meta: Meta;
  readonly spec: ConfigSpec;
}

export type VolumeScope = 'singleNode' | 'multiNode';

export type VolumeSharing = 'none' | 'readOnly' | 'oneWriter' | 'all';

export type VolumeAccess = 'mount' | 'block';

export interface VolumeAccessMode {
  readonly scope: VolumeScope;
  readonly sharing: VolumeSharing;
  readonly access: VolumeAccess;
  readonly fsType: string;
  readonly mountFlags: readonly string[];
}

export interface VolumeSecret {
  readonly key: string;
  readonly secret: string;
}

export interface Topology {
  readonly segments: Readonly<Record<string, string>>;
}

export interface TopologyRequirement {
  readonly requisite: readonly Topology[];
  readonly preferred: readonly Topology[];
}

export interface CapacityRange {
  readonly requiredBytes: number;
  readonly limitBytes: number;
}

export type VolumeAvailability = 'active' | 'pause' | 'drain';

export interface VolumeSpec {
  readonly annotations: Annotations;
  readonly group: string;
  readonly driver?: Driver;
  readonly accessMode: VolumeAccessMode;
  readonly secrets: readonly VolumeSecret[];
  readonly accessibility?: TopologyRequirement;
  readonly capacity?: CapacityRange;
  readonly availability: VolumeAvailability;
}

export type VolumePublishState = 'pendingPublish' | 'published' | 'pendingNodeUnpublish' | 'pendingUnpublish';

export interface VolumePublishStatus {
  readonly nodeId: string;
  readonly state: VolumePublishState;
  readonly publishContext: Readonly<Record<string, string>>;
  readonly message: string;
}

export interface VolumeInfo {
  readonly capacityBytes: number;
  readonly volumeContext: Readonly<Record<string, string>>;
  readonly volumeId: string;
  readonly accessibleTopology: readonly Topology[];
}

export interface Volume {
  readonly id: string;
  readonly meta: Meta;
  readonly spec: VolumeSpec;
  readonly publishStatus: readonly VolumePublishStatus[];
  readonly info?: VolumeInfo;
  readonly pendingDelete: boolean;
}

export interface CustomObject {
  readonly id: string;
  readonly meta: Meta;
  /** Its fields as a JSON object. */
  readonly body: string;
}

export type AnyObject =
  | { readonly node: Node }
  | { readonly service: Service }
  | { readonly task: Task }
  | { readonly network: Network }
  | { readonly cluster: Cluster }
  | { readonly secret: Secret }
  | { readonly config: Config }
  | { readonly volume: Volume }
  | { readonly custom: CustomObject };

/** Value of an index. */
export type IndexValue =
  | { readonly text: string }
  | { readonly number: number }
  | { readonly flag: boolean };

/** Objects that an index has under these values: the parts of its key, one for nearly all. */
export interface IndexFilter {
  readonly index: string;
  readonly values: readonly IndexValue[];
  /** The next part begins with this … */
  readonly prefix?: string;
  /** … is at least this … */
  readonly from?: IndexValue;
  /** … and less than this. */
  readonly to?: IndexValue;
}

export type ActionOp = 'create' | 'update' | 'remove';

/** One change. `object` is the encoded object of that kind, CustomObject for custom kinds; empty for a removal. */
export interface Action {
  readonly op: ActionOp;
  readonly kind: string;
  readonly id: string;
  readonly object: Uint8Array;
}

/** The payload of a raft entry: one transaction. */
export interface Transaction {
  readonly version: number;
  readonly time: number;
  readonly actions: readonly Action[];
  readonly actor?: string;
  readonly reason?: string;
  readonly requestId?: string;
  /** Trace of the writer (W3C Trace Context, `traceparent`), where it is recorded. */
  readonly trace?: string;
  /** Kinds that users defined and that this transaction is the first to write, or to write in this form. */
  readonly kinds: readonly KindDescription[];
  /** A step of a restore. It makes no version of its own, save the last one. */
  readonly restore?: RestoreStep;
}

/** A restore goes through the log piece by piece, and takes effect as a whole with its last step, unless a transaction came between. */
export interface RestoreStep {
  /** Says which steps belong together. */
  readonly id: string;
  readonly begin?: RestoreBegin;
  readonly rows?: RestoreRows;
  readonly commit?: RestoreCommit;
  readonly abort?: RestoreAbort;
  readonly requests?: RequestRecords;
}

/** `version` of the transaction is the one that the restore will make. */
export interface RestoreBegin {
  readonly kinds: readonly KindDescription[];
}

export interface RestoreRows {
  readonly rows: readonly ObjectRecord[];
}

export interface RestoreCommit {
  readonly objects: number;
}

export interface RestoreAbort {

}

/** Description of a custom kind, which every member receives. */
export interface KindDescription {
  readonly kind: string;
  readonly plural: string;
  readonly indexes: readonly string[];
  readonly unique: readonly string[];
}

export interface MemberInfo {
  readonly id: number;
  readonly name: string;
  readonly addrs: readonly string[];
  /** It was demoted: it is not promoted by itself. */
  readonly staysLearner?: boolean;
}

/** The context of a membership change. */
export interface MembershipContext {
  readonly member?: MemberInfo;
}

/** One object of the state. */
export interface ObjectRecord {
  readonly kind: string;
  readonly object: Uint8Array;
}

/** One change of a transaction in history, with the object before it. */
export interface HistoryChange {
  readonly op: ActionOp;
  readonly kind: string;
  readonly object: Uint8Array;
  readonly old?: Uint8Array;
}

export interface HistoryRecord {
  readonly version: number;
  readonly time: number;
  readonly changes: readonly HistoryChange[];
  readonly actor?: string;
  readonly reason?: string;
  readonly requestId?: string;
  readonly bytes: number;
  /** The changes go on in the next record, which is of the same version: a large transaction is read in pieces. */
  readonly continued?: boolean;
  readonly trace?: string;
}

export interface RequestRecord {
  readonly requestId: string;
  readonly version: number;
}

/** Many of them: there are thousands, and each is small. */
export interface RequestRecords {
  readonly requests: readonly RequestRecord[];
}

export interface SnapshotHeader {
  readonly format: number;
  readonly clusterId: string;
  readonly lineage: string;
  readonly version: number;
  readonly time: number;
  readonly members: readonly MemberInfo[];
  /** Ids that were members once and are never given again. */
  readonly removed: readonly number[];
  readonly kinds: readonly KindDescription[];
}

export interface SnapshotEnd {
  readonly records: number;
}

/** A snapshot is a sequence of these, each after its length: the header, objects by kind and id, history, requests, the end. */
export type SnapshotRecord =
  | { readonly header: SnapshotHeader }
  | { readonly object: ObjectRecord }
  | { readonly history: HistoryRecord }
  | { readonly requests: RequestRecords }
  | { readonly end: SnapshotEnd };

/** The `data` of a raft snapshot: which file holds it. */
export interface SnapshotDescriptor {
  readonly size: number;
  readonly checksum: number;
}

/** Exactly one of the two. */
export interface EngineTarget {
  /** Id of an object of kind `engines`. */
  readonly engine: string;
  /** Id of the node that the engine stands for. */
  readonly node: string;
}

/** The connection to the engine stands. */
export interface EngineOpened {
  /** Id of the object of kind `engines`. */
  readonly engine: string;
  /** Address at which its driver reached it. */
  readonly addr: string;
}

/** The sender sends no more bytes; the other direction stays open. */
export interface EngineEnd {

}

export type EngineRequest =
  | { readonly target: EngineTarget }
  | { readonly data: Uint8Array }
  | { readonly end: EngineEnd };

export type EngineResponse =
  | { readonly opened: EngineOpened }
  | { readonly data: Uint8Array }
  | { readonly end: EngineEnd };

/** The lock `engine/<id>` of the sender, as it was made. */
export interface HeldLock {
  readonly id: string;
  readonly version: number;
}

export interface TaskReport {
  readonly id: string;
  /** The leader sets the times. */
  readonly status: TaskStatus;
}

/** Facts of an engine that has answered. */
export interface EngineFacts {
  /** Id that the engine gives itself. */
  readonly engineId: string;
  /** Node that stands for the engine: made from that id, so it is the same whichever manager reports. */
  readonly nodeId: string;
  readonly description: NodeDescription;
  /** Newest version of Docker's API that it speaks. */
  readonly apiVersion: string;
  /** Id of the engine in a Docker swarm of its own; empty without one. */
  readonly swarmNode: string;
  /** True: it manages that swarm. */
  readonly swarmControl: boolean;
}

/** Pings without an answer. */
export interface EngineMisses {
  /** In a row. */
  readonly count: number;
  /** True: so many that the sender gives up. */
  readonly lost: boolean;
  readonly error: string;
  /** Time since the engine last answered the sender; 0 when it never has. */
  readonly silentMs: number;
}

export interface ReportRequest {
  readonly lock: HeldLock;
  readonly tasks: readonly TaskReport[];
  readonly engine?: EngineFacts;
  readonly misses?: EngineMisses;
}

export type ReportRefusal = 'gone' | 'otherNode' | 'behind' | 'same' | 'notReportable';

export interface RefusedTask {
  readonly id: string;
  readonly why: ReportRefusal;
}

export interface ReportResponse {
  /** Tasks that were left out. */
  readonly refused: readonly RefusedTask[];
  /** Time to live of the lease of the lock. */
  readonly leaseMs: number;
  /** Reason why the engine gets no node, such as the same engine at two addresses; empty when it has one. */
  readonly engineError: string;
}

export interface ResumeRequest {
  readonly info?: WriteInfo;
}

export interface ResumeResponse {
  /** Ids of the nodes that are down now. */
  readonly nodes: readonly string[];
}

/** The higher one wins: by round, then by member. */
export interface FormationBallot {
  readonly round: number;
  readonly by: number;
}

/** First state of a cluster. */
export interface Genesis {
  readonly clusterId: string;
  readonly lineage: string;
  /** The first voters. */
  readonly members: readonly MemberInfo[];
}

export interface FormationRequest {
  readonly member: MemberInfo;
  /** The list that the member was started with, sorted. */
  readonly peers: readonly string[];
  /** Absent in a request that only looks for members. */
  readonly ballot?: FormationBallot;
  /** When present, the ballot asks to accept it; otherwise it asks for a promise. */
  readonly genesis?: Genesis;
}

export interface FormationAnswer {
  /** The member that answers. */
  readonly member: MemberInfo;
  readonly peers: readonly string[];
  /** True when the answering process belongs to a cluster. */
  readonly formed: boolean;
  /** True when the requested promise or acceptance is given. */
  readonly granted: boolean;
  /** The highest promised ballot. */
  readonly promised?: FormationBallot;
  readonly acceptedAt?: FormationBallot;
  /** The accepted genesis, or the one that the cluster began with. */
  readonly genesis?: Genesis;
}

export interface GrantRequest {
  readonly ttlMs: number;
  /** Holder of the lock, as shown to people. */
  readonly holder: string;
  /** When most guarded leases run out at once they are marked as lost, and not removed. */
  readonly guarded: boolean;
  readonly info?: WriteInfo;
}

export interface GrantResponse {
  readonly id: string;
  readonly version: number;
}

export interface KeepAliveRequest {
  readonly ids: readonly string[];
}

export interface KeepAliveResponse {
  /** Those that are over. */
  readonly lost: readonly string[];
}

export interface RevokeRequest {
  readonly id: string;
  readonly info?: WriteInfo;
}

export interface RevokeResponse {
  readonly version: number;
}

export interface RaftHello {
  readonly format: number;
  readonly clusterId: string;
  readonly from: number;
  readonly to: number;
  /** Addresses of the sender: the receiver may not know of it yet, or know an older place. */
  readonly addrs: readonly string[];
  /** Last index of the sender's log. A leader that knows of a later one refuses the stream, and reports it. */
  readonly lastIndex: number;
}

export type RaftFrame =
  | { readonly hello: RaftHello }
  | { readonly batch: RaftBatch };

export interface RaftBatch {
  readonly messages: readonly RaftMessage[];
}

export interface RaftStreamEnd {

}

export interface SnapshotOpening {
  readonly hello: RaftHello;
  readonly message: RaftMessage;
}

export type SnapshotFrame =
  | { readonly opening: SnapshotOpening }
  | { readonly chunk: Uint8Array };

export type ConfChangeOpType = 'addVoter' | 'addLearner' | 'remove' | 'update';

export type ConfChangeTransition = 'auto' | 'jointImplicit' | 'jointExplicit';

export interface ConfChangeOp {
  readonly type: ConfChangeOpType;
  readonly nodeId: number;
}

export interface ConfChange {
  readonly transition: ConfChangeTransition;
  readonly changes: readonly ConfChangeOp[];
  readonly context?: Uint8Array;
}

export interface Entry {
  readonly term: number;
  readonly index: number;
  readonly data: Uint8Array;
  /** A membership change; `data` is empty then. */
  readonly change?: ConfChange;
}

export interface ConfState {
  readonly voters: readonly number[];
  readonly learners: readonly number[];
  readonly votersOutgoing: readonly number[];
  readonly learnersNext: readonly number[];
  readonly autoLeave: boolean;
}

export interface SnapshotMetadata {
  readonly index: number;
  readonly term: number;
  readonly confState: ConfState;
}

export interface Snapshot {
  readonly metadata: SnapshotMetadata;
  readonly data: Uint8Array;
}

export interface AppendEntries {
  readonly prevLogIndex: number;
  readonly prevLogTerm: number;
  readonly entries: readonly Entry[];
  readonly leaderCommit: number;
}

export interface AppendEntriesResponse {
  readonly index: number;
  readonly rejected: boolean;
  readonly hintIndex?: number;
  readonly hintTerm?: number;
}

export interface RequestVote {
  readonly lastLogIndex: number;
  readonly lastLogTerm: number;
  readonly leadershipTransfer?: boolean;
}

export interface RequestVoteResponse {
  readonly granted: boolean;
  readonly commitIndex?: number;
  readonly commitTerm?: number;
}

export interface Heartbeat {
  readonly leaderCommit: number;
  readonly context?: Uint8Array;
}

export interface HeartbeatResponse {
  readonly context?: Uint8Array;
}

export interface InstallSnapshot {
  readonly snapshot: Snapshot;
}

export interface TimeoutNow {

}

export interface ForwardedTransfer {
  readonly transferee: number;
}

export interface ReadIndex {
  readonly context: Uint8Array;
}

export interface ReadIndexResponse {
  readonly index: number;
  readonly context: Uint8Array;
}

/** The kind of message is the field that is set. Proposals do not travel: an entry made by a follower would clash with the leader's versions. */
export interface RaftMessage {
  readonly from: number;
  readonly to: number;
  readonly term: number;
  readonly appendEntries?: AppendEntries;
  readonly appendEntriesResponse?: AppendEntriesResponse;
  readonly requestVote?: RequestVote;
  readonly preVote?: RequestVote;
  readonly requestVoteResponse?: RequestVoteResponse;
  readonly preVoteResponse?: RequestVoteResponse;
  readonly heartbeat?: Heartbeat;
  readonly heartbeatResponse?: HeartbeatResponse;
  readonly installSnapshot?: InstallSnapshot;
  readonly timeoutNow?: TimeoutNow;
  readonly transferLeader?: ForwardedTransfer;
  readonly readIndex?: ReadIndex;
  readonly readIndexResponse?: ReadIndexResponse;
}

export interface JoinRequest {
  readonly member: MemberInfo;
  /** A member of the same name that does not answer is removed first: it has lost its disk, and this one replaces it. */
  readonly replaces: boolean;
}

export interface JoinResponse {
  readonly clusterId: string;
  readonly lineage: string;
  readonly members: readonly MemberInfo[];
}

/** By name or id. */
export interface RemoveMemberRequest {
  readonly member: string;
  /** Also when fewer voters would answer afterwards than a quorum needs. */
  readonly force: boolean;
}

export interface RemoveMemberResponse {

}

export interface SetMemberRoleRequest {
  readonly member: string;
  readonly role: MemberRole;
  readonly force: boolean;
}

export interface SetMemberRoleResponse {

}

export interface TransferLeadershipRequest {
  /** Name or id; the member that is furthest along when absent. */
  readonly to?: string;
}

export interface TransferLeadershipResponse {
  readonly leader: string;
}

export interface LocalStatusRequest {

}

export type MemberRole = 'voter' | 'learner';

export interface MemberStatus {
  readonly name: string;
  /** Decimal digits. */
  readonly id: string;
  readonly addr: string;
  readonly role: MemberRole;
  readonly leader: boolean;
  readonly reachable: boolean;
  readonly version?: number;
  readonly lastIndex?: number;
  readonly appliedIndex?: number;
}

export interface LocalStatus {
  readonly clusterId: string;
  readonly lineage: string;
  readonly name: string;
  readonly id: string;
  readonly term: number;
  readonly leader?: string;
  readonly version: number;
  readonly lastIndex: number;
  readonly appliedIndex: number;
  readonly members: readonly MemberStatus[];
  readonly use: StoreUse;
}

/** Use and limits of this member's store. */
export interface StoreUse {
  readonly kinds: readonly KindAmount[];
  readonly history: HistoryUse;
  /** Watches that stand here. */
  readonly watches: number;
}

export interface KindAmount {
  readonly kind: string;
  readonly objects: number;
  readonly bytes: number;
  readonly objectsMax?: number;
  readonly bytesMax?: number;
}

export interface HistoryUse {
  readonly transactions: number;
  readonly bytes: number;
  /** The oldest version that can be watched from. */
  readonly reachesBackTo: number;
}

export interface ClusterStatusRequest {

}

export interface ClusterStatus {
  readonly clusterId: string;
  readonly lineage: string;
  readonly leader?: string;
  readonly term: number;
  readonly version: number;
  readonly members: readonly MemberStatus[];
  /** Of the member that answers. */
  readonly use: StoreUse;
  /** "on", or "off" where connections are in clear text and every caller may do everything. */
  readonly security: string;
}

export interface GetRootCaRequest {

}

export interface GetRootCaResponse {
  readonly domain: string;
  /** In PEM. */
  readonly roots: readonly string[];
}

export interface IssueRequest {
  readonly token: string;
  /** Certificate request in DER. Only its public key is used. */
  readonly request: Uint8Array;
  /** Id that a new member has chosen, in decimal digits. */
  readonly member: string;
}

export interface IssueResponse {
  readonly domain: string;
  /** In PEM. */
  readonly certificate: string;
  readonly roots: readonly string[];
  /** As `user/alice`. */
  readonly identity: string;
}

export interface RenewRequest {
  /** Certificate request in DER. Only its public key is used. */
  readonly request: Uint8Array;
}

export interface WhoAmIRequest {

}

export interface WhoAmIResponse {
  /** As `user/alice`, `member/17`, `local`, `anonymous`. */
  readonly identity: string;
  readonly roles: readonly string[];
  /** Reason why an anonymous caller is one. */
  readonly why: string;
  readonly domain: string;
}

export interface CanRequest {
  /** Empty is the caller. Others are for admins to ask. */
  readonly user: string;
  readonly verb: string;
  readonly kind: string;
  /** Name or id of an object; empty is any. */
  readonly name: string;
}

export interface CanResponse {
  readonly allowed: boolean;
  /** Rule that decides; empty where none allows it. */
  readonly because: string;
}

export interface CreateTokenRequest {
  /** `join-member` or `join-user` for an enrolment; `bearer` for calls of a program, in the header `authorization`. */
  readonly use: string;
  /** Name of the user, for `join-user` and `bearer`. */
  readonly user: string;
  /** 0 is 24 hours; for `bearer` 30 days. */
  readonly ttlMs: number;
  /** 0 is one. Not for `bearer`. */
  readonly uses: number;
  readonly note: string;
}

export interface CreateTokenResponse {
  readonly token: string;
  readonly id: string;
  readonly expiresAt: number;
}

export interface RemoveTokenRequest {
  readonly id: string;
}

export interface PutUserRequest {
  readonly name: string;
  readonly roles: readonly string[];
  readonly disabled: boolean;
}

export interface RemoveUserRequest {
  readonly name: string;
}

export interface PutRoleRequest {
  readonly name: string;
  /** Each as `VERBS KINDS [NAMES]`: `read,write service web-`. */
  readonly rules: readonly string[];
  /** Most calls a second of each user with the role, at each member; 0 for no limit. */
  readonly rate: number;
}

export interface RemoveRoleRequest {
  readonly name: string;
}

export interface RevokeCertificateRequest {
  /** In hexadecimal digits. */
  readonly serial: string;
}

export interface AnchorRequest {
  /** Id of the member, in decimal digits. */
  readonly member: string;
  readonly line: number;
  /** SHA-256 of that line in hexadecimal digits. */
  readonly hash: string;
}

export interface AccessWritten {
  readonly version: number;
}

export type EventAction = 'create' | 'update' | 'delete' | 'commit';

/** Selection of events. Selectors are OR-ed, the fields of one are AND-ed, and the values of a list are OR-ed. An empty list matches everything. */
export interface Selector {
  readonly kind: string;
  readonly actions: readonly EventAction[];
  readonly ids: readonly string[];
  readonly idPrefixes: readonly string[];
  /** Without case. */
  readonly names: readonly string[];
  readonly namePrefixes: readonly string[];
  /** Tasks only. */
  readonly nodeIds: readonly string[];
  readonly serviceIds: readonly string[];
  readonly slots: readonly SlotFilter[];
  readonly desiredStates: readonly TaskState[];
  /** Tasks that have gone further than this. */
  readonly stateGreaterThan?: TaskState;
  /** Nodes only. */
  readonly roles: readonly NodeRole[];
  readonly memberships: readonly NodeMembership[];
  readonly states: readonly NodeState[];
  /** Entries of the annotations. */
  readonly custom: readonly IndexEntry[];
  /** Entries whose value begins with `val`. */
  readonly customPrefixes: readonly IndexEntry[];
  /** Any index of the kind, those of kinds that users defined among them. */
  readonly indexes: readonly IndexFilter[];
}

/** One replica of a service. */
export interface SlotFilter {
  readonly serviceId: string;
  readonly slot: number;
}

export interface WatchRequest {
  /** None is everything. */
  readonly selectors: readonly Selector[];
  /** Everything after this version, then live. Without it: from now on. */
  readonly resumeFrom?: number;
  /** Of the history that `resume_from` belongs to; a stream with another one is refused with a resync. */
  readonly lineage?: string;
  /** An update whose old object matches is reported too. */
  readonly matchEither: boolean;
  /** Only transactions with a matching event are sent; a bookmark tells an idle watcher the version to resume from. Milliseconds between bookmarks; 0 is 10,000. After five times as long a bookmark is sent although nothing happened. */
  readonly bookmarkMs: number;
  /** Begin with the objects that match now, and go on from there. Not together with `resume_from`. Actions ask nothing of these objects. */
  readonly snapshot: boolean;
  /** When `resume_from` is ahead of this member: wait until it is there, instead of refusing. */
  readonly wait: boolean;
}

export interface WatchEvent {
  readonly action: EventAction;
  readonly kind: string;
  readonly object: AnyObject;
  /** Updates only. */
  readonly old?: AnyObject;
}

/** The watch stands; what comes next comes after `version`. */
export interface Synced {
  readonly version: number;
}

/** A transaction with many or large events arrives in several consecutive messages. A reader joins the events of one version; the last message completes the transaction. */
export interface WatchTransaction {
  readonly version: number;
  readonly time: number;
  readonly events: readonly WatchEvent[];
  readonly actor?: string;
  readonly reason?: string;
  readonly requestId?: string;
  /** True when the events continue in the next message, of the same version. */
  readonly continued?: boolean;
  /** Trace of the writer (W3C Trace Context, `traceparent`), where it is recorded. */
  readonly trace?: string;
}

/** No wanted event happened up to this version. */
export interface Bookmark {
  readonly version: number;
}

/** The watch cannot go on without a gap: read the state again. */
export interface Resync {
  readonly reason: string;
  readonly version: number;
}

/** Objects that match; all pages are of one version. `synced` follows the last. */
export interface WatchSnapshot {
  readonly version: number;
  readonly objects: readonly KindObject[];
}

export interface KindObject {
  readonly kind: string;
  readonly object: AnyObject;
}

export interface WatchResponse {
  readonly lineage: string;
  readonly synced?: Synced;
  readonly transaction?: WatchTransaction;
  readonly bookmark?: Bookmark;
  readonly resync?: Resync;
  readonly snapshot?: WatchSnapshot;
}

export interface WatchesRequest {
  readonly begun: readonly WatchBegin[];
  /** Ids of watches whose messages are not wanted any more. */
  readonly ended: readonly number[];
  /** Ids of watches whose reader is slow: nothing is sent for them until they are resumed. */
  readonly paused: readonly number[];
  /** Ids of watches that go on from where they were paused, or begin anew where history does not reach any more. */
  readonly resumed: readonly number[];
}

export interface WatchBegin {
  /** Chosen by the caller: no two open watches of a stream have the same. */
  readonly id: number;
  readonly request: WatchRequest;
}

export interface WatchesResponse {
  readonly deliveries: readonly WatchDelivery[];
}

/** Next response of some watches, or their end. */
export interface WatchDelivery {
  readonly watches: readonly number[];
  /** The encoded `WatchResponse`, unless there is an end. */
  readonly response: Uint8Array;
  /** Status 0 is an end without an error. */
  readonly end?: CallError;
}

/** Every message by its name. */
export interface Messages {
  SaveRequest: SaveRequest;
  SaveResponse: SaveResponse;
  RestoreRequest: RestoreRequest;
  RestoreResponse: RestoreResponse;
  MultiplexRequest: MultiplexRequest;
  Call: Call;
  MultiplexResponse: MultiplexResponse;
  CallAnswer: CallAnswer;
  CallError: CallError;
  CatalogInstance: CatalogInstance;
  CatalogRegisterRequest: CatalogRegisterRequest;
  CatalogRegisterResponse: CatalogRegisterResponse;
  CatalogRenewRequest: CatalogRenewRequest;
  CatalogRenewResponse: CatalogRenewResponse;
  CatalogDeregisterRequest: CatalogDeregisterRequest;
  CatalogDeregisterResponse: CatalogDeregisterResponse;
  CatalogListRequest: CatalogListRequest;
  CatalogListResponse: CatalogListResponse;
  CatalogWatchRequest: CatalogWatchRequest;
  CatalogChange: CatalogChange;
  CatalogWatchResponse: CatalogWatchResponse;
  Filter: Filter;
  WriteInfo: WriteInfo;
  Change: Change;
  ApplyRequest: ApplyRequest;
  LookupCondition: LookupCondition;
  Condition: Condition;
  ApplyResponse: ApplyResponse;
  PlannedChange: PlannedChange;
  FieldChange: FieldChange;
  GetRequest: GetRequest;
  GetResponse: GetResponse;
  CreateRequest: CreateRequest;
  CreateResponse: CreateResponse;
  UpdateRequest: UpdateRequest;
  UpdateResponse: UpdateResponse;
  RemoveRequest: RemoveRequest;
  RemoveResponse: RemoveResponse;
  ListRequest: ListRequest;
  ListResponse: ListResponse;
  HistoryRequest: HistoryRequest;
  HistoryEntry: HistoryEntry;
  HistoryResponse: HistoryResponse;
  KindsRequest: KindsRequest;
  KindUse: KindUse;
  KindsResponse: KindsResponse;
  Meta: Meta;
  IndexEntry: IndexEntry;
  Annotations: Annotations;
  Driver: Driver;
  GenericResource: GenericResource;
  Resources: Resources;
  PortConfig: PortConfig;
  EndpointSpec: EndpointSpec;
  VirtualIp: VirtualIp;
  Endpoint: Endpoint;
  NetworkAttachment: NetworkAttachment;
  IpamConfig: IpamConfig;
  Ipam: Ipam;
  BindOptions: BindOptions;
  VolumeOptions: VolumeOptions;
  TmpfsOptions: TmpfsOptions;
  Mount: Mount;
  Healthcheck: Healthcheck;
  DnsConfig: DnsConfig;
  FileTarget: FileTarget;
  SecretReference: SecretReference;
  ConfigReference: ConfigReference;
  Ulimit: Ulimit;
  CredentialSpec: CredentialSpec;
  Seccomp: Seccomp;
  Privileges: Privileges;
  ContainerSpec: ContainerSpec;
  ResourceRequirements: ResourceRequirements;
  RestartPolicy: RestartPolicy;
  PlacementPreference: PlacementPreference;
  Platform: Platform;
  Placement: Placement;
  TaskSpec: TaskSpec;
  UpdateConfig: UpdateConfig;
  NodeSpec: NodeSpec;
  EnginePlugin: EnginePlugin;
  EngineDescription: EngineDescription;
  NodeDescription: NodeDescription;
  NodeStatus: NodeStatus;
  ManagerStatus: ManagerStatus;
  NodeEngine: NodeEngine;
  Node: Node;
  ReplicatedMode: ReplicatedMode;
  GlobalMode: GlobalMode;
  ReplicatedJobMode: ReplicatedJobMode;
  GlobalJobMode: GlobalJobMode;
  ServiceMode: ServiceMode;
  ServiceSpec: ServiceSpec;
  UpdateStatus: UpdateStatus;
  Service: Service;
  ContainerStatus: ContainerStatus;
  TaskStatus: TaskStatus;
  TaskNetwork: TaskNetwork;
  Task: Task;
  NetworkSpec: NetworkSpec;
  Network: Network;
  OrchestrationConfig: OrchestrationConfig;
  RaftConfig: RaftConfig;
  DispatcherConfig: DispatcherConfig;
  TaskDefaults: TaskDefaults;
  EncryptionConfig: EncryptionConfig;
  ClusterSpec: ClusterSpec;
  Cluster: Cluster;
  SecretSpec: SecretSpec;
  Secret: Secret;
  ConfigSpec: ConfigSpec;
  Config: Config;
  VolumeAccessMode: VolumeAccessMode;
  VolumeSecret: VolumeSecret;
  Topology: Topology;
  TopologyRequirement: TopologyRequirement;
  CapacityRange: CapacityRange;
  VolumeSpec: VolumeSpec;
  VolumePublishStatus: VolumePublishStatus;
  VolumeInfo: VolumeInfo;
  Volume: Volume;
  CustomObject: CustomObject;
  AnyObject: AnyObject;
  IndexValue: IndexValue;
  IndexFilter: IndexFilter;
  Action: Action;
  Transaction: Transaction;
  RestoreStep: RestoreStep;
  RestoreBegin: RestoreBegin;
  RestoreRows: RestoreRows;
  RestoreCommit: RestoreCommit;
  RestoreAbort: RestoreAbort;
  KindDescription: KindDescription;
  MemberInfo: MemberInfo;
  MembershipContext: MembershipContext;
  ObjectRecord: ObjectRecord;
  HistoryChange: HistoryChange;
  HistoryRecord: HistoryRecord;
  RequestRecord: RequestRecord;
  RequestRecords: RequestRecords;
  SnapshotHeader: SnapshotHeader;
  SnapshotEnd: SnapshotEnd;
  SnapshotRecord: SnapshotRecord;
  SnapshotDescriptor: SnapshotDescriptor;
  EngineTarget: EngineTarget;
  EngineOpened: EngineOpened;
  EngineEnd: EngineEnd;
  EngineRequest: EngineRequest;
  EngineResponse: EngineResponse;
  HeldLock: HeldLock;
  TaskReport: TaskReport;
  EngineFacts: EngineFacts;
  EngineMisses: EngineMisses;
  ReportRequest: ReportRequest;
  RefusedTask: RefusedTask;
  ReportResponse: ReportResponse;
  ResumeRequest: ResumeRequest;
  ResumeResponse: ResumeResponse;
  FormationBallot: FormationBallot;
  Genesis: Genesis;
  FormationRequest: FormationRequest;
  FormationAnswer: FormationAnswer;
  GrantRequest: GrantRequest;
  GrantResponse: GrantResponse;
  KeepAliveRequest: KeepAliveRequest;
  KeepAliveResponse: KeepAliveResponse;
  RevokeRequest: RevokeRequest;
  RevokeResponse: RevokeResponse;
  RaftHello: RaftHello;
  RaftFrame: RaftFrame;
  RaftBatch: RaftBatch;
  RaftStreamEnd: RaftStreamEnd;
  SnapshotOpening: SnapshotOpening;
  SnapshotFrame: SnapshotFrame;
  ConfChangeOp: ConfChangeOp;
  ConfChange: ConfChange;
  Entry: Entry;
  ConfState: ConfState;
  SnapshotMetadata: SnapshotMetadata;
  Snapshot: Snapshot;
  AppendEntries: AppendEntries;
  AppendEntriesResponse: AppendEntriesResponse;
  RequestVote: RequestVote;
  RequestVoteResponse: RequestVoteResponse;
  Heartbeat: Heartbeat;
  HeartbeatResponse: HeartbeatResponse;
  InstallSnapshot: InstallSnapshot;
  TimeoutNow: TimeoutNow;
  ForwardedTransfer: ForwardedTransfer;
  ReadIndex: ReadIndex;
  ReadIndexResponse: ReadIndexResponse;
  RaftMessage: RaftMessage;
  JoinRequest: JoinRequest;
  JoinResponse: JoinResponse;
  RemoveMemberRequest: RemoveMemberRequest;
  RemoveMemberResponse: RemoveMemberResponse;
  SetMemberRoleRequest: SetMemberRoleRequest;
  SetMemberRoleResponse: SetMemberRoleResponse;
  TransferLeadershipRequest: TransferLeadershipRequest;
  TransferLeadershipResponse: TransferLeadershipResponse;
  LocalStatusRequest: LocalStatusRequest;
  MemberStatus: MemberStatus;
  LocalStatus: LocalStatus;
  StoreUse: StoreUse;
  KindAmount: KindAmount;
  HistoryUse: HistoryUse;
  ClusterStatusRequest: ClusterStatusRequest;
  ClusterStatus: ClusterStatus;
  GetRootCaRequest: GetRootCaRequest;
  GetRootCaResponse: GetRootCaResponse;
  IssueRequest: IssueRequest;
  IssueResponse: IssueResponse;
  RenewRequest: RenewRequest;
  WhoAmIRequest: WhoAmIRequest;
  WhoAmIResponse: WhoAmIResponse;
  CanRequest: CanRequest;
  CanResponse: CanResponse;
  CreateTokenRequest: CreateTokenRequest;
  CreateTokenResponse: CreateTokenResponse;
  RemoveTokenRequest: RemoveTokenRequest;
  PutUserRequest: PutUserRequest;
  RemoveUserRequest: RemoveUserRequest;
  PutRoleRequest: PutRoleRequest;
  RemoveRoleRequest: RemoveRoleRequest;
  RevokeCertificateRequest: RevokeCertificateRequest;
  AnchorRequest: AnchorRequest;
  AccessWritten: AccessWritten;
  Selector: Selector;
  SlotFilter: SlotFilter;
  WatchRequest: WatchRequest;
  WatchEvent: WatchEvent;
  Synced: Synced;
  WatchTransaction: WatchTransaction;
  Bookmark: Bookmark;
  Resync: Resync;
  WatchSnapshot: WatchSnapshot;
  KindObject: KindObject;
  WatchResponse: WatchResponse;
  WatchesRequest: WatchesRequest;
  WatchBegin: WatchBegin;
  WatchesResponse: WatchesResponse;
  WatchDelivery: WatchDelivery;
}
