import { PassThrough, type Readable } from 'node:stream';
import type { Engine } from '../engine/engine.js';
import { wordsOf } from '../engine/errors.js';
import { type Fleet, FleetError, type Image, type OnProgress } from '../fleet.js';
import { healthyOf, onEach } from './everywhere.js';

/** Images of a cluster: the same operation on every engine that it is about. */
export class Images {
  readonly #engines: () => readonly Engine[];

  constructor(engines: () => readonly Engine[]) {
    this.#engines = engines;
  }

  find(name: string): readonly Image[] {
    const matches = matcher(name);
    return this.#engines().flatMap(({ images }) => images.filter(matches));
  }

  async pull(reference: string, { auth, onProgress, signal }: Parameters<Fleet['pullImage']>[1]): Promise<void> {
    await this.#onHealthy(`Pulling ${reference}...`, onProgress, async (engine) => {
      const told =
        onProgress && ((line: { readonly status?: string }) => tellPull(engine, reference, line, onProgress));
      await engine.client.pullImage(reference, { auth, signal, onProgress: told });
    });
  }

  async load(archive: AsyncIterable<Uint8Array>, onProgress: OnProgress): Promise<void> {
    await this.#fromArchive(archive, 'Loading Image...', onProgress, (engine, copy) => engine.client.loadImage(copy));
  }

  async import(
    archive: AsyncIterable<Uint8Array>,
    { onProgress, ...target }: Parameters<Fleet['importImage']>[1],
  ): Promise<void> {
    await this.#fromArchive(archive, 'Importing...', onProgress, (engine, copy) =>
      engine.client.importImage(copy, target),
    );
  }

  async remove(
    name: string,
    options: NonNullable<Parameters<Fleet['removeImage']>[1]> = {},
  ): ReturnType<Fleet['removeImage']> {
    const answers = await onEach(this.#having(name), async (engine) => {
      const answer = await engine.client.removeImage(name, options);
      await engine.refreshImages();
      return answer;
    });
    return answers.flat();
  }

  async tag(name: string, target: { readonly repo: string; readonly tag: string }): Promise<void> {
    await onEach(this.#having(name), async (engine) => {
      await engine.client.tagImage(name, target);
      await engine.refreshImages();
    });
  }

  #having(name: string): readonly Engine[] {
    const matches = matcher(name);
    const having = this.#engines().filter(({ images }) => images.some(matches));
    if (having.length === 0) throw new FleetError('NOT_FOUND', `No such image: ${name}`);
    return healthyOf(having);
  }

  async #onHealthy(begin: string, onProgress: OnProgress, run: (engine: Engine) => Promise<unknown>): Promise<void> {
    await onEach(healthyOf(this.#engines()), async (engine) => {
      onProgress(engine.name, begin);
      try {
        await run(engine);
      } catch (error) {
        onProgress(engine.name, `${begin} : ${wordsOf(error)}`);
        throw error;
      }
      onProgress(engine.name, `${begin} : done`);
      await engine.refreshImages();
    });
  }

  /** Sends one archive to all engines at the pace of the slowest; one that fails gets no more of it. */
  async #fromArchive(
    archive: AsyncIterable<Uint8Array>,
    begin: string,
    onProgress: OnProgress,
    run: (engine: Engine, copy: Readable) => Promise<unknown>,
  ): Promise<void> {
    const copies = new Map<Engine, PassThrough>();
    const engines = healthyOf(this.#engines());
    for (const engine of engines) copies.set(engine, new PassThrough());
    const fed = feed(archive, [...copies.values()]);
    const sent = this.#onHealthy(begin, onProgress, async (engine) => {
      const copy = copies.get(engine);
      if (!copy) return; // it became healthy just now
      try {
        await run(engine, copy);
      } finally {
        copy.destroy();
      }
    });
    await Promise.all([sent, fed]);
  }
}

async function feed(archive: AsyncIterable<Uint8Array>, copies: readonly PassThrough[]): Promise<void> {
  try {
    for await (const chunk of archive) {
      const open = copies.filter(({ destroyed }) => !destroyed);
      if (open.length === 0) return;
      await Promise.all(open.map((copy) => written(copy, chunk)));
    }
    for (const copy of copies) copy.end();
  } catch (error) {
    for (const copy of copies) copy.destroy(error as Error);
    throw error;
  }
}

/** Resolves when there is room for more, or it is not read any more. */
function written(copy: PassThrough, chunk: Uint8Array): Promise<void> {
  if (copy.write(chunk)) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      copy.off('drain', end).off('close', end);
      resolve();
    };
    copy.on('drain', end).on('close', end);
  });
}

function tellPull(
  { name }: Engine,
  reference: string,
  { status }: { readonly status?: string },
  onProgress: OnProgress,
): void {
  if (status) onProgress(name, `Pulling ${reference}... : ${status}`);
}

/** Characters of an id from which it is taken for one. */
const idCharactersLeast = 4;

/** Matches an image by id, by the beginning of its id, by `repository:tag` or by digest; without a tag, `latest` is meant. */
function matcher(name: string): (image: Image) => boolean {
  const wanted = canonicalName(name);
  const id = name.replace(/^sha256:/, '');
  const isId = id.length >= idCharactersLeast && /^[0-9a-f]+$/.test(id);
  return ({ id: full, tags, summary }) =>
    (isId && full.replace(/^sha256:/, '').startsWith(id)) ||
    tags.some((tag) => canonicalName(tag) === wanted) ||
    (summary.RepoDigests ?? []).some((digest) => canonicalName(digest) === wanted);
}

/** Name without the registry and the folder that Docker leaves out, and with the tag that it adds. */
function canonicalName(name: string): string {
  const short = name.replace(/^(?:index\.)?docker\.io\//, '').replace(/^library\//, '');
  return short.includes('@') || /:[^/]*$/.test(short) ? short : `${short}:latest`;
}
