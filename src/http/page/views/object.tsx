import { useState } from 'preact/hooks';
import type { EntryShape, FieldShape, ObjectAnswerShape, ObjectHistoryShape } from '../../shapes.js';
import { useData } from '../data.js';
import { counted, plain } from '../format.js';
import { Age, Badge, Card, Empty, Problem } from '../parts.js';

const tones = { create: 'good', update: 'accent', delete: 'bad' } as const;
const verbs = { create: 'created', update: 'changed', delete: 'deleted' } as const;

/** One object: as it is, and how it came to be so. */
export function ObjectPage({ kind, id }: { kind: string; id: string }) {
  const place = `${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
  const { value, error } = useData<ObjectAnswerShape>(`/api/objects/${place}`, { kinds: [kind] });
  const gone = error !== undefined && error.startsWith('there is no ');
  return (
    <>
      <p class="crumbs">
        <a href={`#/objects/${encodeURIComponent(kind)}`}>{kind}</a> / <strong>{value?.name || id}</strong>
        {gone && <Badge tone="bad">deleted</Badge>}
      </p>
      {!gone && <Problem text={error} />}
      <div class="columns">
        <History path={`/api/history/${place}?limit=50`} kind={kind} />
        {value && !gone && <Content answer={value} />}
      </div>
    </>
  );
}

function Content({ answer: { object } }: { answer: ObjectAnswerShape }) {
  const [copied, setCopied] = useState(false);
  const { id, meta, ...rest } = object;
  const text = JSON.stringify(rest, null, 2);
  const copy = () => {
    navigator.clipboard.writeText(JSON.stringify(object, null, 2)).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <Card title="Now" note={`version ${meta.version.toLocaleString('en')}`}>
      <dl class="facts-list">
        <dt>Id</dt>
        <dd>
          <code>{id}</code>
        </dd>
        <dt>Created</dt>
        <dd>
          <Age time={meta.createdAt} />
        </dd>
        <dt>Changed</dt>
        <dd>
          <Age time={meta.updatedAt} />
        </dd>
      </dl>
      <div class="tools">
        <span class="grow" />
        <button type="button" onClick={copy}>
          {copied ? 'Copied' : 'Copy as JSON'}
        </button>
      </div>
      <pre class="json" tabIndex={0} aria-label="Fields as JSON">
        {text}
      </pre>
    </Card>
  );
}

function History({ path, kind }: { path: string; kind: string }) {
  const { value, error } = useData<ObjectHistoryShape>(path, { kinds: [kind] });
  const entries = value?.entries ?? [];
  return (
    <Card title="History" note={value && `${counted(entries.length, 'change')}, back to version ${value.historyFrom}`}>
      <Problem text={error} />
      {value && entries.length === 0 && <Empty>History no longer reaches back to its changes.</Empty>}
      <ol class="history">
        {entries.map((entry) => (
          <Entry key={entry.version} entry={entry} />
        ))}
      </ol>
    </Card>
  );
}

function Entry({ entry }: { entry: EntryShape }) {
  const { version, time, action, actor, reason, fields, fieldsLeftOut } = entry;
  return (
    <li>
      <div class="entry-head">
        <Badge tone={tones[action]}>{verbs[action]}</Badge>
        <Age time={time} />
        <span class="faint">v{version}</span>
        {actor !== undefined && <span>by {actor}</span>}
        {reason !== undefined && <q>{reason}</q>}
      </div>
      {action === 'update' ? (
        <Fields fields={fields} />
      ) : (
        <details>
          <summary>{counted(fields.length, 'field')}</summary>
          <Fields fields={fields} />
        </details>
      )}
      {fieldsLeftOut > 0 && <p class="faint">{counted(fieldsLeftOut, 'more field')}</p>}
    </li>
  );
}

/** Differences, field by field. */
function Fields({ fields }: { fields: readonly FieldShape[] }) {
  if (fields.length === 0) return <p class="faint">the same content</p>;
  return (
    <ul class="diff">
      {fields.map((field) => (
        <li key={field.path}>
          <code class="path">{field.path}</code>
          {field.tooLong && <span class="faint">too long to show</span>}
          {!field.tooLong && field.old === undefined && field.new === undefined && <span class="faint">not shown</span>}
          {field.old !== undefined && <del>{plain(field.old)}</del>}
          {field.new !== undefined && <ins>{plain(field.new)}</ins>}
        </li>
      ))}
    </ul>
  );
}
