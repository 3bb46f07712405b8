import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Child } from './child.js';
import { type Figure, figure, type SuiteOptions } from './figure.js';
import type { GrowthLoad } from './growth-replica.js';

const sizes = [1_000, 100_000, 1_000_000];

/**
 * One durable replica with ever more tasks: updates by 64 writers, pauses of the event loop, memory, and the start of a
 * new process on the directory of one that was killed.
 */
export async function* growthSuite({ quick, profile }: SuiteOptions): AsyncGenerator<Figure> {
  for (const tasks of quick ? [1_000] : sizes) {
    const dir = await mkdtemp(join(tmpdir(), 'skep-growth-'));
    try {
      yield* await grown(tasks, join(dir, 'm1'), quick ? 0.3 : 8, profile);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }
}

async function grown(tasks: number, dir: string, seconds: number, profile: string | undefined): Promise<Figure[]> {
  const flags = ['--expose-gc', '--max-old-space-size=8192'];
  const profiled = (what: string) =>
    profile === undefined ? flags : [...flags, '--cpu-prof', `--cpu-prof-dir=${join(profile, `${what}-${tasks}`)}`];
  const first = new Child('growth-replica', profiled('load'));
  await first.ask('open', dir);
  await first.ask('fill', tasks);
  const { perSecond, ...rest } = await first.ask<GrowthLoad>('updates', { tasks, seconds });
  await first.stop();
  const second = new Child('growth-replica', profiled('restart'));
  const opened = await second.ask<{ ms: number; cpuMs: number; tasks: number; rssMiB: number }>('open', dir);
  await second.stop();
  if (opened.tasks !== tasks) throw new Error(`${opened.tasks} of ${tasks} tasks were there after a restart`);
  return [
    { ...figure('growthUpdates', perSecond * seconds, seconds, { tasks }), ...rest },
    figure('growthRestart', tasks, opened.ms / 1_000, {
      tasks,
      restartMs: Math.round(opened.ms),
      cpuMs: opened.cpuMs,
      rssMiB: opened.rssMiB,
    }),
  ];
}
