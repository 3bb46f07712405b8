import { describe, expect, it } from 'vitest';
import { humanDuration, statusText } from '../../src/docker/status-text.js';
import type { RunState } from '../../src/fleet/index.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe('humanDuration', () => {
  // Each row is a bound of Docker's: just below, and at it.
  it.each([
    [-5, 'Less than a second'],
    [999, 'Less than a second'],
    [1 * second, '1 second'],
    [2 * second, '2 seconds'],
    [59 * second, '59 seconds'],
    [60 * second, 'About a minute'],
    [119 * second, 'About a minute'],
    [2 * minute, '2 minutes'],
    [59 * minute, '59 minutes'],
    [60 * minute, 'About an hour'],
    [1.49 * hour, 'About an hour'],
    [1.5 * hour, '2 hours'],
    [47.4 * hour, '47 hours'],
    [48 * hour, '2 days'],
    [13.9 * day, '13 days'],
    [14 * day, '2 weeks'],
    [59 * day, '8 weeks'],
    [60 * day, '2 months'],
    [729 * day, '24 months'],
    [730 * day, '2 years'],
    [1_100 * day, '3 years'],
  ])('calls %d ms %s', (ms, text) => {
    expect(humanDuration(ms)).toBe(text);
  });
});

describe('statusText', () => {
  const now = Date.parse('2026-01-02T12:00:00Z');
  const base: RunState = { status: 'running', startedAt: now - 2 * hour, finishedAt: 0, exitCode: 0, health: '' };

  it.each<[Partial<RunState>, string]>([
    [{}, 'Up 2 hours'],
    [{ health: 'healthy' }, 'Up 2 hours (healthy)'],
    [{ health: 'unhealthy' }, 'Up 2 hours (unhealthy)'],
    [{ health: 'starting' }, 'Up 2 hours (health: starting)'],
    [{ health: 'none' }, 'Up 2 hours'],
    [{ status: 'paused', health: 'healthy' }, 'Up 2 hours (Paused)'],
    [{ status: 'restarting', exitCode: 1, finishedAt: now - 5 * second }, 'Restarting (1) 5 seconds ago'],
    [{ status: 'exited', exitCode: 137, finishedAt: now - 3 * minute }, 'Exited (137) 3 minutes ago'],
    [{ status: 'created', startedAt: 0 }, 'Created'],
    [{ status: 'dead' }, 'Dead'],
    [{ status: 'removing' }, 'Removal In Progress'],
    [{ startedAt: 0 }, 'as the engine said'],
    [{ status: 'exited' }, 'as the engine said'],
    [{ status: 'of another day' }, 'as the engine said'],
  ])('of %j is %s', (change, text) => {
    expect(statusText({ ...base, ...change }, now, 'as the engine said')).toBe(text);
  });
});
