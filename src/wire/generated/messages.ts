// Made by scripts/generate.ts from proto/. Do not edit.

/** AND-ed; repeated fields are OR-ed within. An absent filter finds all. */
export interface Filter {
  readonly ids: readonly string[];
  readonly idPrefixes: readonly string[];
  /** Names are compared without case. */
  readonly names: readonly string[];
  readonly namePrefixes: readonly string[];
}

/** Said about a write and kept in history. */
export interface WriteInfo {
  readonly actor?: string;
  readonly reason?: string;
  /** A repeat of one of the last 10,000 ids does nothing. */
  readonly requestId?: string;
}

export interface GetNodeRequest {
  readonly id: string;
  /** Answer from what this member holds, without asking the others whether that is the newest. */
  readonly stale: boolean;
}

export interface GetNodeResponse {
  readonly node: Node;
}

export interface ListNodesRequest {
  readonly filter?: Filter;
  readonly stale: boolean;
}

export interface ListNodesResponse {
  readonly nodes: readonly Node[];
  readonly version: number;
}

/** A missing id is made up; `meta` is ignored. */
export interface CreateNodeRequest {
  readonly node: Node;
  readonly info?: WriteInfo;
}

export interface CreateNodeResponse {
  readonly node: Node;
  readonly version: number;
}

/** Replaces the object. With `version` the write is refused when the object has changed since. */
export interface UpdateNodeRequest {
  readonly node: Node;
  readonly version?: number;
  readonly info?: WriteInfo;
}

export interface UpdateNodeResponse {
  readonly node: Node;
  readonly version: number;
}

export interface RemoveNodeRequest {
  readonly id: string;
  readonly info?: WriteInfo;
}

export interface RemoveNodeResponse {
  readonly version: number;
}

export interface GetServiceRequest {
  readonly id: string;
  /** Answer from what this member holds, without asking the others whether that is the newest. */
  readonly stale: boolean;
}

export interface GetServiceResponse {
  readonly service: Service;
}

export interface ListServicesRequest {
  readonly filter?: Filter;
  readonly stale: boolean;
}

export interface ListServicesResponse {
  readonly services: readonly Service[];
  readonly version: number;
}

/** A missing id is made up; `meta` is ignored. */
export interface CreateServiceRequest {
  readonly service: Service;
  readonly info?: WriteInfo;
}

export interface CreateServiceResponse {
  readonly service: Service;
  readonly version: number;
}

/** Replaces the object. With `version` the write is refused when the object has changed since. */
export interface UpdateServiceRequest {
  readonly service: Service;
  readonly version?: number;
  readonly info?: WriteInfo;
}

export interface UpdateServiceResponse {
  readonly service: Service;
  readonly version: number;
}

export interface RemoveServiceRequest {
  readonly id: string;
  readonly info?: WriteInfo;
}

export interface RemoveServiceResponse {
  readonly version: number;
}

export interface GetTaskRequest {
  readonly id: string;
  /** Answer from what this member holds, without asking the others whether that is the newest. */
  readonly stale: boolean;
}

export interface GetTaskResponse {
  readonly task: Task;
}

export interface ListTasksRequest {
  readonly filter?: Filter;
  readonly stale: boolean;
}

export interface ListTasksResponse {
  readonly tasks: readonly Task[];
  readonly version: number;
}

/** A missing id is made up; `meta` is ignored. */
export interface CreateTaskRequest {
  readonly task: Task;
  readonly info?: WriteInfo;
}

export interface CreateTaskResponse {
  readonly task: Task;
  readonly version: number;
}

/** Replaces the object. With `version` the write is refused when the object has changed since. */
export interface UpdateTaskRequest {
  readonly task: Task;
  readonly version?: number;
  readonly info?: WriteInfo;
}

export interface UpdateTaskResponse {
  readonly task: Task;
  readonly version: number;
}

export interface RemoveTaskRequest {
  readonly id: string;
  readonly info?: WriteInfo;
}

export interface RemoveTaskResponse {
  readonly version: number;
}

export interface GetNetworkRequest {
  readonly id: string;
  /** Answer from what this member holds, without asking the others whether that is the newest. */
  readonly stale: boolean;
}

export interface GetNetworkResponse {
  readonly network: Network;
}

export interface ListNetworksRequest {
  readonly filter?: Filter;
  readonly stale: boolean;
}

export interface ListNetworksResponse {
  readonly networks: readonly Network[];
  readonly version: number;
}

/** A missing id is made up; `meta` is ignored. */
export interface CreateNetworkRequest {
  readonly network: Network;
  readonly info?: WriteInfo;
}

export interface CreateNetworkResponse {
  readonly network: Network;
  readonly version: number;
}

/** Replaces the object. With `version` the write is refused when the object has changed since. */
export interface UpdateNetworkRequest {
  readonly network: Network;
  readonly version?: number;
  readonly info?: WriteInfo;
}

