import { isStoreError } from '../../base/store-error.js';
import type { Client } from '../../client/index.js';
import { isHeld, type Service } from '../../kinds/index.js';
import { islandTexts } from './islands.js';
import { compareNames, listed } from './text.js';
import type { ClusterView } from './view.js';

/** Reads what the nodes and networks of a cluster do to a service, and its tasks alone do not show. */
export async function readWarnings(
  client: Client,
  view: ClusterView,
  { about, stale }: { readonly about: Service | undefined; readonly stale: boolean },
): Promise<string[]> {
  return [...heldTexts(view), ...(about ? await readIslands(client, view, about, stale) : [])];
}

/** Names the nodes that are held: their tasks neither move nor are seen. */
function heldTexts({ nodes }: ClusterView): string[] {
  const held = [...nodes.values()].filter(isHeld).map(({ id, description }) => description?.hostname || id);
  if (held.length === 0) return [];
  const [are, their] = held.length === 1 ? ['is', 'its'] : ['are', 'their'];
  return [
    `${listed(held.sort(compareNames))} ${are} held, because most nodes went silent at once: ${their} tasks stay where they are; "skep fleet resume" gives them up`,
  ];
}

/** Names the networks of the service that are one of their own on each engine. */
async function readIslands(client: Client, view: ClusterView, about: Service, stale: boolean): Promise<string[]> {
  const nodes = [...view.nodes.values()];
  if (!nodes.some(({ engine }) => engine?.swarmNode === '')) return [];
  try {
    const { objects: networks } = await client.list('network', undefined, { stale });
    return islandTexts(nodes, networks, [...view.services.values()], new Set([about.id]));
  } catch (error) {
    // Who may read services, and not networks, has an answer without them.
    if (isStoreError(error, 'DENIED')) return [];
    throw error;
  }
}
