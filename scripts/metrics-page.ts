/** Makes docs/metrics.md from the table of metrics. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { type MetricRow, metricTable } from '../src/http/metrics/table.js';

const groups: readonly (readonly [prefix: string, title: string])[] = [
  ['skep_build', 'Version'],
  ['skep_raft', 'Raft'],
  ['skep_disk', 'Disk'],
  ['skep_store', 'Store'],
  ['skep_watch', 'Watches'],
  ['skep_grpc', 'gRPC'],
  ['skep_http', 'HTTP'],
  ['nodejs_', 'Event loop and heap'],
  ['process_', 'Process'],
];

function rowsOf(prefix: string): string[] {
  const rows = Object.entries<MetricRow>(metricTable).filter(([name]) => name.startsWith(prefix));
  return rows.map(
    ([name, { type, labels, help }]) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
  );
}

/** Returns the page. */
export function metricsPage(): string {
  const parts = groups.map(
    ([prefix, title]) =>
      `## ${title}\n\n| metric | type | labels | |\n|---|---|---|---|\n${rowsOf(prefix).join('\n')}\n`,
  );
  return `# Metrics

\`skep manager --http 127.0.0.1:4280\` serves these metrics at \`/metrics\` in the text format of Prometheus. With security, the reader
[shows a token](http.md#with-security). [http.md](http.md) has the
rest of that endpoint. Every member has its own: scrape all of them.

\`\`\`yaml
scrape_configs:
  - job_name: skep
    static_configs:
      - targets: [10.0.0.1:4280, 10.0.0.2:4280, 10.0.0.3:4280]
\`\`\`

A member measures nothing before the first scrape. Counters and histograms of disk and calls begin there. Time is in seconds,
amounts of data are in bytes.

[grafana-dashboard.json](grafana-dashboard.json) is a dashboard for Grafana with these metrics.

Worth an alert:

| expression | meaning |
|---|---|
| \`max(skep_raft_has_leader) == 0\` for 15 s | no member leads; writes wait |
| \`sum(skep_raft_is_leader) > 1\` for 30 s | a member that was cut off still believes that it leads |
| \`min by (member) (skep_raft_peer_active) == 0\` for 1 m | a member does not answer the leader |
| \`skep_raft_peer_lag_entries > 10000\` for 1 m | a member does not keep up |
| \`increase(skep_raft_leader_changes_total[15m]) > 3\` | leadership does not settle; look at disk and network |
| \`histogram_quantile(0.99, rate(skep_disk_write_seconds_bucket[5m])) > 0.1\` | the disk is too slow for the election timeout |
| \`skep_watch_backlog_events_max > 5000\` | a reader of a watch falls behind and is about to lose it |
| \`nodejs_eventloop_lag_p99_seconds > 0.2\` | the process is short of CPU; heartbeats are late |

${parts.join('\n')}
\`scripts/metrics-page.ts\` makes this page from \`src/http/metrics/table.ts\`.
`;
}

if (process.argv[1] === import.meta.filename)
  writeFileSync(join(import.meta.dirname, '../docs/metrics.md'), metricsPage());
