import type { LeasesShape } from '../../shapes.js';
import { useData } from '../data.js';
import { counted, lasted } from '../format.js';
import { Age, Badge, Card, Empty, ObjectLink, Problem, shortId, Table } from '../parts.js';

/** Leases, and who holds what. */
export function Leases() {
  const { value, error } = useData<LeasesShape>('/api/leases?limit=200');
  const leases = value?.leases ?? [];
  return (
    <Card title="Leases" note={value && counted(leases.length, 'lease')}>
      <Problem text={error} />
      {value && leases.length === 0 && <Empty>No lease is held. Locks, elections and sessions appear here.</Empty>}
      {leases.length > 0 && (
        <Table
          label="Leases"
          rows={leases}
          keyOf={({ id }) => id}
          columns={[
            ['Holder', ({ id, holder }) => <ObjectLink kind="leases" id={id} name={holder} />],
            [
              'Holds',
              ({ holds }) =>
                holds.length === 0 ? (
                  <span class="faint">nothing</span>
                ) : (
                  <ul class="plain">
                    {holds.map((one) => (
                      <li key={`${one.kind}/${one.id}`}>
                        <span class="faint">{one.kind}</span> <ObjectLink {...one} />
                      </li>
                    ))}
                  </ul>
                ),
            ],
            ['TTL', ({ ttlMs }) => lasted(ttlMs), 'number'],
            ['State', ({ lost }) => (lost ? <Badge tone="bad">lost</Badge> : <Badge tone="good">kept alive</Badge>)],
            ['Since', ({ createdAt }) => <Age time={createdAt} />],
            ['Id', ({ id }) => <code title={id}>{shortId(id)}</code>],
          ]}
        />
      )}
    </Card>
  );
}
