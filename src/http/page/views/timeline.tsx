import { useState } from 'preact/hooks';
import type { ChangeShape, KindsShape, TimelineShape, TransactionShape } from '../../shapes.js';
import { useData } from '../data.js';
import { Age, Badge, Card, Empty, ObjectLink, Problem } from '../parts.js';

const pageSize = 30;
const changesShown = 6;

const verbs = { create: 'created', update: 'changed', delete: 'deleted' } as const;
const tones = { create: 'good', update: 'plain', delete: 'bad' } as const;

/** Transactions with author, time and reason, the newest first. */
export function Timeline() {
  const [kind, setKind] = useState('');
  const [before, setBefore] = useState<number[]>([]);
  const { value: kinds } = useData<KindsShape>('/api/kinds');
  const at = before.at(-1);
  const query = `limit=${pageSize}${kind === '' ? '' : `&kind=${encodeURIComponent(kind)}`}${at === undefined ? '' : `&before=${at}`}`;
  return (
    <Card title="Timeline" note="every transaction in the history, newest first">
      <div class="tools">
        <label>
          Kind{' '}
          <select
            value={kind}
            onChange={(event) => {
              setKind(event.currentTarget.value);
              setBefore([]);
            }}
          >
            <option value="">all</option>
            {kinds?.kinds.map((one) => (
              <option key={one.kind} value={one.kind}>
                {one.plural}
              </option>
            ))}
          </select>
        </label>
        <span class="grow" />
        <button type="button" disabled={before.length === 0} onClick={() => setBefore(before.slice(0, -1))}>
          Newer
        </button>
        <Older path={`/api/history?${query}`} go={(next) => setBefore([...before, next])} />
      </div>
      <Transactions path={`/api/history?${query}`} />
    </Card>
  );
}

function Older({ path, go }: { path: string; go: (next: number) => void }) {
  const { value } = useData<TimelineShape>(path);
  const next = value?.next;
  return (
    <button type="button" disabled={next === undefined} onClick={() => next !== undefined && go(next)}>
      Older
    </button>
  );
}

/** Transactions of a path, live. */
export function Transactions({ path }: { path: string }) {
  const { value, error } = useData<TimelineShape>(path);
  return (
    <>
      <Problem text={error} />
      {value?.transactions.length === 0 && <Empty>Nothing has changed yet.</Empty>}
      <ol class="timeline">
        {value?.transactions.map((one) => (
          <Transaction key={one.version} transaction={one} />
        ))}
      </ol>
    </>
  );
}

function Transaction({ transaction }: { transaction: TransactionShape }) {
  const { version, time, actor, reason, changes, changesLeftOut } = transaction;
  const more = Math.max(0, changes.length - changesShown) + changesLeftOut;
  return (
    <li>
      <div class="when">
        <Age time={time} />
        <span class="faint">v{version}</span>
      </div>
      <div>
        <ul class="changes">
          {changes.slice(0, changesShown).map((change) => (
            <Change key={`${change.kind}/${change.id}`} change={change} />
          ))}
          {more > 0 && <li class="faint">and {more.toLocaleString('en')} more</li>}
        </ul>
        {(actor !== undefined || reason !== undefined) && (
          <div class="why">
            {actor !== undefined && <span>by {actor}</span>}
            {reason !== undefined && <q>{reason}</q>}
          </div>
        )}
      </div>
    </li>
  );
}

function Change({ change: { action, kind, id, name } }: { change: ChangeShape }) {
  return (
    <li>
      <Badge tone={tones[action]}>{verbs[action]}</Badge> <span class="faint">{kind}</span>{' '}
      <ObjectLink kind={kind} id={id} name={name} />
    </li>
  );
}
