import { messageOf } from '../../src/base/errors.js';
import type { Check } from './check.js';
import { World } from './world.js';

/**
 * Runs checks one after the other, and says the outcome of each. The numbers of those that failed.
 * @param signal Ends before the next check.
 */
export async function runChecks(
  chosen: readonly Check[],
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<number[]> {
  const failed: number[] = [];
  let world: World | undefined;
  try {
    for (const check of chosen) {
      if (signal?.aborted) break;
      const began = performance.now();
      const head = `${String(check.number).padStart(2)} ${check.says}`;
      try {
        if (!check.alone) world ??= await World.open();
        const seen = await check.run(world as World);
        say(`${head}: ok, ${seen} [${took(began)}]`);
      } catch (error) {
        failed.push(check.number);
        say(`${head}: FAILED: ${messageOf(error)} [${took(began)}]`);
      }
      if (world && !(await tidied(world, check, say))) {
        await world.close();
        world = undefined;
      }
    }
  } finally {
    await world?.close();
  }
  return failed;
}

/** A world that cannot be tidied is no world for the next check. */
async function tidied(world: World, { number }: Check, say: (line: string) => void): Promise<boolean> {
  try {
    await world.tidy();
    return true;
  } catch (error) {
    say(`   after check ${number} the world is not tidy, a new one is made: ${messageOf(error)}`);
    return false;
  }
}

const took = (began: number): string => `${((performance.now() - began) / 1_000).toFixed(1)} s`;
