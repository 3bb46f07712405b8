import { builtInKinds, canonicalObject, type Config, type Secret } from '../kinds/index.js';
import type { ComposeContent } from './content.js';
import { stackLabel } from './labels.js';
import { byName, type Draft, kept, noMeta } from './planned.js';

type Stored = Secret | Config;
type ContentKind = 'secret' | 'config';

/** Label of a secret or config that holds changed content: the name of the first. */
const versionLabel = 'skep.version-of';

/** Plans the secrets or the configs of a stack. Returns their ids and names by key; external ones may be missing. */
export function planContents(
  draft: Draft,
  kind: ContentKind,
  contents: readonly ComposeContent[],
  options: {
    readonly current: readonly Stored[];
    readonly newId: () => string;
    /** Tells whether an object holds this data. */
    readonly isSame: (kind: ContentKind, id: string, data: string) => boolean;
    /** Makes the end of the name of changed content: eight characters. */
    readonly suffixOf: (kind: ContentKind, data: string) => string;
  },
): ReadonlyMap<string, { readonly id: string; readonly name: string }> {
  const found = new Map<string, { readonly id: string; readonly name: string }>();
  const named = byName(options.current);
  for (const content of contents) {
    const first = content.name ?? `${draft.stack}_${content.key}`;
    if (content.external) {
      const there = named.get(first.toLowerCase());
      if (!there) continue;
      found.set(content.key, { id: there.id, name: there.spec.annotations.name });
      draft.wanted.add(there.id);
      continue;
    }
    draft.checkOwner(kind, named.get(first.toLowerCase()));
    const versions = versionsOf(draft.stack, first, options.current);
    const old = versions.find(({ id }) => options.isSame(kind, id, content.data));
    const name =
      old?.spec.annotations.name ??
      (versions.length === 0 ? first : nextName(first, options.suffixOf(kind, content.data), named));
    const object = objectOf(kind, content, {
      id: old?.id ?? options.newId(),
      annotations: {
        ...kept(old),
        name,
        labels: {
          ...content.labels,
          [stackLabel]: draft.stack,
          ...(name.toLowerCase() !== first.toLowerCase() && { [versionLabel]: first }),
        },
      },
    });
    for (const { id } of versions) if (id !== old?.id) draft.superseded.add(id);
    draft.add(kind, object, old && { ...old, spec: { ...old.spec, data: content.data } });
    found.set(content.key, { id: object.id, name });
  }
  return found;
}

/** Finds the objects that a stack made for one secret or config, the newest first. */
export function versionsOf<T extends Stored>(stack: string, first: string, current: readonly T[]): T[] {
  return current
    .filter(({ spec: { annotations } }) => {
      const { name, labels } = annotations;
      return (
        labels[stackLabel] === stack &&
        (name.toLowerCase() === first.toLowerCase() || labels[versionLabel]?.toLowerCase() === first.toLowerCase())
      );
    })
    .sort((a, b) => b.meta.createdAt - a.meta.createdAt || b.meta.version - a.meta.version);
}

/** Content cannot be changed: `shop_key.5e884898` takes the place of `shop_key`. */
function nextName(first: string, suffix: string, named: ReadonlyMap<string, Stored>): string {
  const name = `${first}.${suffix}`;
  let number = 2;
  if (!named.has(name.toLowerCase())) return name;
  while (named.has(`${name}.${number}`.toLowerCase())) number++;
  return `${name}.${number}`;
}

function objectOf(
  kind: ContentKind,
  { data, driver, templating }: ComposeContent,
  { id, annotations }: { readonly id: string; readonly annotations: object },
): Stored {
  const spec = { annotations, data, ...(templating && { templating }) };
  return kind === 'config'
    ? canonicalObject(builtInKinds.configs, { id, spec }, id, noMeta)
    : canonicalObject(builtInKinds.secrets, { id, spec: { ...spec, ...(driver && { driver }) } }, id, noMeta);
}
