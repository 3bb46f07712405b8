// Loaded into a manager before everything else (node --import): says how long its event loop stood still, and how large it is.
import process from 'node:process';

/** Time between two looks, milliseconds: a turn that takes longer makes the next look late. */
const lookMs = 5;
const tellMs = 250;

let stallMs = 0;
let lookedAt = performance.now();
let used = process.cpuUsage();

setInterval(() => {
  const now = performance.now();
  const late = now - lookedAt - lookMs;
  lookedAt = now;
  const { user, system } = process.cpuUsage(used);
  used = process.cpuUsage();
  // A process that waits for a processor does not stand still by itself: it counts no more than it has used.
  stallMs = Math.max(stallMs, Math.min(late, (user + system) / 1_000));
}, lookMs).unref();

setInterval(() => {
  process.send?.({ stallMs, bytes: process.memoryUsage().rss });
  stallMs = 0;
}, tellMs).unref();
process.channel?.unref();
