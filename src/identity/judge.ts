import type { BearerToken } from './bearer.js';
import { methodTable, type UserNeed } from './methods.js';
import { adminRole, mayDo, type Role } from './rights.js';
import { type Identity, shortName } from './spiffe.js';

/** The caller of a method, after its certificate and the state have been asked. */
export type Caller =
  | { readonly as: 'anonymous'; readonly why?: string }
  | { readonly as: 'expired'; readonly identity: Identity; readonly serial: string }
  | { readonly as: 'newcomer'; readonly identity: Identity }
  | { readonly as: 'member'; readonly identity: Identity }
  | { readonly as: 'worker'; readonly identity: Identity; readonly serial: string }
  | {
      readonly as: 'user';
      readonly identity: Identity;
      readonly serial: string;
      readonly roles: readonly Role[];
      /** End of the token that proved it, milliseconds since the epoch. */
      readonly until?: number;
    }
  | { readonly as: 'local' };

/** A certificate that our roots have signed, read. */
export interface Presented {
  readonly identity: Identity;
  /** In hexadecimal digits. */
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Facts of the state that decide about a certificate. Asked at every call: what is deleted is out at once. */
export interface Directory {
  readonly domain: string;
  /** `unknown` is an id that was never seen: it may have joined while this member was away. */
  memberState(id: number): 'member' | 'removed' | 'unknown';
  /** `undefined` when there is no such user. */
  user(name: string): { readonly disabled: boolean; readonly roles: readonly Role[] } | undefined;
  hasNode(id: string): boolean;
  /** Tells whether the certificate of this serial number was issued to this owner (`user/alice`), and not revoked since. */
  hasCredential(serial: string, owner: string): boolean;
  /** Returns the token for calls of this id; `undefined` when there is none, or it is for something else. */
  bearer(id: string): BearerToken | undefined;
}

/** Time in which the owner of an expired certificate may renew it, milliseconds; 0 for never. */
export interface Terms {
  readonly now: number;
  readonly renewLateMs: number;
}

/** Says who a certificate makes its bearer: its identity, or an anonymous caller, with the reason. */
export function callerOf(presented: Presented | undefined, directory: Directory, terms: Terms): Caller {
  if (!presented) return { as: 'anonymous', why: 'no certificate' };
  const { identity, serial, notBefore, notAfter } = presented;
  const refused = (why: string): Caller => ({ as: 'anonymous', why: `${shortName(identity)}: ${why}` });
  if (identity.domain !== directory.domain) return refused('the certificate is of another cluster');
  if (terms.now < notBefore) return refused('the certificate is not valid yet');
  const expired = terms.now > notAfter;
  const late = terms.now - notAfter > terms.renewLateMs;
  if (identity.kind === 'member')
    return expired ? refused('the certificate has expired') : memberOf(identity, directory);
  // A user is looked up once: this runs for each call.
  const user = identity.kind === 'user' ? directory.user(identity.name) : undefined;
  const gone = goneReason(presented, user, directory);
  if (gone !== undefined) return refused(gone);
  if (expired) return late ? refused('the certificate expired too long ago') : { as: 'expired', identity, serial };
  if (identity.kind === 'worker') return { as: 'worker', identity, serial };
  return { as: 'user', identity, serial, roles: user?.roles ?? [] };
}

/** A member makes its certificates itself: only the membership counts. */
function memberOf(identity: Identity, directory: Directory): Caller {
  const state = directory.memberState(Number(identity.name));
  if (state === 'removed') return { as: 'anonymous', why: `${shortName(identity)}: the member was removed` };
  return { as: state === 'member' ? 'member' : 'newcomer', identity };
}

function goneReason(
  { identity, serial }: Presented,
  user: ReturnType<Directory['user']>,
  directory: Directory,
): string | undefined {
  if (!directory.hasCredential(serial, shortName(identity))) return 'the certificate was revoked';
  if (identity.kind === 'worker') return directory.hasNode(identity.name) ? undefined : 'the node was removed';
  if (!user) return 'the user was removed';
  return user.disabled ? 'the user is disabled' : undefined;
}

/** Decision about one call, with its reason. `own`: the method must check that the caller asks for what is its own. */
export type Judgement =
  | { readonly allowed: true; readonly because: string; readonly own: boolean }
  | { readonly allowed: false; readonly code: 'UNAUTHENTICATED' | 'DENIED'; readonly message: string };

/** Decides whether the caller may call the method at this path at all. Rights on objects are asked where they are used. */
export function judge(path: string, caller: Caller): Judgement {
  const row = methodTable.get(path);
  if (!row) return denied(caller, path);
  if (caller.as === 'user') return judgeUser(row.user, caller, path);
  const cell = row[caller.as];
  if (cell === undefined) return denied(caller, path);
  return { allowed: true, because: callerText(caller), own: cell === 'own' };
}

function judgeUser(need: UserNeed | undefined, caller: Caller & { as: 'user' }, path: string): Judgement {
  const { roles } = caller;
  const yes = (because: string): Judgement => ({ allowed: true, because, own: false });
  if (need === 'any') return yes('every user');
  if (need === undefined) return denied(caller, path);
  if (need === 'admin')
    return roles.some(({ name }) => name === adminRole)
      ? yes(`role ${adminRole}`)
      : denied(caller, path, `the role ${adminRole} may`);
  const [verb, kind] = need;
  const answer = mayDo(roles, { verb, kind });
  return answer.allowed ? yes(answer.because) : denied(caller, path, `"skep can ${verb} ${kind}"`);
}

function denied(caller: Caller, path: string, advice = ''): Judgement {
  const method = path.replace(/^\/(?:skep\.v1\.)?/, '');
  if (caller.as === 'anonymous') {
    const why = caller.why === undefined ? '' : ` (${caller.why})`;
    return {
      allowed: false,
      code: 'UNAUTHENTICATED',
      message: `${method} needs an identity${why}: "skep login HOST" with a token of an admin`,
    };
  }
  return {
    allowed: false,
    code: 'DENIED',
    message: `${callerText(caller)} may not call ${method}${advice && `: ${advice}`}`,
  };
}

/** Returns who calls, for people: `user/alice (viewer)`, `member/17`, `local`. */
export function callerText(caller: Caller): string {
  switch (caller.as) {
    case 'anonymous':
      return 'an anonymous caller';
    case 'local':
      return 'local';
    case 'user':
      return `${shortName(caller.identity)} (${caller.roles.map(({ name }) => name).join(', ') || 'no role'})`;
    case 'expired':
      return `${shortName(caller.identity)} (expired certificate)`;
    case 'newcomer':
      return `${shortName(caller.identity)} (not a member yet)`;
    default:
      return shortName(caller.identity);
  }
}

/** Returns the actor of a caller's writes, as history keeps it. */
export function actorOf(caller: Caller): string {
  return caller.as === 'anonymous' ? 'anonymous' : caller.as === 'local' ? 'local' : shortName(caller.identity);
}
