import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { systemClock } from '../base/clock.js';
import { isMemberId } from '../base/ids.js';
import { systemRandom } from '../base/random.js';
import { StoreError } from '../base/store-error.js';
import {
  actorOf,
  adminRole,
  builtInRoles,
  type Caller,
  dayMs,
  hashOf,
  isUserName,
  lifeDefaultMs,
  mayDo,
  newToken,
  parseRule,
  type Rule,
  userNameRule,
  type Verb,
  verbs,
} from '../identity/index.js';
import { anchors, credentials, type ReadTx, roles, tokens, type Tx, users } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { callerIn, methodOf, toStatus } from '../rpc/index.js';
import type { messages } from '../wire/index.js';
import { rolesOf, signingRoot } from './directory.js';
import { type Forwarder, forwardingHandler } from './forward.js';

const ttlDefaultMs = dayMs;
const bearerTtlDefaultMs = lifeDefaultMs.user;
const usesDefault = 1;

type Writing<Req> = (tx: Tx, request: Req, caller: Caller) => void;

/** The `Access` service: identities of callers, and the objects that give them rights. */
export function accessService(replica: Replica, forwarder: Forwarder): UntypedServiceImplementation {
  const { store } = replica;
  const forwarded = <Req>(
    name: string,
    run: (request: Req, timeoutMs: number, caller: Caller) => Promise<unknown>,
  ) => ({
    [name]: forwardingHandler<Req>(methodOf('access', name), { replica, forwarder }, (request, timeoutMs, caller) =>
      run(request, timeoutMs, caller ?? { as: 'local' }),
    ),
  });
  const written = <Req>(name: string, write: Writing<Req>) =>
    forwarded<Req>(name, async (request, timeoutMs, caller) => {
      const run = (tx: Tx) => {
        write(tx, request, caller);
        return tx.version;
      };
      const { value: version } = await updated(replica, run, { actor: actorOf(caller), timeoutMs });
      return { version };
    });
  return {
    WhoAmI: (call: ServerUnaryCall<object, messages.WhoAmIResponse>, done: sendUnaryData<messages.WhoAmIResponse>) =>
      done(null, whoAmI(store.view(domainOf), callerIn(call))),
    Can: (
      call: ServerUnaryCall<messages.CanRequest, messages.CanResponse>,
      done: sendUnaryData<messages.CanResponse>,
    ) => {
      try {
        done(
          null,
          store.view((tx) => can(tx, call.request, callerIn(call) ?? { as: 'local' })),
        );
      } catch (error) {
        done(toStatus(error));
      }
    },
    ...forwarded<messages.CreateTokenRequest>('CreateToken', (request, timeoutMs, caller) =>
      createToken(replica, request, { timeoutMs, caller }),
    ),
    ...written<messages.RemoveTokenRequest>('RemoveToken', (tx, { id }) => tx.kind(tokens).delete(id)),
    ...written<messages.PutUserRequest>('PutUser', putUser),
    ...written<messages.RemoveUserRequest>('RemoveUser', removeUser),
    ...written<messages.PutRoleRequest>('PutRole', putRole),
    ...written<messages.RemoveRoleRequest>('RemoveRole', removeRole),
    ...written<messages.AnchorRequest>('Anchor', putAnchor),
    ...written<messages.RevokeCertificateRequest>('RevokeCertificate', (tx, { serial }) =>
      tx.kind(credentials).delete(serial.toLowerCase()),
    ),
  };
}

async function updated<T>(
  { store }: Replica,
  run: (tx: Tx) => T,
  options: { readonly actor: string; readonly timeoutMs: number },
): Promise<{ value: T }> {
  return { value: await store.update(run as (tx: Tx) => never, options) };
}

const domainOf = (tx: ReadTx) => signingRoot(tx)?.domain ?? '';

function whoAmI(domain: string, caller: Caller | undefined): messages.WhoAmIResponse {
  if (!caller) return { identity: 'anonymous', roles: [], why: 'connections are in clear text', domain };
  return {
    identity: actorOf(caller),
    roles: caller.as === 'user' ? caller.roles.map(({ name }) => name) : [],
    why: caller.as === 'anonymous' ? (caller.why ?? '') : caller.as === 'expired' ? 'the certificate has ended' : '',
    domain,
  };
}

/** Answers for the caller itself; for others only an admin may ask. */
function can(tx: ReadTx, request: messages.CanRequest, caller: Caller): messages.CanResponse {
  const { user, kind, name } = request;
  const verb = verbs.find((one) => one === request.verb);
  if (!verb) throw invalid('verb', `"${request.verb}" is no verb: ${verbs.join(', ')}`);
  const question = { verb: verb satisfies Verb, kind, ...(name !== '' && { names: [name] }) };
  const answer = (one: ReturnType<typeof mayDo>): messages.CanResponse =>
    one.allowed ? { allowed: true, because: one.because } : { allowed: false, because: '' };
  if (user === '') {
    if (caller.as === 'user') return answer(mayDo(caller.roles, question));
    return { allowed: caller.as === 'local' || caller.as === 'member', because: actorOf(caller) };
  }
  const asksItself = caller.as === 'user' && caller.identity.name === user;
  if (!asksItself && caller.as !== 'local' && !isAdmin(caller))
    throw new StoreError('DENIED', `${actorOf(caller)} may not ask for the rights of user/${user}`);
  const stored = tx.kind(users).get(user);
  if (!stored) throw new StoreError('NOT_FOUND', `there is no user ${user}`);
  if (stored.disabled) return { allowed: false, because: `user ${user} is disabled` };
  return answer(mayDo(rolesOf(tx, stored.roles), question));
}