export interface UpdateNetworkResponse {
  readonly network: Network;
  readonly version: number;
}

export interface RemoveNetworkRequest {
  readonly id: string;
  readonly info?: WriteInfo;
}

export interface RemoveNetworkResponse {
  readonly version: number;
}

export interface GetClusterRequest {
  readonly id: string;
  /** Answer from what this member holds, without asking the others whether that is the newest. */
  readonly stale: boolean;
}

export interface GetClusterResponse {
  readonly cluster: Cluster;
}

export interface ListClustersRequest {
  readonly filter?: Filter;
  readonly stale: boolean;
}

export interface ListClustersResponse {
  readonly clusters: readonly Cluster[];
  readonly version: number;
}

/** A missing id is made up; `meta` is ignored. */
export interface CreateClusterRequest {
  readonly cluster: Cluster;
  readonly info?: WriteInfo;
}

export interface CreateClusterResponse {
  readonly cluster: Cluster;
  readonly version: number;
}

/** Replaces the object. With `version` the write is refused when the object has changed since. */
export interface UpdateClusterRequest {
  readonly cluster: Cluster;
  readonly version?: number;
  readonly info?: WriteInfo;
}

export interface UpdateClusterResponse {
  readonly cluster: Cluster;
  readonly version: number;
}

export interface RemoveClusterRequest {
  readonly id: string;
  readonly info?: WriteInfo;
}

export interface RemoveClusterResponse {
  readonly version: number;
}

/** One operation on one object: an object to create or update, or the kind and id of one to remove. */
export interface Change {
  readonly op: ActionOp;
  readonly kind: string;
  readonly id: string;
  /** For an update or a removal: the version that the object must have. */
  readonly version?: number;
  readonly node?: Node;
  readonly service?: Service;
  readonly task?: Task;
  readonly network?: Network;
  readonly cluster?: Cluster;
}

export interface ApplyRequest {
  readonly changes: readonly Change[];
  readonly info?: WriteInfo;
}

export interface ApplyResponse {
  readonly version: number;
  /** Of the changes, in order. */
  readonly ids: readonly string[];
}

export interface Meta {
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
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

export type MountType = 'bind' | 'volume' | 'tmpfs' | 'npipe';

export interface BindOptions {
  readonly propagation: string;
}

export interface VolumeOptions {
  readonly noCopy: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly driver?: Driver;
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
}

export interface ManagerStatus {
  readonly memberId: string;
  readonly addr: string;
  readonly leader: boolean;
  readonly reachability: Reachability;
}

export interface Node {
  readonly id: string;
  readonly meta: Meta;
  readonly spec: NodeSpec;
  readonly description?: NodeDescription;
  readonly status: NodeStatus;
  readonly managerStatus?: ManagerStatus;
  readonly role: NodeRole;
}

export interface ReplicatedMode {
  readonly replicas?: number;
}

export interface GlobalMode {

}

export type ServiceMode =
  | { readonly replicated: ReplicatedMode }
  | { readonly global: GlobalMode };

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

export type ActionOp = 'create' | 'update' | 'remove';

/** One change. `object` is the encoded object of that kind; empty for a removal. */
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
}

export interface RequestRecord {
  readonly requestId: string;
  readonly version: number;
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
}

export interface SnapshotEnd {
  readonly records: number;
}

/** A snapshot is a sequence of these, each after its length: the header, objects by kind and id, history, requests, the end. */
export type SnapshotRecord =
  | { readonly header: SnapshotHeader }
  | { readonly object: ObjectRecord }
  | { readonly history: HistoryRecord }
  | { readonly request: RequestRecord }
  | { readonly end: SnapshotEnd };

/** The `data` of a raft snapshot: which file holds it. */
export interface SnapshotDescriptor {
  readonly size: number;
  readonly checksum: number;
}

export interface RaftHello {
  readonly format: number;
  readonly clusterId: string;
  readonly from: number;
  readonly to: number;
  /** Where the sender is reached: the receiver may not know of it yet, or know an older place. */
  readonly addrs: readonly string[];
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
}

export type EventAction = 'create' | 'update' | 'delete' | 'commit';

/** Which events. Selectors are OR-ed; what stands within one is AND-ed, save that the values of a list are OR-ed. An empty list asks nothing. */
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
  /** Only transactions with a matching event are sent; a bookmark tells an idle watcher the version to resume from. Milliseconds between bookmarks; 0 is 10,000. */
  readonly bookmarkMs: number;
}

export type WatchObject =
  | { readonly node: Node }
  | { readonly service: Service }
  | { readonly task: Task }
  | { readonly network: Network }
  | { readonly cluster: Cluster };

export interface WatchEvent {
  readonly action: EventAction;
  readonly kind: string;
  readonly object: WatchObject;
  /** Updates only. */
  readonly old?: WatchObject;
}

