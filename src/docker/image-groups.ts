import type { Image, ImageSummary } from '../fleet/index.js';
import type { ListFilters } from './filters.js';
import { globMatcher } from './glob.js';

/** Filters of `docker images`. */
export const imageFilterNames = ['label', 'reference', 'before', 'since', 'dangling', 'node'];

/** One image of the cluster: the same id on several engines. */
export interface ImageGroup {
  readonly id: string;
  readonly tags: readonly string[];
  readonly digests: readonly string[];
  /** Entry of one of the engines. */
  readonly summary: ImageSummary;
}

const isName = (text: string) => !text.startsWith('<none>');

/** Joins entries by id; tags and digests of all engines together. */
export class ImageGroups {
  readonly #groups = new Map<string, { tags: Set<string>; digests: Set<string>; summary: ImageSummary }>();
  readonly #parents = new Set<string>();

  add({ summary }: Pick<Image, 'summary'>): void {
    let group = this.#groups.get(summary.Id);
    if (!group) {
      group = { tags: new Set(), digests: new Set(), summary };
      this.#groups.set(summary.Id, group);
    }
    for (const tag of summary.RepoTags ?? []) if (isName(tag)) group.tags.add(tag);
    for (const digest of summary.RepoDigests ?? []) if (isName(digest)) group.digests.add(digest);
    if (summary.ParentId) this.#parents.add(summary.ParentId);
  }

  get size(): number {
    return this.#groups.size;
  }

  *all(): Generator<ImageGroup> {
    for (const [id, { tags, digests, summary }] of this.#groups) {
      yield { id, tags: [...tags], digests: [...digests], summary };
    }
  }

  /** True for an image without a name that others are made of: `docker images` hides it. */
  isIntermediate({ id, tags }: ImageGroup): boolean {
    return tags.length === 0 && this.#parents.has(id);
  }
}

/** Entry of `GET /images/json`. */
export function imageEntry({ tags, digests, summary }: ImageGroup): Record<string, unknown> {
  const unnamed = tags.length === 0 && digests.length === 0;
  return {
    ...summary,
    RepoTags: tags.length > 0 ? tags : ['<none>:<none>'],
    RepoDigests: unnamed ? ['<none>@<none>'] : digests,
  };
}

/** Makes the test of `docker images`. `created` finds the time of the image that `before` and `since` name. */
export function imageTest(
  filters: ListFilters,
  groups: ImageGroups,
  all: boolean,
  created: (name: string) => number,
): (group: ImageGroup) => boolean {
  const dangling = filters.flag('dangling');
  const before = filters.values('before').map(created);
  const since = filters.values('since').map(created);
  return (group) => {
    const unnamed = group.tags.length === 0 && group.digests.length === 0;
    if (dangling !== undefined && dangling !== (unnamed && !groups.isIntermediate(group))) return false;
    if (!all && groups.isIntermediate(group)) return false;
    const { Created: at, Labels: labels } = group.summary;
    return before.every((bound) => at < bound) && since.every((bound) => at > bound) && filters.labels(labels);
  };
}

/** Names that the filter `reference` lets an image keep: all without one. An image that keeps none is not shown. */
export function namedAs(filters: ListFilters): (group: ImageGroup) => ImageGroup[] {
  const patterns = filters.values('reference').map((pattern) => referenceTest(pattern));
  if (patterns.length === 0) return (group) => [group];
  const kept = (names: readonly string[]) => names.filter((name) => patterns.some((fits) => fits(name)));
  return (group) => {
    const [tags, digests] = [kept(group.tags), kept(group.digests)];
    return tags.length + digests.length === 0 ? [] : [{ ...group, tags, digests }];
  };
}

/** A pattern stands for a whole reference, or for its repository. */
function referenceTest(pattern: string): (reference: string) => boolean {
  const fits = globMatcher(pattern);
  return (reference) => fits(reference) || fits(repositoryOf(reference));
}

/** Reference without digest and tag: a colon before a slash belongs to a port. */
export function repositoryOf(reference: string): string {
  const [name = ''] = reference.split('@');
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}
