import type { KindsShape, MemberShape, StatusShape } from '../../shapes.js';
import { useData } from '../data.js';
import { bytes, counted } from '../format.js';
import { Age, Badge, Card, Empty, Problem, Table } from '../parts.js';
import { Transactions } from './timeline.js';

const leadersShown = 8;
const recentShown = 8;

/** The cluster at a glance. */
export function Overview({ status, error }: { status: StatusShape | undefined; error: string | undefined }) {
  return (
    <>
      <h1 class="hidden">Overview</h1>
      <Problem text={error} />
      {status && <Members status={status} />}
      <div class="columns">
        <Card title="Recent changes" note={<a href="#/timeline">all</a>}>
          <Transactions path={`/api/history?limit=${recentShown}`} />
        </Card>
        <div>
          {status && <Leaders status={status} />}
          <Kinds />
        </div>
      </div>
    </>
  );
}

function Members({ status: { members, leader } }: { status: StatusShape }) {
  const there = members.filter(({ reachable }) => reachable).length;
  const voters = members.filter(({ role }) => role === 'voter').length;
  const spare = there - (Math.floor(voters / 2) + 1);
  const note =
    leader === null
      ? 'no majority follows a leader'
      : spare > 0
        ? `survives the loss of ${counted(spare, 'more member')}`
        : 'no further member may fail';
  return (
    <Card title="Members" note={`${there} of ${members.length} answer · ${note}`}>
      <ul class="members">
        {members.map((member) => (
          <Member key={member.id} member={member} />
        ))}
      </ul>
    </Card>
  );
}

function Member({ member }: { member: MemberShape }) {
  const { name, addr, role, leader, reachable, version, lag } = member;
  return (
    <li class={`member ${reachable ? '' : 'away'} ${leader ? 'leading' : ''}`}>
      <div class="member-name">
        <strong>{name}</strong>
        {!reachable ? (
          <Badge tone="bad">no answer</Badge>
        ) : leader ? (
          <Badge tone="accent">leader</Badge>
        ) : (
          <Badge>{role === 'learner' ? 'learner' : 'follower'}</Badge>
        )}
      </div>
      <code>{addr}</code>
      <div class="member-facts">
        {version === null ? (
          <span class="faint">version unknown</span>
        ) : (
          <>
            <span>version {version.toLocaleString('en')}</span>
            <span class={lag ? 'behind' : 'faint'}>{lag ? `${lag.toLocaleString('en')} behind` : 'up to date'}</span>
          </>
        )}
      </div>
    </li>
  );
}

function Leaders({ status: { leaders } }: { status: StatusShape }) {
  return (
    <Card
      title="Leaders"
      note={counted(Math.max(0, leaders.filter(({ leader }) => leader !== null).length - 1), 'change')}
    >
      <ol class="leaders">
        {leaders.slice(0, leadersShown).map(({ time, term, leader }) => (
          <li key={`${time}-${term}-${String(leader)}`}>
            <span>{leader === null ? <Badge tone="warn">none</Badge> : <strong>{leader}</strong>}</span>
            <span class="faint">term {term}</span>
            <Age time={time} />
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Kinds() {
  const { value } = useData<KindsShape>('/api/kinds');
  const kinds = (value?.kinds ?? []).filter(({ objects }) => objects > 0);
  return (
    <Card title="Objects" note={<a href="#/objects">browse</a>}>
      {kinds.length === 0 ? (
        <Empty>No objects yet.</Empty>
      ) : (
        <Table
          label="Objects by kind"
          rows={kinds}
          keyOf={({ kind }) => kind}
          columns={[
            ['Kind', ({ kind, plural }) => <a href={`#/objects/${encodeURIComponent(kind)}`}>{plural}</a>],
            ['Objects', ({ objects }) => objects.toLocaleString('en'), 'number'],
            ['Size', ({ bytes: size }) => bytes(size), 'number'],
          ]}
        />
      )}
    </Card>
  );
}
