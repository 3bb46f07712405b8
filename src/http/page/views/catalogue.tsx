import type { CatalogueShape, InstanceShape } from '../../shapes.js';
import { useData } from '../data.js';
import { Badge, Card, Empty, ObjectLink, Problem, Table, type Tone } from '../parts.js';

const tones: Readonly<Record<string, Tone>> = {
  passing: 'good',
  warning: 'warn',
  critical: 'bad',
  maintenance: 'plain',
};

/** Services of the catalogue with their instances. */
export function Catalogue() {
  const { value, error } = useData<CatalogueShape>('/api/catalogue', { kinds: ['instances', 'leases'] });
  return (
    <>
      <h1 class="hidden">Catalogue</h1>
      <Problem text={error} />
      {value?.services.length === 0 && (
        <Card title="Catalogue">
          <Empty>No service is registered.</Empty>
        </Card>
      )}
      {value?.services.map(({ name, passing, instances }) => (
        <Card key={name} title={name} note={`${passing} of ${instances.length} passing`}>
          <Table
            label={`Instances of ${name}`}
            rows={instances}
            keyOf={({ id }) => id}
            columns={[
              ['Instance', ({ id }) => <ObjectLink kind="instances" id={id} name={id} />],
              ['Address', ({ host, port }) => <code>{port === 0 ? host : `${host}:${port}`}</code>],
              ['Health', health],
              ['Tags', ({ tags }) => tags.join(', ')],
              ['Agent', ({ agent }) => agent],
            ]}
          />
        </Card>
      ))}
    </>
  );
}

function health({ health: word, lost }: InstanceShape) {
  return lost ? <Badge tone="bad">agent lost</Badge> : <Badge tone={tones[word] ?? 'plain'}>{word}</Badge>;
}
