import type { RunState } from '../fleet/index.js';

const hourMs = 3_600_000;

/** A length of time in Docker's words: `About a minute`, `3 weeks`. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1_000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.trunc(ms / 60_000);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  return longDuration(Math.trunc(ms / hourMs + 0.5), ms);
}

function longDuration(hours: number, ms: number): string {
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(Math.trunc(ms / hourMs) / 24 / 365)} years`;
}

/**
 * The text of `docker ps`, at the time `now`: `Up 2 hours (healthy)`.
 * @param known Text of the engine, for a state whose times are not known.
 */
export function statusText(state: RunState, now: number, known: string): string {
  const { status, startedAt, finishedAt, exitCode } = state;
  switch (status) {
    case 'created':
      return 'Created';
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    case 'running':
    case 'paused':
      return startedAt === 0 ? known : `Up ${humanDuration(now - startedAt)}${suffix(state)}`;
    case 'restarting':
      return finishedAt === 0 ? known : `Restarting (${exitCode}) ${humanDuration(now - finishedAt)} ago`;
    case 'exited':
      return finishedAt === 0 ? known : `Exited (${exitCode}) ${humanDuration(now - finishedAt)} ago`;
    default:
      return known;
  }
}

function suffix({ status, health }: RunState): string {
  if (status === 'paused') return ' (Paused)';
  if (health === '' || health === 'none') return '';
  return health === 'starting' ? ' (health: starting)' : ` (${health})`;
}