/** The watch stands; what comes next comes after `version`. */
export interface Synced {
  readonly version: number;
}

export interface WatchTransaction {
  readonly version: number;
  readonly time: number;
  readonly events: readonly WatchEvent[];
  readonly actor?: string;
  readonly reason?: string;
  readonly requestId?: string;
}

export interface Bookmark {
  readonly version: number;
}

/** The watch cannot go on without a gap: read the state again. */
export interface Resync {
  readonly reason: string;
  readonly version: number;
}

export interface WatchResponse {
  readonly lineage: string;
  readonly synced?: Synced;
  readonly transaction?: WatchTransaction;
  readonly bookmark?: Bookmark;
  readonly resync?: Resync;
}

/** Every message by its name. */
export interface Messages {
  Filter: Filter;
  WriteInfo: WriteInfo;
  GetNodeRequest: GetNodeRequest;
  GetNodeResponse: GetNodeResponse;
  ListNodesRequest: ListNodesRequest;
  ListNodesResponse: ListNodesResponse;
  CreateNodeRequest: CreateNodeRequest;
  CreateNodeResponse: CreateNodeResponse;
  UpdateNodeRequest: UpdateNodeRequest;
  UpdateNodeResponse: UpdateNodeResponse;
  RemoveNodeRequest: RemoveNodeRequest;
  RemoveNodeResponse: RemoveNodeResponse;
  GetServiceRequest: GetServiceRequest;
  GetServiceResponse: GetServiceResponse;
  ListServicesRequest: ListServicesRequest;
  ListServicesResponse: ListServicesResponse;
  CreateServiceRequest: CreateServiceRequest;
  CreateServiceResponse: CreateServiceResponse;
  UpdateServiceRequest: UpdateServiceRequest;
  UpdateServiceResponse: UpdateServiceResponse;
  RemoveServiceRequest: RemoveServiceRequest;
  RemoveServiceResponse: RemoveServiceResponse;
  GetTaskRequest: GetTaskRequest;
  GetTaskResponse: GetTaskResponse;
  ListTasksRequest: ListTasksRequest;
  ListTasksResponse: ListTasksResponse;
  CreateTaskRequest: CreateTaskRequest;
  CreateTaskResponse: CreateTaskResponse;
  UpdateTaskRequest: UpdateTaskRequest;
  UpdateTaskResponse: UpdateTaskResponse;
  RemoveTaskRequest: RemoveTaskRequest;
  RemoveTaskResponse: RemoveTaskResponse;
  GetNetworkRequest: GetNetworkRequest;
  GetNetworkResponse: GetNetworkResponse;
  ListNetworksRequest: ListNetworksRequest;
  ListNetworksResponse: ListNetworksResponse;
  CreateNetworkRequest: CreateNetworkRequest;
  CreateNetworkResponse: CreateNetworkResponse;
  UpdateNetworkRequest: UpdateNetworkRequest;
  UpdateNetworkResponse: UpdateNetworkResponse;
  RemoveNetworkRequest: RemoveNetworkRequest;
  RemoveNetworkResponse: RemoveNetworkResponse;
  GetClusterRequest: GetClusterRequest;
  GetClusterResponse: GetClusterResponse;
  ListClustersRequest: ListClustersRequest;
  ListClustersResponse: ListClustersResponse;
  CreateClusterRequest: CreateClusterRequest;
  CreateClusterResponse: CreateClusterResponse;
  UpdateClusterRequest: UpdateClusterRequest;
  UpdateClusterResponse: UpdateClusterResponse;
  RemoveClusterRequest: RemoveClusterRequest;
  RemoveClusterResponse: RemoveClusterResponse;
  Change: Change;
  ApplyRequest: ApplyRequest;
  ApplyResponse: ApplyResponse;
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
  Node: Node;
  ReplicatedMode: ReplicatedMode;
  GlobalMode: GlobalMode;
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
  Action: Action;
  Transaction: Transaction;
  MemberInfo: MemberInfo;
  MembershipContext: MembershipContext;
  ObjectRecord: ObjectRecord;
  HistoryChange: HistoryChange;
  HistoryRecord: HistoryRecord;
  RequestRecord: RequestRecord;
  SnapshotHeader: SnapshotHeader;
  SnapshotEnd: SnapshotEnd;
  SnapshotRecord: SnapshotRecord;
  SnapshotDescriptor: SnapshotDescriptor;
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
  ClusterStatusRequest: ClusterStatusRequest;
  ClusterStatus: ClusterStatus;
  Selector: Selector;
  WatchRequest: WatchRequest;
  WatchObject: WatchObject;
  WatchEvent: WatchEvent;
  Synced: Synced;
  WatchTransaction: WatchTransaction;
  Bookmark: Bookmark;
  Resync: Resync;
  WatchResponse: WatchResponse;
}
