// Loaded into a manager before everything else (node --import): says how long its event loop stood still, and how large it is.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';

let before = process.cpuUsage();
const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
setInterval(() => {
  const { user, system } = process.cpuUsage(before);
  before = process.cpuUsage();
  // A process that waits for a processor does not stand still by itself: it counts no more than it has used.
  const stallMs = Math.min(delay.max / 1e6, (user + system) / 1_000);
  process.send?.({ stallMs, bytes: process.memoryUsage().rss });
  delay.reset();
}, 250).unref();
process.channel?.unref();
