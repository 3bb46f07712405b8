import { plainEqual } from '../../base/plain.js';
import {
  byName,
  byReferencedConfigId,
  byReferencedSecretId,
  canonicalObject,
  type Config,
  kindOf,
  type ReadTx,
  type Secret,
  type ServiceSpec,
  specVersionOf,
  type Volume,
} from '../../kinds/index.js';
import type { SwarmChange } from './backend.js';
import { findIn } from './find.js';

/** Kinds of files for containers. */
export type ContentKind = 'secret' | 'config';
export type Content = Secret | Config;

/** Label of an object whose content another one replaced under its name. */
const versionLabel = 'skep.version-of';

const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };

/** Table of the contents of a kind. */
export function contentsOf(tx: ReadTx, kind: ContentKind) {
  return kind === 'secret' ? tx.secrets() : tx.configs();
}

/** Finds the secret or config that a client names. @throws {ApiError} 404; 400 when several fit. */
export function contentNamed(tx: ReadTx, kind: ContentKind, name: string): Content {
  const table = contentsOf(tx, kind) as ReturnType<ReadTx['secrets']>;
  return findIn<Content>(table as never, name, {
    what: kind,
    nameOf: ({ spec }) => spec.annotations.name,
    lookup: (wanted) => table.find(byName(wanted)),
  });
}

/** Makes the object of a secret or config. */
export function contentObject(kind: ContentKind, id: string, spec: object): Content {
  return kind === 'secret'
    ? (canonicalObject(kindOf('secret'), { id, spec }, id, noMeta) as Secret)
    : (canonicalObject(kindOf('config'), { id, spec }, id, noMeta) as Config);
}

/**
 * Changes that give a secret or config another spec: none for an equal one.
 *
 * Tasks that run would not notice other content, so that makes a new object under the name. The old one stays under
 * another name for as long as something uses it. A client looks ids up by name, so its next update of a service brings the
 * new content to the tasks.
 */
export function changesOf(tx: ReadTx, kind: ContentKind, old: Content, spec: Content['spec'], newId: () => string) {
  const { data: _old, annotations: _oldNames, ...oldRest } = old.spec;
  const { data, annotations, ...rest } = spec;
  if (data === old.spec.data && plainEqual(rest, oldRest)) {
    if (plainEqual(annotations, old.spec.annotations)) return [];
    const object = contentObject(kind, old.id, spec);
    return [{ do: 'update', kind, object, specVersion: specVersionOf(old) } as const];
  }
  const created: SwarmChange = { do: 'create', kind, object: contentObject(kind, newId(), spec) };
  return [...retire(tx, kind, old), ...removeRetired(tx, kind, old), created];
}

/** Takes the name of an object away, or removes it when nothing uses it. */
function retire(tx: ReadTx, kind: ContentKind, old: Content): SwarmChange[] {
  if (!isUsed(tx, kind, old.id)) return [{ do: 'remove', kind, id: old.id, version: old.meta.version }];
  const { annotations } = old.spec;
  const name = freeName(tx, kind, annotations.name);
  const labels = { ...annotations.labels, [versionLabel]: annotations.name };
  const object = contentObject(kind, old.id, { ...old.spec, annotations: { ...annotations, name, labels } });
  return [{ do: 'update', kind, object, specVersion: specVersionOf(old) }];
}

/** Removes what was retired before and is used no more. */
function removeRetired(tx: ReadTx, kind: ContentKind, { id, spec }: Content): SwarmChange[] {
  const where = (one: Content) =>
    one.id !== id && one.spec.annotations.labels[versionLabel] === spec.annotations.name && !isUsed(tx, kind, one.id);
  const found = (contentsOf(tx, kind) as ReturnType<ReadTx['secrets']>).find(undefined, { where });
  return found.map(({ id: unused, meta }) => ({ do: 'remove', kind, id: unused, version: meta.version }));
}

/** Tells whether a service, the spec that its rollback returns to, a task or a volume uses it. */
function isUsed(tx: ReadTx, kind: ContentKind, id: string): boolean {
  const by = kind === 'secret' ? byReferencedSecretId(id) : byReferencedConfigId(id);
  if (tx.services().count(by) > 0 || tx.tasks().count(by) > 0) return true;
  const before = tx
    .services()
    .find(undefined, { limit: 1, where: ({ previousSpec }) => names(previousSpec, kind, id) });
  if (before.length > 0 || kind === 'config') return before.length > 0;
  const inVolume = (volume: Volume) => volume.spec.secrets.some(({ secret }) => secret === id);
  return tx.volumes().find(undefined, { limit: 1, where: inVolume }).length > 0;
}

function names(spec: ServiceSpec | undefined, kind: ContentKind, id: string): boolean {
  const { secrets = [], configs = [] } = spec?.task.container ?? {};
  return kind === 'secret'
    ? secrets.some(({ secretId }) => secretId === id)
    : configs.some(({ configId }) => configId === id);
}

function freeName(tx: ReadTx, kind: ContentKind, name: string): string {
  const isTaken = (wanted: string) => contentsOf(tx, kind).count(byName(wanted)) > 0;
  for (let number = 1; ; number++) {
    const end = `.${number}`;
    const wanted = `${name.slice(0, nameMax - end.length)}${end}`;
    if (!isTaken(wanted)) return wanted;
  }
}

/** Most characters of a name of a secret or config. */
const nameMax = 64;
