import { useEffect, useState } from 'preact/hooks';
import type { ItemShape, KindsShape, ObjectsShape } from '../../shapes.js';
import { useData } from '../data.js';
import { counted, plain } from '../format.js';
import { onChange } from '../live.js';
import { Age, Card, Empty, ObjectLink, Problem, shortId, Table } from '../parts.js';

const pageSize = 50;
/** Time for which a changed row is marked, milliseconds. */
const markedMs = 2_500;

/** Objects of a kind, with live changes. */
export function Objects({ kind: asked }: { kind: string | undefined }) {
  const { value: kinds, error } = useData<KindsShape>('/api/kinds');
  const withObjects = kinds?.kinds.filter(({ objects }) => objects > 0) ?? [];
  const kind = asked || withObjects[0]?.kind || kinds?.kinds[0]?.kind;
  return (
    <div class="split">
      <nav class="kinds" aria-label="Kinds">
        <Problem text={error} />
        {kinds?.kinds.map((one) => (
          <a
            key={one.kind}
            href={`#/objects/${encodeURIComponent(one.kind)}`}
            aria-current={one.kind === kind ? 'page' : undefined}
            class={one.objects === 0 ? 'faint' : ''}
          >
            {one.plural} <span class="count">{one.objects.toLocaleString('en')}</span>
          </a>
        ))}
      </nav>
      {kind !== undefined && <List key={kind} kind={kind} />}
    </div>
  );
}

function List({ kind }: { kind: string }) {
  const [search, setSearch] = useState('');
  const [after, setAfter] = useState<string[]>([]);
  const filter = search === '' ? '' : `&namePrefix=${encodeURIComponent(search)}`;
  const at = after.at(-1);
  const place = at === undefined ? '' : `&after=${encodeURIComponent(at)}`;
  const path = `/api/objects/${encodeURIComponent(kind)}?limit=${pageSize}${filter}${place}`;
  const { value, error } = useData<ObjectsShape>(path, { kinds: [kind] });
  const marked = useMarked(kind);
  const items = value?.items ?? [];
  const next = value?.next;
  return (
    <Card
      title={kind}
      note={value && `${counted(items.length, 'object')} of version ${value.version.toLocaleString('en')}`}
    >
      <div class="tools">
        <label>
          Name begins with{' '}
          <input
            type="search"
            value={search}
            onInput={(event) => {
              setSearch(event.currentTarget.value);
              setAfter([]);
            }}
          />
        </label>
        <span class="grow" />
        <button type="button" disabled={after.length === 0} onClick={() => setAfter(after.slice(0, -1))}>
          Previous
        </button>
        <button
          type="button"
          disabled={next === undefined}
          onClick={() => next !== undefined && setAfter([...after, next])}
        >
          Next
        </button>
      </div>
      <Problem text={error} />
      {value && items.length === 0 && <Empty>{search === '' ? 'There are none.' : 'None has such a name.'}</Empty>}
      {items.length > 0 && (
        <Table
          label={`Objects of kind ${kind}`}
          rows={items}
          keyOf={({ object }) => object.id}
          toneOf={({ object }) => (marked.has(object.id) ? 'marked' : undefined)}
          columns={[
            ['Name', ({ name, object }) => <ObjectLink kind={kind} id={object.id} name={name} />],
            ['Id', ({ object }) => <code title={object.id}>{shortId(object.id)}</code>],
            ['Summary', (item) => <span class="summary">{summaryOf(item)}</span>],
            ['Version', ({ object }) => object.meta.version.toLocaleString('en'), 'number'],
            ['Changed', ({ object }) => <Age time={object.meta.updatedAt} />],
          ]}
        />
      )}
    </Card>
  );
}

/** Ids of objects that have changed a moment ago. */
function useMarked(kind: string): ReadonlySet<string> {
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>();
    const stop = onChange((said) => {
      if (said === 'resync') return;
      const ids = said.changes.filter((change) => change.kind === kind).map(({ id }) => id);
      if (ids.length === 0) return;
      setMarked((before) => new Set([...before, ...ids]));
      const timer = setTimeout(() => {
        timers.delete(timer);
        setMarked((before) => new Set([...before].filter((id) => !ids.includes(id))));
      }, markedMs);
      timers.add(timer);
    });
    return () => {
      stop();
      for (const timer of timers) clearTimeout(timer);
    };
  }, [kind]);
  return marked;
}

/** Fields that tell most about objects, with the way to them. */
const telling = [
  'status.state',
  'spec.availability',
  'desiredState',
  'health',
  'host',
  'spec.task.container.image',
  'spec.driverConfig.name',
  'holder',
  'state',
];

function summaryOf({ object }: ItemShape): string {
  const found = telling.flatMap((path) => {
    const value = path.split('.').reduce<unknown>((at, part) => (Object(at) as Record<string, unknown>)[part], object);
    return value === undefined || value === '' || typeof value === 'object' ? [] : [plain(value)];
  });
  if (found.length > 0) return found.slice(0, 3).join(' · ');
  const { id: _id, meta: _meta, ...rest } = object;
  return Object.entries(rest)
    .filter(([, value]) => typeof value !== 'object' && value !== '')
    .slice(0, 3)
    .map(([field, value]) => `${field} ${plain(value)}`)
    .join(' · ');
}
