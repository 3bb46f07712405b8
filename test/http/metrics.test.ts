import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricsPage } from '../../scripts/metrics-page.js';
import { until } from '../../scripts/waiting.js';
import { Client } from '../../src/client/index.js';
import { type MetricRow, metricTable } from '../../src/http/metrics/table.js';
import { watch } from '../../src/index.js';
import { HttpMember } from '../support/http-member.js';

const docs = join(import.meta.dirname, '../../docs');
const names = Object.keys(metricTable);
const rows: Readonly<Record<string, MetricRow>> = metricTable;

/** Samples by name and labels: `skep_raft_members{role="voter"}`. */
function samplesIn(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

describe('/metrics', () => {
  let http: HttpMember;
  let client: Client;
  beforeAll(async () => {
    http = await HttpMember.open();
    client = new Client({ hosts: [http.member.addr] });
  });
  afterAll(async () => {
    client.close();
    await http.close();
  });
  const scrape = async () => samplesIn((await http.ask('/metrics')).text);

  it('measures nothing before the first scrape', async () => {
    await client.list('node');
    expect(http.shown.meter.active).toBe(false);
    expect(http.shown.meter.streams.size).toBe(0);
    const samples = await scrape();
    expect(http.shown.meter.active).toBe(true);
    expect([...samples.keys()].filter((name) => name.startsWith('skep_grpc_call_seconds_count'))).toEqual([]);
  });

  it('has every metric of the table, with its help and type, and no other', async () => {
    const { text, headers } = await http.ask('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    const told = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
    expect(told.sort()).toEqual(
      Object.entries(rows)
        .map(([name, { type }]) => [name, type])
        .sort(),
    );
    for (const [name, { help }] of Object.entries(rows)) expect(text).toContain(`# HELP ${name} ${help}\n`);
  });

  it('follows what happens', async () => {
    const subscription = watch(http.member.store.queue).subscribe(() => undefined);
    await scrape();
    await client.create('node', { id: 'a' });
    await client.get('node', 'none').catch(() => undefined);
    const samples = await scrape();
    subscription.unsubscribe();
    expect(samples.get('skep_build_info{version="1.2.3"}')).toBe(1);
    expect(samples.get('skep_raft_is_leader')).toBe(1);
    expect(samples.get('skep_raft_members{role="voter"}')).toBe(1);
    expect(samples.get('skep_store_version')).toBe(1);
    expect(samples.get('skep_store_objects{kind="node"}')).toBe(1);
    expect(samples.get('skep_store_bytes{kind="node"}')).toBeGreaterThan(0);
    expect(samples.get('skep_watches')).toBeGreaterThanOrEqual(1);
    expect(samples.get('skep_disk_write_seconds_count')).toBeGreaterThan(0);
    expect(samples.get('skep_grpc_call_seconds_count{method="Control/Create",code="OK"}')).toBe(1);
    expect(samples.get('skep_grpc_call_seconds_count{method="Control/Get",code="NOT_FOUND"}')).toBe(1);
    expect(samples.get('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(samples.get('nodejs_eventloop_utilization_ratio')).toBeLessThanOrEqual(1);
  });

  it('counts a leader that follows another, and shows the lag of members', async () => {
    const second = await HttpMember.open({ name: 'm2', join: [http.member.addr] });
    expect((await scrape()).get('skep_raft_peer_lag_entries{member="m2"}')).toBeDefined();
    expect((await scrape()).get('skep_raft_leader_changes_total')).toBe(0);
    await http.member.transferLeadership('m2');
    expect((await scrape()).get('skep_raft_leader_changes_total')).toBe(1);
    expect((await scrape()).get('skep_raft_peer_lag_entries{member="m2"}')).toBeUndefined();
    await second.member.transferLeadership('m1');
    await until('m1 leads', () => http.member.isLeader);
    await http.member.removeMember('m2');
    await second.close();
  });
});

describe('the names of metrics', () => {
  it('follow the conventions of Prometheus', () => {
    for (const [name, { type, labels }] of Object.entries(rows)) {
      expect(name).toMatch(/^(?:skep|nodejs|process)_[a-z0-9]+(?:_[a-z0-9]+)*$/);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      if (type === 'histogram') expect(name).toMatch(/_(?:seconds|bytes)$/);
      expect(name).not.toMatch(/_(?:ms|millis|kb|mb|percent)(?:_|$)/);
      for (const label of labels) expect(label).toMatch(/^[a-z]+$/);
    }
  });

  it('and meanings are those of docs/metrics.md', () => {
    const page = readFileSync(join(docs, 'metrics.md'), 'utf8');
    expect(page).toBe(metricsPage());
    for (const name of names) expect(page).toContain(`| \`${name}\` |`);
  });

  it.each(['metrics.md', 'grafana-dashboard.json'])('in %s all exist, with their labels', (file) => {
    const text = readFileSync(join(docs, file), 'utf8');
    const used = [...text.matchAll(/\b((?:skep|nodejs|process)_[a-z0-9_]+)(?:\{([^}]*)\})?/g)];
    expect(used.length).toBeGreaterThan(30);
    for (const [, used1 = '', selector = ''] of used) {
      const name = names.includes(used1) ? used1 : used1.replace(/_(?:bucket|count|sum)$/, '');
      expect(names, used1).toContain(name);
      if (name !== used1) expect(rows[name]?.type, used1).toBe('histogram');
      const labels = [...selector.matchAll(/([a-z]+)!?=/g)].map(([, label]) => label);
      expect([...(rows[name]?.labels ?? []), 'job']).toEqual(expect.arrayContaining(labels));
    }
  });

  it('are all on the dashboard for Grafana', () => {
    const text = readFileSync(join(docs, 'grafana-dashboard.json'), 'utf8');
    const { panels, templating } = JSON.parse(text) as {
      panels: { id: number; targets?: unknown[] }[];
      templating: object;
    };
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(templating).toBeDefined();
    const absent = names.filter((name) => !text.includes(name));
    expect(absent).toEqual(['skep_raft_commit_index']);
  });
});
