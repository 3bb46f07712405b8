import type { WatchesShape } from '../../shapes.js';
import { useData } from '../data.js';
import { bytes, counted } from '../format.js';
import { Badge, Card, Empty, Problem, Table } from '../parts.js';

const refreshMs = 1_000;

/** Share of its limit from which on a watch is in danger, percent. */
const danger = 50;

/** Watches of the member that answers, and what waits for their readers. */
export function Watches() {
  const { value, error } = useData<WatchesShape>('/api/watches', { everyMs: refreshMs });
  const rows = (value?.watches ?? []).map((watch, i) => ({ ...watch, number: i + 1 }));
  return (
    <Card title="Watches" note={value && `${counted(rows.length, 'open watch', 'open watches')} on ${value.member}`}>
      <Problem text={error} />
      {rows.length === 0 && <Empty>No watch is open on this member.</Empty>}
      {rows.length > 0 && (
        <Table
          label="Watches"
          rows={rows}
          keyOf={({ number }) => String(number)}
          columns={[
            ['Watch', ({ number }) => number, 'number'],
            ['Kinds', ({ kinds }) => (kinds.length === 0 ? 'all' : kinds.join(', '))],
            ['Waiting', ({ waiting }) => (waiting === null ? 'no buffer' : counted(waiting, 'event')), 'number'],
            ['Size', ({ waitingBytes }) => (waitingBytes === null ? '–' : bytes(waitingBytes)), 'number'],
            [
              'State',
              ({ waiting, limit }) => {
                const used = waiting === null || limit === null ? 0 : (100 * waiting) / limit;
                if (used === 0) return <Badge tone="good">up to date</Badge>;
                return <Badge tone={used < danger ? 'warn' : 'bad'}>{Math.ceil(used)} % of its buffer</Badge>;
              },
            ],
          ]}
        />
      )}
    </Card>
  );
}
