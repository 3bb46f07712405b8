import type { FakeEventLog } from './events.js';
import { FakeFilters } from './filters.js';
import { type Moments, type Nano, rfc3339, secondsOf } from './moment.js';
import { FakeEngineError, type Json } from './types.js';

/** An image in a registry that a fake engine pulls from. */
export interface FakeRegistryImage {
  /** Text of a registry that refuses. */
  readonly error?: string;
  /** Bytes. Default 2,000,000. */
  readonly size?: number;
  /** Number of layers that a pull shows. Default 1. */
  readonly layers?: number;
  /** Labels of the image, which its containers inherit. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Command of its containers, when they have none of their own. */
  readonly cmd?: readonly string[];
  /** Entry point of its containers, when they have none of their own. */
  readonly entrypoint?: readonly string[];
  /** Variables of its containers, each as `NAME=value`. */
  readonly env?: readonly string[];
}

/** An image that is on the engine. */
export interface FakeImage {
  readonly id: string;
  readonly tags: Set<string>;
  readonly digests: Set<string>;
  readonly parent: string;
  readonly created: Nano;
  readonly comment: string;
  readonly of: FakeRegistryImage;
}

/** Splits a reference into repository and tag in the short form that Docker shows. */
export function parseReference(text: string): { repository: string; tag: string; digest: string } {
  const [, name = '', tag = '', digest = ''] =
    /^(.+?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? [];
  if (name === '') throw new FakeEngineError(400, 'invalid reference format');
  if (/[A-Z]/.test(name.replace(/^[^/]*[.:][^/]*\//, '')))
    throw new FakeEngineError(400, 'invalid reference format: repository name must be lowercase');
  if (!/^[a-zA-Z0-9][\w.:-]*(\/[a-z0-9][a-z0-9._-]*)*$/.test(name))
    throw new FakeEngineError(400, 'invalid reference format');
  const repository = name.replace(/^(index\.)?docker\.io\//, '').replace(/^library\//, '');
  return { repository, tag: tag === '' && digest === '' ? 'latest' : tag, digest };
}

/** The reference as Docker shows it: `busybox:latest`. */
export function familiar(text: string): string {
  const { repository, tag, digest } = parseReference(text);
  return digest === '' ? `${repository}:${tag}` : `${repository}@${digest}`;
}

/** Images of an engine: names, sizes and settings, without layers. */
export class FakeImages {
  readonly #moments: Moments;
  readonly #events: FakeEventLog;
  readonly #usersOf: (
    imageId: string,
  ) => readonly { readonly id: string; readonly image: string; readonly running: boolean }[];
  readonly #all = new Map<string, FakeImage>();

  constructor(
    moments: Moments,
    events: FakeEventLog,
    usersOf: (imageId: string) => readonly { readonly id: string; readonly image: string; readonly running: boolean }[],
  ) {
    this.#moments = moments;
    this.#events = events;
    this.#usersOf = usersOf;
  }

  get size(): number {
    return this.#all.size;
  }

  /** Puts an image on the engine, without a word. The same reference has the same id everywhere. */
  add(reference: string, of: FakeRegistryImage = {}): FakeImage {
    const name = familiar(reference);
    const id = stableId(name + JSON.stringify(of));
    return this.#put(id, name, of, '', '');
  }

  #put(id: string, name: string | undefined, of: FakeRegistryImage, parent: string, comment: string): FakeImage {
    const image = this.#all.get(id) ?? {
      id,
      tags: new Set(),
      digests: new Set(),
      parent,
      created: this.#moments.next(),
      comment,
      of,
    };
    this.#all.set(id, image);
    if (name !== undefined) this.#name(image, name);
    return image;
  }

  #name(image: FakeImage, name: string): void {
    for (const other of this.#all.values()) other.tags.delete(name);
    if (name.includes('@')) image.digests.add(name);
    else image.tags.add(name);
  }

  /** An image by reference, id or beginning of an id. */
  find(idOrReference: string): FakeImage | undefined {
    const bare = idOrReference.replace(/^sha256:/, '');
    const whole = this.#all.get(`sha256:${bare}`);
    if (whole) return whole;
    const name = valid(idOrReference);
    for (const image of this.#all.values())
      if (name !== undefined && (image.tags.has(name) || image.digests.has(name))) return image;
    if (!/^[0-9a-f]+$/.test(bare)) return undefined;
    return [...this.#all.values()].find(({ id }) => id.slice('sha256:'.length).startsWith(bare));
  }

  mustFind(idOrReference: string): FakeImage {
    const image = this.find(idOrReference);
    if (!image) throw new FakeEngineError(404, `No such image: ${valid(idOrReference) ?? idOrReference}`);
    return image;
  }

  list(filters: string | null = null): Json[] {
    const wanted = FakeFilters.parse(filters, ['before', 'dangling', 'label', 'reference', 'since']);
    const dangling = wanted.values('dangling')[0];
    const [before, since] = ['before', 'since']
      .map((name) => wanted.values(name)[0])
      .map((one) => one && this.mustFind(one));
    return [...this.#all.values()]
      .filter(
        (image) =>
          wanted.labels('label', image.of.labels) &&
          (dangling === undefined || /^(1|true)$/.test(dangling) === (image.tags.size === 0)) &&
          (!before || image.created < before.created) &&
          (!since || image.created > since.created) &&
          (!wanted.has('reference') || wanted.values('reference').some((pattern) => matchesReference(image, pattern))),
      )
      .sort((a, b) => (a.created < b.created ? 1 : -1))
      .map(summary);
  }

  inspect(idOrReference: string): Json {
    const image = this.find(idOrReference);
    if (image) return detail(image);
    const name = valid(idOrReference) ?? idOrReference;
    throw new FakeEngineError(404, `no such image: ${idOrReference}: No such image: ${name}`);
  }

  tag(idOrReference: string, repository: string, tag: string): void {
    const image = this.mustFind(idOrReference);
    let name: string;
    try {
      name = familiar(tag === '' ? repository : `${repository}:${tag}`);
    } catch (error) {
      throw new FakeEngineError(500, (error as Error).message);
    }
    this.#name(image, name);
    this.#emit('tag', image.id, name);
  }

  /** Removes a name of an image, and the image with its last one. */
  remove(idOrReference: string, force: boolean): Json[] {
    const image = this.mustFind(idOrReference);
    const byId = image.id.replace('sha256:', '').startsWith(idOrReference.replace('sha256:', ''));
    const names = [...image.tags, ...image.digests];
    const going = byId ? names : [familiar(idOrReference)];
    if (byId && names.length > 1 && !force) throw new FakeEngineError(409, severalNames(image));
    const users = this.#usersOf(image.id);
    const last = going.length === names.length;
    const [user] = users;
    if (user && last && (!force || (byId && users.some(({ running }) => running))))
      throw new FakeEngineError(409, inUse(image, idOrReference, byId, user.id, user.running));
    const removed: Json[] = [];
    for (const name of going) {
      image.tags.delete(name);
      image.digests.delete(name);
      this.#emit('untag', image.id, image.id);
      removed.push({ Untagged: name });
    }
    if (last && users.length === 0) removed.push(...this.#delete(image));
    return removed;
  }

  #delete(image: FakeImage): Json[] {
    this.#all.delete(image.id);
    this.#emit('delete', image.id, image.id);
    const parent = this.#all.get(image.parent);
    const unused = parent && parent.tags.size === 0 && this.#usersOf(parent.id).length === 0;
    return [{ Deleted: image.id }, ...(unused ? this.#delete(parent) : [])];
  }

  /** Puts an image on the engine that came as bytes, or from a container. */
  import(name: string | undefined, of: FakeRegistryImage, parent = '', comment = ''): FakeImage {
    const image = this.#put(`sha256:${this.#moments.id()}`, name, of, parent, comment);
    if (name !== undefined) this.#emit('tag', image.id, name);
    return image;
  }

  /** Images that were loaded from an archive. */
  load(names: readonly string[], id: string, of: FakeRegistryImage): FakeImage {
    const image = this.#put(id, undefined, of, '', '');
    for (const name of names) this.#name(image, name);
    this.#emit('load', id, id);
    return image;
  }

  pulled(reference: string, of: FakeRegistryImage): 'new' | 'same' {
    const name = familiar(reference);
    const before = this.find(name);
    const image = this.add(name, of);
    const { repository } = parseReference(name);
    image.digests.add(`${repository}@${stableId(`digest ${image.id}`)}`);
    this.#events.emit('image', 'pull', name, { ...of.labels, name: name.split('@')[0] ?? name });
    return before?.id === image.id ? 'same' : 'new';
  }

  #emit(action: string, id: string, name: string): void {
    this.#events.emit('image', action, id, { ...this.#all.get(id)?.of.labels, name });
  }
}

function valid(reference: string): string | undefined {
  try {
    return familiar(reference);
  } catch {
    return undefined;
  }
}

function matchesReference({ tags, digests }: FakeImage, pattern: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  const regex = new RegExp(`^${source}$`);
  return [...tags, ...digests].some((name) => regex.test(name) || regex.test(name.replace(/[:@][^/]*$/, '')));
}

const short = (id: string): string => id.replace('sha256:', '').slice(0, 12);

const severalNames = ({ id }: FakeImage): string =>
  `conflict: unable to delete ${short(id)} (must be forced) - image is referenced in multiple repositories`;

function inUse({ id }: FakeImage, asked: string, byId: boolean, container: string, running: boolean): string {
  if (byId) {
    const how = running ? 'cannot be forced' : 'must be forced';
    const what = running ? 'running container' : 'stopped container';
    return `conflict: unable to delete ${short(id)} (${how}) - image is being used by ${what} ${short(container)}`;
  }
  const user = `container ${container.slice(0, 12)} is using its referenced image ${short(id)}`;
  return `conflict: unable to remove repository reference "${asked}" (must force) - ${user}`;
}

const sizeOf = ({ of }: FakeImage): number => of.size ?? 2_000_000;

function summary(image: FakeImage): Json {
  return {
    Containers: -1,
    Created: secondsOf(image.created),
    Id: image.id,
    Labels: image.of.labels ?? null,
    ParentId: image.parent,
    RepoDigests: image.digests.size > 0 ? [...image.digests] : null,
    RepoTags: image.tags.size > 0 ? [...image.tags] : null,
    SharedSize: -1,
    Size: sizeOf(image),
    VirtualSize: sizeOf(image),
  };
}

function detail(image: FakeImage): Json {
  const { cmd = null, entrypoint = null, env = null, labels = null } = image.of;
  return {
    Id: image.id,
    RepoTags: [...image.tags],
    RepoDigests: [...image.digests],
    Parent: image.parent,
    Comment: image.comment,
    Created: rfc3339(image.created),
    Container: '',
    DockerVersion: '20.10.24',
    Author: '',
    Config: { Env: env, Cmd: cmd, Image: '', Volumes: null, WorkingDir: '', Entrypoint: entrypoint, Labels: labels },
    Architecture: 'amd64',
    Os: 'linux',
    Size: sizeOf(image),
    VirtualSize: sizeOf(image),
    GraphDriver: { Data: null, Name: 'overlay2' },
    RootFS: { Type: 'layers', Layers: [stableId(`layer ${image.id}`)] },
    Metadata: { LastTagTime: rfc3339(image.created) },
  };
}

/** History of an image: one step. */
export const historyOf = (image: FakeImage): Json[] => [
  {
    Comment: image.comment,
    Created: secondsOf(image.created),
    CreatedBy: '',
    Id: image.id,
    Size: sizeOf(image),
    Tags: [...image.tags],
  },
];

/** An id that is always the same for the same text. */
export function stableId(text: string): string {
  let digits = '';
  for (let word = 0; word < 8; word++) {
    let mixed = 0x811c9dc5 ^ word;
    for (let i = 0; i < text.length; i++) mixed = Math.imul(mixed ^ text.charCodeAt(i), 0x01000193) >>> 0;
    digits += ((mixed ^ (mixed >>> 15)) >>> 0).toString(16).padStart(8, '0');
  }
  return `sha256:${digits}`;
}
