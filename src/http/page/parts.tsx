import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ago, clockTime } from './format.js';

interface Children {
  readonly children?: ComponentChildren;
}

/** Section with a heading. */
export function Card({ title, note, children }: Children & { title: string; note?: ComponentChildren }) {
  return (
    <section class="card" aria-label={title}>
      <header>
        <h2>{title}</h2>
        {note !== undefined && <span class="note">{note}</span>}
      </header>
      {children}
    </section>
  );
}

export type Tone = 'good' | 'bad' | 'warn' | 'plain' | 'accent';

/** Word with a colour. The word says all that the colour does. */
export function Badge({ tone = 'plain', children }: Children & { tone?: Tone }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

/** Age that goes on by itself; the full time is its title. */
export function Age({ time }: { time: number }) {
  const now = useNow();
  if (time === 0) return <span class="faint">–</span>;
  return (
    <time dateTime={new Date(time).toISOString()} title={clockTime(time)}>
      {ago(time, now)}
    </time>
  );
}

/** The current time, every second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export function Empty({ children }: Children) {
  return <p class="empty">{children}</p>;
}

/** Problem with the data of a view, beside what is still known. */
export function Problem({ text }: { text: string | undefined }) {
  return text === undefined ? null : (
    <p class="problem" role="alert">
      {text}
    </p>
  );
}

/** Columns of a table: heading and cell. */
export type Columns<T> = readonly (readonly [heading: string, cell: (row: T) => ComponentChildren, kind?: 'number'])[];

interface TableProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly columns: Columns<T>;
  readonly keyOf: (row: T) => string;
  readonly toneOf?: (row: T) => string | undefined;
}

/** Table that scrolls sideways by itself where there is no room. */
export function Table<T>({ label, rows, columns, keyOf, toneOf }: TableProps<T>) {
  return (
    <div class="scroll" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(([heading, , kind]) => (
              <th key={heading} scope="col" class={kind}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} class={toneOf?.(row)}>
              {columns.map(([heading, cell, kind]) => (
                <td key={heading} class={kind}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Link to the page of an object. */
export function ObjectLink({ kind, id, name }: { kind: string; id: string; name: string }) {
  return (
    <a href={objectHash(kind, id)} title={`${kind} ${id}`}>
      {name || shortId(id)}
    </a>
  );
}

export function objectHash(kind: string, id: string): string {
  return `#/objects/${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
}

export function shortId(id: string): string {
  return id.length > 14 ? `${id.slice(0, 12)}…` : id;
}
