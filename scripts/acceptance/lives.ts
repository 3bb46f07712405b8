import type { World } from './world.js';

/** Time for which a container ran, in milliseconds since 1970. */
export interface Life {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** Lives of all containers of a service, as the engines tell them: also of those that have ended. */
export async function livesOf(world: World, service: string): Promise<Life[]> {
  const lives: Life[] = [];
  for (const { Id, engine } of await world.containers(service)) {
    const { body } = await world.engine(engine).call('GET', `/containers/${Id}/json`);
    const { State } = JSON.parse(body) as { State?: { Running: boolean; StartedAt: string; FinishedAt: string } };
    if (!State || State.StartedAt.startsWith('0001')) continue; // removed meanwhile, or never started
    const to = State.Running ? Infinity : Date.parse(State.FinishedAt);
    lives.push({ id: Id, from: Date.parse(State.StartedAt), to });
  }
  return lives;
}

/** The least number of containers that ran at one moment between two times. */
export function fewest(lives: readonly Life[], from: number, to: number): number {
  const at = (time: number) => lives.filter((life) => life.from <= time && time < life.to).length;
  const ends = lives.map((life) => life.to).filter((time) => time > from && time < to);
  return Math.min(...[from, ...ends].map(at));
}
