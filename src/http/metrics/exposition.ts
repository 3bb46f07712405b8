import { type EventLoopUtilization, type IntervalHistogram, monitorEventLoopDelay, performance } from 'node:perf_hooks';
import process from 'node:process';
import { Counter, Gauge, Registry } from 'prom-client';
import type { ShownMember } from '../member.js';
import { type MetricName, metricTable } from './table.js';

/** Values of one metric: a number, or numbers by their labels. */
type Values = number | readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
type Sampled = Partial<Record<MetricName, Values>>;

const nanosecond = 1e-9;

/** Metrics of one member. Costs nothing before the first {@link scrape}. */
export class Exposition {
  readonly #member: ShownMember;
  readonly #version: string;
  readonly #streams: () => number;
  #started: { readonly registry: Registry; readonly loop: LoopSampler } | undefined;

  constructor(member: ShownMember, { version, streams }: { readonly version: string; readonly streams: () => number }) {
    this.#member = member;
    this.#version = version;
    this.#streams = streams;
  }

  /** Returns the metrics in the text format of Prometheus. */
  async scrape(): Promise<{ text: string; type: string }> {
    const { registry, loop } = (this.#started ??= this.#start());
    const sampled = {
      ...clusterSamples(this.#member, this.#version),
      ...this.#calls(),
      ...processSamples(),
      ...loop.sample(),
    };
    const single = new Registry();
    for (const [name, values] of Object.entries(sampled) as [MetricName, Values][]) put(single, name, values);
    return { text: await Registry.merge([single, registry]).metrics(), type: single.contentType };
  }

  /** Ends the timer of the event loop. */
  close(): void {
    this.#started?.loop.close();
  }

  #start() {
    const registry = new Registry();
    this.#member.meter.start(registry);
    return { registry, loop: new LoopSampler() };
  }

  #calls(): Sampled {
    const streams = [...this.#member.meter.streams].map(([method, open]) => [{ method }, open] as const);
    return { skep_grpc_streams: streams, skep_http_streams: this.#streams() };
  }
}

/** Made anew at each scrape: a label that is gone must not stay. */
function put(registry: Registry, name: MetricName, values: Values): void {
  const { type, help, labels } = metricTable[name];
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  const metric = type === 'counter' ? new Counter(options) : new Gauge(options);
  const list = typeof values === 'number' ? [[{}, values] as const] : values;
  for (const [its, value] of list) {
    if (metric instanceof Counter) metric.inc(its, value);
    else metric.set(its, value);
  }
}

function clusterSamples({ replica, leaders }: ShownMember, version: string): Sampled {
  const { store } = replica;
  const raft = replica.raftStatus();
  const { kinds, history, watches } = store.use();
  const waiting = store.queue.describe().flatMap(({ backlog }) => backlog ?? []);
  const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);
  const names = new Map(replica.members().map(({ id, name }) => [id, name]));
  const peers = [...(raft.progress ?? [])].filter(([id]) => id !== replica.identity.id);
  const named = (id: number) => ({ member: names.get(id) ?? String(id) });
  return {
    skep_build_info: [[{ version }, 1]],
    skep_raft_term: raft.term,
    skep_raft_is_leader: Number(replica.isLeader),
    skep_raft_has_leader: Number(replica.leaderInfo !== undefined),
    skep_raft_leader_changes_total: leaders.changes,
    skep_raft_last_index: raft.lastIndex,
    skep_raft_commit_index: raft.commit,
    skep_raft_applied_index: raft.applied,
    skep_raft_pending_proposals: replica.openProposals,
    skep_raft_members: [
      [{ role: 'voter' }, raft.confState.voters.length],
      [{ role: 'learner' }, raft.confState.learners.length],
    ],
    skep_raft_peer_lag_entries: peers.map(([id, { match }]) => [named(id), Math.max(0, raft.lastIndex - match)]),
    skep_raft_peer_active: peers.map(([id, { recentActive }]) => [named(id), Number(recentActive)]),
    skep_store_version: store.version,
    skep_store_objects: kinds.map(({ kind, objects }) => [{ kind }, objects]),
    skep_store_bytes: kinds.map(({ kind, bytes }) => [{ kind }, bytes]),
    skep_store_history_transactions: history.transactions,
    skep_store_history_bytes: history.bytes,
    skep_store_history_oldest_version: history.reachesBackTo,
    skep_watches: watches,
    skep_watch_backlog_events: sum(waiting.map(({ events }) => events)),
    skep_watch_backlog_events_max: Math.max(0, ...waiting.map(({ events }) => events)),
    skep_watch_backlog_bytes: sum(waiting.map(({ bytes }) => bytes)),
  };
}

function processSamples(): Sampled {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    nodejs_heap_size_used_bytes: heapUsed,
    process_cpu_seconds_total: (user + system) / 1e6,
    process_resident_memory_bytes: rss,
    process_start_time_seconds: Math.round(performance.timeOrigin / 1_000),
  };
}

/** Delay and use of the event loop between two scrapes. */
class LoopSampler {
  readonly #delay: IntervalHistogram;
  #last: EventLoopUtilization;

  constructor() {
    this.#delay = monitorEventLoopDelay({ resolution: 20 });
    this.#delay.enable();
    this.#last = performance.eventLoopUtilization();
  }

  sample(): Sampled {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#last);
    this.#last = now;
    const seconds = (percent: number) => (this.#delay.count === 0 ? 0 : this.#delay.percentile(percent) * nanosecond);
    const sampled = {
      nodejs_eventloop_lag_p50_seconds: seconds(50),
      nodejs_eventloop_lag_p99_seconds: seconds(99),
      nodejs_eventloop_utilization_ratio: Number.isFinite(utilization) ? utilization : 0,
    };
    this.#delay.reset();
    return sampled;
  }

  close(): void {
    this.#delay.disable();
  }
}
