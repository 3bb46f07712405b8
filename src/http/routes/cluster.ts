import type { Clock } from '../../base/clock.js';
import { clusterStatus } from '../../api/index.js';
import type { ShownMember } from '../member.js';
import type { MemberShape, StatusShape, WatchesShape } from '../shapes.js';
import { type JsonRoute, read } from './route.js';

/** Age at which the members are asked again, milliseconds: many readers make one question. */
const freshMs = 500;
/** Most watches in an answer. */
const watchesMax = 1_000;

type Answered = Awaited<ReturnType<typeof clusterStatus>>;

const asked = new WeakMap<ShownMember, { readonly at: number; readonly answer: Promise<Answered> }>();

function recently(member: ShownMember, clock: Clock): Promise<Answered> {
  const last = asked.get(member);
  if (last && clock.monotonic() - last.at < freshMs) return last.answer;
  const answer = clusterStatus(member.replica, member.dialing);
  asked.set(member, { at: clock.monotonic(), answer });
  return answer;
}

/** Members of the cluster, and the watches of the one that answers. */
export const clusterRoutes: readonly JsonRoute[] = [
  {
    path: '/api/status',
    says: 'the cluster, its members with their lag, and the leaders of the past',
    answer: async ({ member, asked: request, clock }): Promise<StatusShape> => {
      request.finish();
      const { clusterId, lineage, leader, term, version, members } = await recently(member, clock);
      const { replica, leaders } = member;
      return {
        clusterId,
        lineage,
        leader: leader ?? null,
        term,
        version,
        members: members.map((one) => memberOf(one, version)),
        answeredBy: replica.identity.name,
        leaders: leaders.all,
        historyFrom: replica.store.use().history.reachesBackTo,
      };
    },
  },
  {
    path: '/api/watches',
    says: 'watches of the member that answers, and the events that wait for their readers',
    answer: (call) =>
      read(call, ({ version, rights }): WatchesShape => {
        const { store, identity } = call.member.replica;
        const watches = store.queue.describe().slice(0, watchesMax);
        return {
          member: identity.name,
          version,
          watches: watches.map(({ kinds, backlog }) => ({
            kinds: kinds.filter((kind) => rights.mayReadKind(kind)),
            waiting: backlog?.events ?? null,
            waitingBytes: backlog?.bytes ?? null,
            limit: backlog?.limit ?? null,
          })),
        };
      }),
  },
];

function memberOf(member: Answered['members'][number], newest: number): MemberShape {
  const { name, id, addr, role, leader, reachable, version = null, lastIndex = null, appliedIndex = null } = member;
  const lag = version === null ? null : Math.max(0, newest - version);
  return { name, id, addr, role, leader, reachable, version, lag, lastIndex, appliedIndex };
}