function isAdmin(caller: Caller): boolean {
  return caller.as === 'user' && caller.roles.some(({ name }) => name === adminRole);
}

async function createToken(
  replica: Replica,
  request: messages.CreateTokenRequest,
  { timeoutMs, caller }: { readonly timeoutMs: number; readonly caller: Caller },
): Promise<messages.CreateTokenResponse> {
  const { use, user, note } = request;
  const bearer = use === 'bearer';
  const forUser = use === 'join-user' || bearer;
  if (!forUser && use !== 'join-member') throw invalid('use', `"${use}" must be join-member, join-user or bearer`);
  if (bearer && request.uses !== 0) throw invalid('uses', 'a token for calls has no number of uses: it has a life');
  if (forUser === (user === '')) throw invalid('user', forUser ? 'name the user' : 'only a token for a user names one');
  const expiresAt = systemClock.now() + (request.ttlMs || (bearer ? bearerTtlDefaultMs : ttlDefaultMs));
  const made = await replica.store.update(
    (tx) => {
      const root = signingRoot(tx);
      if (!root)
        throw new StoreError('NOT_SUPPORTED', 'connections are in clear text here: there is nothing to enrol for');
      if (forUser && !tx.kind(users).get(user))
        throw new StoreError('NOT_FOUND', `there is no user ${user}: "skep user add ${user}"`);
      const { token, text } = newToken(bearer ? 'bearer' : { ca: root.digest }, systemRandom);
      const { id } = token;
      tx.kind(tokens).create({
        id,
        use,
        user,
        hash: hashOf(token),
        expiresAt,
        ...(!bearer && { usesLeft: request.uses || usesDefault }),
        createdBy: actorOf(caller),
        note,
      });
      return { id, text };
    },
    { actor: actorOf(caller), reason: 'made a token', timeoutMs },
  );
  return { token: made.text.reveal(), id: made.id, expiresAt };
}

function putUser(tx: Tx, { name, roles: names, disabled }: messages.PutUserRequest, caller: Caller): void {
  if (!isUserName(name)) throw invalid('name', `"${name}" ${userNameRule}`);
  const known = new Set([
    ...builtInRoles.map((role) => role.name),
    ...tx
      .kind(roles)
      .find()
      .map(({ id }) => id),
  ]);
  const unknown = names.find((role) => !known.has(role));
  if (unknown !== undefined) throw new StoreError('NOT_FOUND', `there is no role ${unknown}: ${[...known].join(', ')}`);
  const old = tx.kind(users).get(name);
  if (old) tx.kind(users).update({ id: name, name, roles: names, disabled });
  else tx.kind(users).create({ id: name, name, roles: names, disabled });
  checkAnAdminIsLeft(tx, caller);
}

function removeUser(tx: Tx, { name }: messages.RemoveUserRequest, caller: Caller): void {
  tx.kind(users).delete(name);
  for (const one of tx.kind(credentials).find(credentials.by('identity', `user/${name}`)))
    tx.kind(credentials).delete(one.id);
  for (const one of tx.kind(tokens).find(tokens.by('user', name))) tx.kind(tokens).delete(one.id);
  checkAnAdminIsLeft(tx, caller);
}

/** A user may not take the last admin away, itself for one. On the machine itself one can always make another. */
function checkAnAdminIsLeft(tx: ReadTx, caller: Caller): void {
  if (caller.as !== 'user') return;
  const admins = tx
    .kind(users)
    .find()
    .filter((user) => !user.disabled && user.roles.includes(adminRole));
  if (admins.length === 0) throw new StoreError('IN_USE', 'there would be no admin left: make another user one first');
}

/** A member says where its own audit ends. In clear text members cannot be told apart. */
function putAnchor(tx: Tx, { member, line, hash }: messages.AnchorRequest, caller: Caller): void {
  if (caller.as === 'member' && caller.identity.name !== member)
    throw new StoreError('DENIED', `${actorOf(caller)} has no audit of member/${member}`);
  if (!isMemberId(Number(member))) throw invalid('member', `"${member}" is no id of a member`);
  const anchor = { id: member, line, hash };
  if (tx.kind(anchors).get(member)) tx.kind(anchors).update(anchor);
  else tx.kind(anchors).create(anchor);
}

function putRole(tx: Tx, { name, rules: texts, rate }: messages.PutRoleRequest): void {
  if (!isUserName(name)) throw invalid('name', `"${name}" ${userNameRule}`);
  refuseBuiltIn(name);
  const rules = texts.map((text) => {
    const rule = parseRule(text);
    if ('problem' in rule) throw invalid('rules', rule.problem);
    const { names = [], ...rest }: Rule = rule;
    return { ...rest, names };
  });
  const role = { id: name, name, rules, ...(rate > 0 && { rate }) };
  if (tx.kind(roles).get(name)) tx.kind(roles).update(role);
  else tx.kind(roles).create(role);
}

function removeRole(tx: Tx, { name }: messages.RemoveRoleRequest): void {
  refuseBuiltIn(name);
  const user = tx
    .kind(users)
    .find()
    .find((one) => one.roles.includes(name));
  if (user) throw new StoreError('IN_USE', `user ${user.id} has the role ${name}`);
  tx.kind(roles).delete(name);
}

function refuseBuiltIn(name: string): void {
  if (builtInRoles.some((role) => role.name === name))
    throw new StoreError('INVALID_OBJECT', `the role ${name} is built in: choose another name`, { path: 'name' });
}

const invalid = (path: string, problem: string) => new StoreError('INVALID_OBJECT', problem, { path });
