import { readFileSync } from 'node:fs';

/** Clock ticks a second in which Linux counts processor time: the same on all machines that Node runs on. */
const ticksPerSecond = 100;

/** Processor time that processes have taken until now, seconds: their own and that of the kernel for them. */
export function processorSeconds(pids: readonly number[]): number {
  let ticks = 0;
  for (const pid of pids) {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in brackets, and may hold spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / ticksPerSecond;
}
