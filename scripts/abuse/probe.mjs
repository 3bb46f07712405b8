// Loaded into a manager before everything else (node --import): says how long its event loop stood still, and how large it is.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
setInterval(() => {
  process.send?.({ stallMs: delay.max / 1e6, bytes: process.memoryUsage().rss });
  delay.reset();
}, 250).unref();
process.channel?.unref();
