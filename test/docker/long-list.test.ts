import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openDockerApi } from '../../src/docker/index.js';
import type { ContainerSummary } from '../../src/fleet/index.js';
import { ask, begin, hostOf } from '../support/docker-http.js';
import { containerOf, PlainEngine, PlainFleet } from '../support/plain-fleet.js';

const count = 30_000;

const summaryOf = (n: number): ContainerSummary => ({
  Id: n.toString(16).padStart(64, '0'),
  Names: [`/web-${n}`],
  Image: 'registry.example.com/shop/web:1.2.3',
  ImageID: `sha256:${'a'.repeat(64)}`,
  Command: "nginx -g 'daemon off;'",
  Created: 1_700_000_000 + (n % 5_000),
  Ports: [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: 32_000 + (n % 1_000), Type: 'tcp' }],
  Labels: { 'com.example.service': `web-${n % 100}`, 'com.example.team': 'shop' },
  State: 'running',
  Status: 'Up 2 hours',
  NetworkSettings: { Networks: { bridge: { NetworkID: 'b'.repeat(64), IPAddress: '172.17.0.2' } } },
});

describe('a list of 30,000 containers', () => {
  const engine = new PlainEngine('127.0.0.1:1');
  const inspect = { State: { Status: 'running', StartedAt: '2026-01-02T10:00:00Z' } };
  engine.containers = Array.from({ length: count }, (_, n) => containerOf(summaryOf(n), inspect, engine));
  const fleet = new PlainFleet([engine]);
  const open = () => openDockerApi(fleet, { listen: ['tcp://127.0.0.1:0'], version: '1' });

  it('is whole, newest first, and sent in pieces', async () => {
    const api = await open();
    const { json, headers } = await ask(hostOf(api), 'GET', '/containers/json');
    expect(headers['transfer-encoding']).toBe('chunked');
    expect(json.length).toBe(count);
    const times: number[] = json.map(({ Created }: any) => Created);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    const filters = encodeURIComponent(JSON.stringify({ label: ['com.example.service=web-7'], name: ['^/web-.*7$'] }));
    expect((await ask(hostOf(api), 'GET', `/containers/json?filters=${filters}`)).json.length).toBe(count / 100);
    await api.close();
  });

  it('waits for a client that does not read, and forgets one that leaves', async () => {
    const api = await open();
    const slow = await begin(hostOf(api), 'GET', '/containers/json');
    let length = 0;
    for (let i = 0; i < 20; i++) {
      await delay(5);
      expect((await ask(hostOf(api), 'GET', '/_ping')).text).toBe('OK');
      length = slow.socket.bytesRead;
    }
    expect(length).toBeLessThan(count * 400);
    slow.destroy();
    await api.close();
  });
});
