/** One metric: everything about it that readers of docs/metrics.md see. */
export interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Sentence for `# HELP` and for the documentation. */
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper ends of the buckets of a histogram. */
  readonly buckets?: readonly number[];
}

const row = <const R extends MetricRow>(metric: R): R => metric;
const gauge = (help: string, labels: readonly string[] = []) => row({ type: 'gauge', help, labels });
const counter = (help: string, labels: readonly string[] = []) => row({ type: 'counter', help, labels });

/** From a memory disk to one that hangs. */
const diskSeconds = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const snapshotSeconds = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60];
const callSeconds = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Every metric of `/metrics`, by name. The endpoint and docs/metrics.md are made from it. */
export const metricTable = {
  skep_build_info: gauge('Always 1; the label has the version of skep.', ['version']),
  skep_raft_term: gauge('Term of this member.'),
  skep_raft_is_leader: gauge('1 when this member leads, else 0.'),
  skep_raft_has_leader: gauge('1 when this member knows a leader, else 0.'),
  skep_raft_leader_changes_total: counter('Times that another leader followed, as this member saw it.'),
  skep_raft_last_index: gauge('Index of the last entry in the log of this member.'),
  skep_raft_commit_index: gauge('Index of the last entry that is known to be committed.'),
  skep_raft_applied_index: gauge('Index of the last entry that this member has applied.'),
  skep_raft_pending_proposals: gauge('Transactions of this member that are proposed and not committed yet.'),
  skep_raft_members: gauge('Members of the cluster, by role.', ['role']),
  skep_raft_peer_lag_entries: gauge('Entries that a member is behind the leader; only the leader has it.', ['member']),
  skep_raft_peer_active: gauge(
    '1 when a member answered within the last election timeout, else 0; only the leader has it.',
    ['member'],
  ),
  skep_disk_write_seconds: row({
    type: 'histogram',
    help: 'Time of a synced write to the log.',
    labels: [],
    buckets: diskSeconds,
  }),
  skep_disk_snapshot_seconds: row({
    type: 'histogram',
    help: 'Time of writing a snapshot.',
    labels: [],
    buckets: snapshotSeconds,
  }),
  skep_store_version: gauge('Version of the last transaction that this member has applied.'),
  skep_store_objects: gauge('Objects, by kind.', ['kind']),
  skep_store_bytes: gauge('Encoded bytes of the objects, by kind.', ['kind']),
  skep_store_history_transactions: gauge('Transactions in the history.'),
  skep_store_history_bytes: gauge('Encoded bytes of the history.'),
  skep_store_history_oldest_version: gauge('Oldest version that a watch can resume from.'),
  skep_watches: gauge('Open watches of this member.'),
  skep_watch_backlog_events: gauge('Events that wait for the readers of all watches.'),
  skep_watch_backlog_events_max: gauge('Events that wait for the reader that is furthest behind.'),
  skep_watch_backlog_bytes: gauge('Encoded bytes that wait for the readers of all watches.'),
  skep_grpc_call_seconds: row({
    type: 'histogram',
    help: 'Time from a request to its answer, by method and status.',
    labels: ['method', 'code'],
    buckets: callSeconds,
  }),
  skep_grpc_streams: gauge('Open calls that stream, by method.', ['method']),
  skep_http_streams: gauge('Open streams of /api/events.'),
  nodejs_eventloop_lag_p50_seconds: gauge('Median delay of the event loop since the last scrape.'),
  nodejs_eventloop_lag_p99_seconds: gauge('99th percentile of the delay of the event loop since the last scrape.'),
  nodejs_eventloop_utilization_ratio: gauge(
    'Share of the time since the last scrape in which the event loop was busy.',
  ),
  nodejs_heap_size_used_bytes: gauge('Used bytes of the heap.'),
  process_cpu_seconds_total: counter('CPU time of the process.'),
  process_resident_memory_bytes: gauge('Resident memory of the process.'),
  process_start_time_seconds: gauge('Start of the process, seconds since the epoch.'),
} as const;

/** Name of a metric. */
export type MetricName = keyof typeof metricTable;
