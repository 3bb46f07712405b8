import type { handleUnaryCall, sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { systemClock } from '../base/clock.js';
import { StoreError } from '../base/store-error.js';
import { within } from '../base/waiting.js';
import { callerText } from '../identity/index.js';
import type { LocalStatus, MemberInfo, Replica } from '../replica/index.js';
import { askMember, callerIn, clearText, type Dialing, methodOf, toStatus } from '../rpc/index.js';
import type { KindUse } from '../state/index.js';
import type { messages } from '../wire/index.js';
import { type Forwarder, forwardingHandler, isForwarded } from './forward.js';
import { Rights } from './rights.js';

type ClusterStatus = messages.ClusterStatus;
type MemberStatus = messages.MemberStatus;

/** The `Membership` service: the members and their state. */
export function membershipService(replica: Replica, forwarder: Forwarder): UntypedServiceImplementation {
  const changed = () => {
    const { clusterId, lineage } = replica.status();
    return { clusterId, lineage, members: replica.members() };
  };
  return {
    Join: joinHandler(replica, forwarder, changed),
    Remove: forwardingHandler(
      methodOf('membership', 'Remove'),
      { replica, forwarder },
      async ({ member, force }: messages.RemoveMemberRequest, timeoutMs) => {
        await onLeader(replica, timeoutMs);
        await replica.removeMember(member, { force });
        return {};
      },
    ),
    SetRole: forwardingHandler(
      methodOf('membership', 'SetRole'),
      { replica, forwarder },
      async ({ member, role, force }: messages.SetMemberRoleRequest, timeoutMs) => {
        await onLeader(replica, timeoutMs);
        if (role === 'voter') await replica.promoteMember(member);
        else await replica.demoteMember(member, { force });
        return {};
      },
    ),
    TransferLeadership: forwardingHandler(
      methodOf('membership', 'TransferLeadership'),
      { replica, forwarder },
      async ({ to }: messages.TransferLeadershipRequest, timeoutMs) => {
        await onLeader(replica, timeoutMs);
        await replica.transferLeadership(to);
        return { leader: replica.leaderInfo?.name ?? to ?? '' };
      },
    ),
    Local: (_call: ServerUnaryCall<object, object>, done: sendUnaryData<object>) => done(null, localStatus(replica)),
    Status: (call: ServerUnaryCall<object, object>, done: sendUnaryData<object>) => {
      const { store } = replica;
      const rights = store.view((tx) => Rights.in(tx, store.kinds, callerIn(call)));
      clusterStatus(replica, forwarder.dialing).then(
        (status) => done(null, { ...status, use: readableUse(status.use, rights) }),
        (error: unknown) => done(toStatus(error)),
      );
    },
  };
}

/** `Join`: takes a member in, or learns where it is now. */
function joinHandler(
  replica: Replica,
  forwarder: Forwarder,
  changed: () => object,
): handleUnaryCall<messages.JoinRequest, unknown> {
  const join = forwardingHandler(
    methodOf('membership', 'Join'),
    { replica, forwarder },
    async ({ member, replaces }: messages.JoinRequest, timeoutMs) => {
      await onLeader(replica, timeoutMs);
      await replica.addMember(member, { replaces });
      return changed();
    },
  );
  return (call, done) => {
    try {
      checkOwnId(call);
      join(call, done);
    } catch (error) {
      done(toStatus(error));
    }
  };
}

/** A member joins, and says where it is, for itself alone. One that forwards has checked the one that it forwards for. */
function checkOwnId(call: ServerUnaryCall<messages.JoinRequest, unknown>): void {
  const caller = callerIn(call);
  if (!caller || (caller.as === 'member' && isForwarded(call))) return;
  const { id } = call.request.member;
  if ('identity' in caller && caller.identity.name === String(id)) return;
  throw new StoreError('DENIED', `${callerText(caller)} may not join as member ${id}`);
}

const noLeader = (timeoutMs: number) =>
  new StoreError('NOT_LEADER', `no member led within ${timeoutMs} ms: is a majority running?`);

/** Resolves when this member leads. Rejects with `NOT_LEADER` and the leader's address when another does. */
export async function onLeader(replica: Replica, timeoutMs: number): Promise<void> {
  const end = systemClock.monotonic() + timeoutMs;
  for (let admitted = replica.admit(); admitted; admitted = replica.admit())
    await within(systemClock, end - systemClock.monotonic(), admitted, () => noLeader(timeoutMs));
}

function memberStatus(member: LocalStatus['members'][number], leader: MemberInfo | undefined): MemberStatus {
  return {
    name: member.name,
    id: String(member.id),
    addr: member.addrs[0] ?? '',
    role: member.role,
    leader: member.id === leader?.id,
    reachable: false,
  };
}

function localStatus(replica: Replica): messages.LocalStatus {
  const status = replica.status();
  const { clusterId, lineage, name, id, term, leader, version, lastIndex, appliedIndex, members } = status;
  return {
    clusterId,
    lineage,
    name,
    id: String(id),
    term,
    ...(leader && { leader: leader.name }),
    version,
    lastIndex,
    appliedIndex,
    members: members.map((member) => memberStatus(member, leader)),
    use: useOf(replica),
  };
}

/** Asks every member now; those that do not answer are said to be unreachable. */
export async function clusterStatus(replica: Replica, dialing?: Dialing): Promise<ClusterStatus> {
  const own = replica.status();
  const answers = await Promise.all(
    own.members.map((member) =>
      member.id === own.id ? Promise.resolve(localStatus(replica)) : askMember(member, dialing),
    ),
  );
  const heard = answers.filter((answer) => answer !== undefined);
  // A member in the newest term knows the leader best.
  const [newest = localStatus(replica)] = heard
    .filter(({ leader }) => leader !== undefined)
    .sort((a, b) => b.term - a.term);
  const members = own.members.map((member, i): MemberStatus => {
    const answer = answers[i];
    const status = { ...memberStatus(member, undefined), leader: newest.leader === member.name };
    if (!answer) return status;
    const { version, lastIndex, appliedIndex } = answer;
    return { ...status, reachable: true, version, lastIndex, appliedIndex };
  });
  members.sort((a, b) => (a.name < b.name ? -1 : 1));
  const version = Math.max(...heard.map((answer) => answer.version));
  return {
    clusterId: own.clusterId,
    lineage: own.lineage,
    ...(newest.leader !== undefined && { leader: newest.leader }),
    term: newest.term,
    version,
    members,
    use: useOf(replica),
    security: dialing && dialing !== clearText ? 'on' : 'off',
  };
}

/** Amounts of the kinds that the caller may read. */
function readableUse(use: messages.StoreUse | undefined, rights: Rights): messages.StoreUse | undefined {
  return use && { ...use, kinds: use.kinds.filter(({ kind }) => rights.mayReadKind(kind)) };
}

function useOf({ store }: Replica): messages.StoreUse {
  const { kinds, history, watches } = store.use();
  return { kinds: kinds.map(amountOf), history, watches };
}

function amountOf({ kind, objects, bytes, limits }: KindUse): messages.KindAmount {
  return {
    kind,
    objects,
    bytes,
    ...(limits?.objects !== undefined && { objectsMax: limits.objects }),
    ...(limits?.bytes !== undefined && { bytesMax: limits.bytes }),
  };
}
