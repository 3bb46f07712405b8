import type { ServiceShape, ServicesShape, TaskShape } from '../../shapes.js';
import { useData } from '../data.js';
import { counted } from '../format.js';
import { Age, Badge, Card, Empty, ObjectLink, Problem, Table, type Tone } from '../parts.js';

const early: readonly string[] = ['new', 'pending', 'assigned', 'accepted', 'preparing', 'ready', 'starting'];

function toneOf(state: string): Tone {
  if (state === 'running' || state === 'complete' || state === 'ready') return 'good';
  if (early.includes(state) || state === 'unknown') return 'warn';
  return state === 'shutdown' ? 'plain' : 'bad';
}

/** Services × nodes × tasks. */
export function Services() {
  const { value, error } = useData<ServicesShape>('/api/services?limit=100', { kinds: ['service', 'task', 'node'] });
  const nodes = value?.nodes ?? [];
  return (
    <>
      <h1 class="hidden">Services</h1>
      <Problem text={error} />
      {value?.services.length === 0 && (
        <Card title="Services">
          <Empty>No service runs here. Deploy one with skep apply, or start managers with --fleet.</Empty>
        </Card>
      )}
      {value?.services.map((service) => (
        <Service key={service.id} service={service} />
      ))}
      {nodes.length > 0 && (
        <Card title="Nodes" note={counted(nodes.length, 'node')}>
          <Table
            label="Nodes"
            rows={nodes}
            keyOf={({ id }) => id}
            columns={[
              ['Node', ({ id, name }) => <ObjectLink kind="node" id={id} name={name} />],
              ['State', ({ state }) => <Badge tone={toneOf(state)}>{state}</Badge>],
              ['Availability', ({ availability }) => availability],
              ['Tasks', ({ name }) => tasksOn(value?.services ?? [], name), 'number'],
              ['Message', ({ message }) => message],
            ]}
          />
        </Card>
      )}
    </>
  );
}

function tasksOn(services: readonly ServiceShape[], node: string): number {
  return services.flatMap(({ tasks }) => tasks).filter((task) => task.node === node).length;
}

function Service({ service }: { service: ServiceShape }) {
  const { id, name, mode, image, wanted, running, update, tasks } = service;
  return (
    <Card title={name || id} note={`${mode} · ${image}${update === '' ? '' : ` · update ${update}`}`}>
      <p class="state-line">
        <Badge tone={wanted !== null && running < wanted ? 'warn' : 'good'}>
          {running}
          {wanted === null ? ' running' : ` of ${wanted} running`}
        </Badge>
        <ObjectLink kind="service" id={id} name="history" />
      </p>
      {tasks.length > 0 && (
        <Table
          label={`Tasks of ${name}`}
          rows={tasks}
          keyOf={(task) => task.id}
          columns={[
            ['Task', (task) => <ObjectLink kind="task" id={task.id} name={task.name} />],
            ['State', ({ state }) => <Badge tone={toneOf(state)}>{state}</Badge>],
            ['Node', ({ node }) => node || <span class="faint">none yet</span>],
            ['Since', ({ since }) => <Age time={since} />],
            ['Why', (task) => <Why task={task} />],
          ]}
        />
      )}
    </Card>
  );
}

/** Reason for which a task waits: in short, and for each node. */
function Why({ task: { waits, help, nodes = [], error, message, state } }: { task: TaskShape }) {
  if (waits === undefined && nodes.length === 0) return <>{error || (state === 'running' ? '' : message)}</>;
  return (
    <details>
      <summary>{waits ?? 'a node fits: it is placed soon'}</summary>
      {help !== undefined && <p>This would help: {help}</p>}
      <ul class="plain">
        {nodes.map(({ node, fits, text }) => (
          <li key={node}>
            <strong>{node}</strong> {fits ? 'fits' : text}
          </li>
        ))}
      </ul>
    </details>
  );
}
