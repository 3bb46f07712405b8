import { onAbort } from '../base/abort.js';
import { systemClock } from '../base/clock.js';
import { formatDuration } from '../base/duration.js';
import type { Client } from '../client/index.js';
import type { Service } from '../kinds/index.js';
import type { Context } from './context.js';
import { exitCodes, waitExits } from './exit-codes.js';
import { type Format, printable, printList, table } from './output.js';
import { ingressAddresses, readActors } from './services/actors.js';
import type { ServiceProgress } from './services/progress.js';
import { countText, phaseText, progressLines } from './services/progress-lines.js';
import { placeText, type PublishedPort, publishedPorts } from './services/published.js';
import type { ClusterView } from './services/view.js';
import { type Wait, type Waited, waitForServices } from './services/waiting.js';

/** Result of a wait; with `-o json` as it is. */
export interface WaitReport {
  readonly outcome: Waited['outcome'];
  readonly services: readonly ServiceProgress[];
  readonly published: readonly PublishedPort[];
}

/** Waits for services while it shows their progress on a terminal. ^C ends the wait and nothing else. */
export async function waitAndShow(
  context: Context,
  client: Client,
  wait: Pick<Wait, 'services' | 'version' | 'limitMs' | 'emptyNodes'>,
): Promise<WaitReport> {
  const { screen, signal, streams, clock = systemClock } = context;
  const forget = onAbort(signal, () => {
    screen?.show([]);
    streams.err('detached: the change is made, and goes on without this command\n');
  });
  try {
    const { outcome, services, view } = await waitForServices({
      ...wait,
      client,
      clock,
      signal,
      onProgress: (progress) => !signal.aborted && screen?.show(progressLines(progress)),
    });
    const found = services.flatMap(({ id }): Service[] => {
      const service = view.services.get(id);
      return service ? [service] : [];
    });
    return { outcome, services, published: await readPublished(client, view, found) };
  } finally {
    forget();
    screen?.show([]);
  }
}

/** Lists the ports of services. The wait is over: an answer without addresses of managers is better than none. */
async function readPublished(
  client: Client,
  view: ClusterView,
  services: readonly Service[],
): Promise<PublishedPort[]> {
  const published = publishedPorts(view, services);
  if (!published.some(({ mode }) => mode === 'ingress')) return published;
  const actors = await readActors(client).catch(() => ({ drivers: [] }));
  return publishedPorts(view, services, ingressAddresses(actors));
}

/** Prints the end of a wait for people and scripts; JSON is up to the command. Returns the exit code. */
export function printWaited(
  { streams }: Context,
  format: Format,
  { outcome, services, published }: WaitReport,
  limitMs: number,
): number {
  if (format === 'table' && services.length > 0) {
    printList(streams, format, services, {
      name: ({ name }) => name,
      columns: [
        ['SERVICE', ({ name }) => name],
        ['TASKS', countText],
        ['STATE', phaseText],
        ['REASON', ({ because }) => because],
      ],
    });
    if (published.length > 0) streams.out(`\n${publishedTable(published)}\n`);
  }
  if (outcome === 'converged') return exitCodes.ok;
  streams.err(`${printable(`skep: ${endText(outcome, services, limitMs)}`)}\n`);
  return outcome === 'stopped' ? waitExits.stopped : waitExits.unfinished;
}

function publishedTable(published: readonly PublishedPort[]): string {
  return table(published, [
    ['PUBLISHED', ({ port }) => port],
    ['SERVICE', ({ service, target }) => `${service} port ${target}`],
    ['AT', placeText],
  ]);
}

/** Says of the first service that is not done why, and what to do. */
function endText(outcome: WaitReport['outcome'], services: readonly ServiceProgress[], limitMs: number): string {
  const left = services.filter(({ phase }) => phase !== 'done');
  const phase = outcome === 'stopped' ? 'stopped' : outcome === 'unplaced' ? 'waiting' : undefined;
  const first = left.find((service) => service.phase === phase) ?? left[0];
  if (!first) return `not done after ${formatDuration(limitMs)}; see skep status and skep ps`;
  const { name, because, done, wanted } = first;
  const more = left.length > 1 ? ` (and ${left.length - 1} more)` : '';
  if (outcome === 'stopped')
    return `${name} stopped at ${done} of ${wanted}${more}: ${because}; correct it and apply again, or skep service rollback ${name}`;
  if (outcome === 'unplaced') return `${name} runs ${done} of ${wanted}${more}: ${because}; see skep explain ${name}`;
  const why =
    because === 'no task yet'
      ? 'no task yet; is a manager with --fleet running?'
      : `${because}; see skep explain ${name}`;
  return `${name} is not done after ${formatDuration(limitMs)}, at ${done} of ${wanted}${more}: ${why}`;
}
