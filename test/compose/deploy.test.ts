import { describe, expect, it } from 'vitest';
import { specOf } from '../support/cli-compose.js';

const endpointOf = (lines: string) => specOf(lines).endpoint;

describe('deploy', () => {
  it.each([
    ['{}', { replicated: { replicas: 1 } }],
    ['{replicas: 3}', { replicated: { replicas: 3 } }],
    ['{replicas: 0}', { replicated: { replicas: 0 } }],
    ['{replicas: "${THREE}"}', { replicated: { replicas: 3 } }],
    ['{mode: replicated, replicas: 2}', { replicated: { replicas: 2 } }],
    ['{mode: global}', { global: {} }],
  ])('%s is a mode', (deploy, mode) => {
    expect(specOf(`deploy: ${deploy}`).mode).toEqual(mode);
  });

  it.each([
    ['{limits: {cpus: "0.50", memory: 50M}}', { limits: { nanoCpus: 500_000_000, memoryBytes: 52_428_800 } }],
    ['{reservations: {cpus: 2}}', { reservations: { nanoCpus: 2_000_000_000 } }],
    ['{limits: {memory: 1g}, reservations: {memory: 64k}}', { limits: { memoryBytes: 1_073_741_824 }, reservations: { memoryBytes: 65_536 } }],
  ])('has the resources %s', (resources, expected) => {
    expect(specOf(`deploy: {resources: ${resources}}`).task?.resources).toMatchObject(expected);
  }); // prettier-ignore

  it.each([
    ['0', 0],
    ['512', 512],
    ['1b', 1],
    ['64k', 65_536],
    ['64kb', 65_536],
    ['300M', 314_572_800],
    ['1.5gb', 1_610_612_736],
    ['1 g', 1_073_741_824],
    ['2t', 2_199_023_255_552],
    ['512MiB', 536_870_912],
    ['1GiB', 1_073_741_824],
  ])('takes the size %s', (size, memoryBytes) => {
    const spec = specOf(`deploy: {resources: {limits: {memory: "${size}"}}}`);
    expect(spec.task?.resources?.limits?.memoryBytes).toBe(memoryBytes);
  });

  it.each([
    ['0', 0],
    ['0s', 0],
    ['500ms', 500],
    ['1.5s', 1_500],
    ['10s', 10_000],
    ['1m30s', 90_000],
    ['2h', 7_200_000],
    ['1h2m3s4ms', 3_723_004],
    ['1000us', 1],
    ['.5s', 500],
    ['1000000ns', 1],
  ])('takes the duration %s', (time, ms) => {
    expect(specOf(`deploy: {restart_policy: {delay: "${time}"}}`).task?.restart?.delayMs).toBe(ms);
  });

  it.each([
    ['deploy: {restart_policy: {condition: on-failure, delay: 5s, max_attempts: 3, window: 2m}}', { condition: 'onFailure', delayMs: 5_000, maxAttempts: 3, windowMs: 120_000 }],
    ['deploy: {restart_policy: {condition: any}}', { condition: 'any' }],
    ['deploy: {restart_policy: {condition: none}}', { condition: 'none' }],
    ['restart: "no"', { condition: 'none' }],
    ['restart: no', { condition: 'none' }],
    ['restart: always', { condition: 'any' }],
    ['restart: unless-stopped', { condition: 'any' }],
    ['restart: on-failure', { condition: 'onFailure' }],
    ['restart: on-failure:3', { condition: 'onFailure', maxAttempts: 3 }],
    ['restart: always\ndeploy: {restart_policy: {condition: none}}', { condition: 'none' }],
  ])('restarts with %s', (lines, restart) => {
    expect(specOf(lines).task?.restart).toEqual(restart);
  }); // prettier-ignore

  it('places with constraints, preferences and a limit', () => {
    expect(
      specOf(
        'deploy:\n  placement:\n    constraints: [node.role == worker]\n    preferences: [{spread: node.labels.zone}]\n    max_replicas_per_node: 2',
      ).task?.placement,
    ).toEqual({ constraints: ['node.role == worker'], preferences: [{ spread: 'node.labels.zone' }], maxReplicas: 2 });
  });

  it.each([
    ['{parallelism: 2, delay: 10s, failure_action: rollback, monitor: 5s, max_failure_ratio: 0.1, order: start-first}', { parallelism: 2, delayMs: 10_000, failureAction: 'rollback', monitorMs: 5_000, maxFailureRatio: 0.1, order: 'startFirst' }],
    ['{parallelism: 0, order: stop-first}', { parallelism: 0, order: 'stopFirst' }],
    ['{failure_action: continue}', { failureAction: 'continue' }],
    ['{failure_action: pause}', { failureAction: 'pause' }],
  ])('updates with %s', (config, expected) => {
    expect(specOf(`deploy: {update_config: ${config}}`).update).toMatchObject(expected);
    if (!config.includes('failure_action: rollback'))
      expect(specOf(`deploy: {rollback_config: ${config}}`).rollback).toMatchObject(expected);
  }); // prettier-ignore

  it.each(['vip', 'dnsrr'])('has the endpoint mode %s', (mode) => {
    expect(endpointOf(`deploy: {endpoint_mode: ${mode}}`)).toEqual({ mode, ports: [] });
  });
});

describe('ports', () => {
  const tcp = (targetPort: number, publishedPort?: number) => ({ targetPort, publishedPort, protocol: 'tcp' });

  it.each([
    ['80', [tcp(80)]],
    ['"80"', [tcp(80)]],
    ['8080:80', [tcp(80, 8080)]],
    ['22:22', [tcp(22, 22)]],
    ['53:53/udp', [{ ...tcp(53, 53), protocol: 'udp' }]],
    ['"9/sctp"', [{ ...tcp(9), protocol: 'sctp' }]],
    ['3000-3002', [tcp(3000), tcp(3001), tcp(3002)]],
    ['9090-9091:8080-8081', [tcp(8080, 9090), tcp(8081, 9091)]],
    ['"${THREE}000:80"', [tcp(80, 3000)]],
    ['{target: 80}', [{ targetPort: 80 }]],
    ['{target: 80, published: "8080", protocol: udp, mode: host, name: web}', [{ name: 'web', targetPort: 80, publishedPort: 8080, protocol: 'udp', publishMode: 'host' }]],
  ])('reads %s', (port, ports) => {
    expect(endpointOf(`ports:\n  - ${port}`)?.ports).toEqual(ports);
  }); // prettier-ignore

  it('keeps the order of several entries', () => {
    expect(endpointOf('ports: ["3-4", "1:2"]')?.ports).toEqual([tcp(3), tcp(4), tcp(2, 1)]);
  });
});
