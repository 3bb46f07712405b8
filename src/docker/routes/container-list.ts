import { type Clock, Slicer } from '../../base/clock.js';
import type { Container } from '../../fleet/index.js';
import { type Ages, containerFilterNames, containerTest } from '../container-filter.js';
import { containerEntry } from '../convert/container-entry.js';
import type { Exchange } from '../exchange.js';
import { ListFilters } from '../filters.js';
import { newestFirst } from '../list-order.js';
import { write } from '../streams.js';
import { containerNamed } from './find.js';

/** Bytes that are gathered before they are written. */
const chunkBytes = 64 * 1024;

/** `GET /containers/json`: from what is known, in slices, as it is read. */
export async function listContainers(x: Exchange): Promise<void> {
  const filters = ListFilters.parse(x.query.get('filters'), containerFilterNames);
  const limit = Math.max(0, x.number('limit') ?? 0);
  const ages = agesOf(x, filters);
  const all = x.flag('all') || limit > 0 || ages.before !== undefined || ages.since !== undefined;
  const slicer = new Slicer(x.api.clock);
  const passing = await select(x, containerTest(filters, all, ages), slicer);
  await slicer.pause(); // sorting takes a slice of its own
  const newest = newestFirst(passing, ({ summary }) => summary.Created);
  await sendList(x, limit > 0 ? newest.slice(0, limit) : newest, slicer, x.api.clock);
}

function agesOf(x: Exchange, filters: ListFilters): Ages {
  const created = (name: string) => {
    const asked = x.query.get(name) ?? filters.values(name)[0] ?? '';
    return asked === '' ? undefined : containerNamed(x, asked).summary.Created;
  };
  return { before: created('before'), since: created('since') };
}

async function select(x: Exchange, test: (container: Container) => boolean, slicer: Slicer): Promise<Container[]> {
  const passing: Container[] = [];
  for (const container of [...x.api.fleet.containers()]) {
    if (test(container)) passing.push(container);
    if (slicer.due) await slicer.pause();
  }
  return passing;
}

async function sendList(x: Exchange, containers: readonly Container[], slicer: Slicer, clock: Clock): Promise<void> {
  const { response, signal } = x;
  response.writeHead(200, { 'content-type': 'application/json' });
  let chunk = '[';
  let first = true;
  for (const container of containers) {
    chunk += `${first ? '' : ','}${JSON.stringify(containerEntry(container, clock.now()))}`;
    first = false;
    if (chunk.length >= chunkBytes) {
      if (!(await write(response, chunk, signal))) return;
      chunk = '';
    }
    if (slicer.due) await slicer.pause();
  }
  response.end(`${chunk}]\n`);
}
