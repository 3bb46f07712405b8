import type { sendUnaryData, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { isStoreErrorOf } from '../base/store-error.js';
import type { AuditEntry, AuditEvent, AuditSink } from '../audit/index.js';
import { actorOf, type Caller } from '../identity/index.js';
import { callerIn, forwarderIn, fromStatus, type Refusal, toStatus } from '../rpc/index.js';

type Definition = ServiceDefinition<UntypedServiceImplementation>;

/** Event of the lines of a method, and the fields of its request or answer that they hold: never a secret. */
interface Audited {
  readonly event: AuditEvent;
  readonly fields: readonly string[];
}

const audited = (event: AuditEvent, ...fields: readonly string[]): Audited => ({ event, fields });

/** Methods that get a line for each call. Reads have none, but for those of everything. */
const auditedMethods: ReadonlyMap<string, Audited> = new Map([
  ['Certificates/Issue', audited('issue', 'identity')],
  ['Certificates/Renew', audited('renew')],
  ['Access/CreateToken', audited('token', 'use', 'user', 'id')],
  ['Access/RemoveToken', audited('token', 'id')],
  ['Access/PutUser', audited('user', 'name', 'roles', 'disabled')],
  ['Access/RemoveUser', audited('user', 'name')],
  ['Access/PutRole', audited('role', 'name', 'rules', 'rate')],
  ['Access/RemoveRole', audited('role', 'name')],
  ['Access/RevokeCertificate', audited('revoke', 'serial')],
  ['Membership/Join', audited('member')],
  ['Membership/Remove', audited('member', 'member', 'force')],
  ['Membership/SetRole', audited('member', 'member', 'role', 'force')],
  ['Membership/TransferLeadership', audited('member', 'to')],
  ['Backup/Save', audited('backup')],
  ['Backup/Restore', audited('restore')],
  ['Engines/Open', audited('engine')],
  ['Control/Create', audited('call', 'kind')],
  ['Control/Update', audited('call', 'kind')],
  ['Control/Remove', audited('call', 'kind', 'id')],
  ['Control/Apply', audited('call', 'dryRun')],
  ['Lease/Grant', audited('call', 'id')],
  ['Lease/Revoke', audited('call', 'id')],
  ['Catalog/Register', audited('call', 'id')],
  ['Catalog/Deregister', audited('call')],
  ['Fleet/Resume', audited('call')],
]);

/** Those of them that write nothing: a strict audit that cannot be written does not stop them. */
const readsOnly: ReadonlySet<string> = new Set(['Backup/Save', 'Engines/Open']);

/** Call of any kind, as far as the audit looks at it. */
interface Call extends Pick<Parameters<typeof callerIn>[0], 'metadata'> {
  readonly request?: unknown;
  getPeer(): string;
  once(event: 'error' | 'finish', run: (error?: unknown) => void): unknown;
}

type Unary = (call: Call, done: sendUnaryData<unknown>) => void;

/** Adds the calls of a service to the audit: those of methods that write, and all that are denied. */
export function withAudit(
  definition: Definition,
  handlers: UntypedServiceImplementation,
  audit: AuditSink,
): UntypedServiceImplementation {
  const wrapped: UntypedServiceImplementation = {};
  for (const [name, { path, responseStream }] of Object.entries(definition)) {
    const handler = handlers[name];
    if (!handler) continue;
    const method = methodIn(path);
    wrapped[name] = responseStream
      ? streamed(method, handler as unknown as (call: Call) => void, audit)
      : answered(method, handler as unknown as Unary, audit);
  }
  return wrapped;
}

function answered(method: string, handler: Unary, audit: AuditSink): Unary {
  const writes = auditedMethods.has(method) && !readsOnly.has(method);
  return (call, done) => {
    const who = whoIn(call); // now: at the end the connection may be gone
    try {
      if (writes) audit.mustBeWritable();
    } catch (error) {
      done(toStatus(error));
      return;
    }
    handler(call, (error, response, ...rest) => {
      noteEnd(audit, { method, who, error, request: call.request, response });
      done(error, response, ...rest);
    });
  };
}

function streamed(method: string, handler: (call: Call) => void, audit: AuditSink): (call: Call) => void {
  return (call) => {
    const who = whoIn(call);
    let ended = false;
    const end = (error?: unknown) => {
      if (ended) return;
      ended = true;
      noteEnd(audit, { method, who, error, request: call.request });
    };
    call.once('error', end);
    call.once('finish', end);
    handler(call);
  };
}

/** Facts about the caller of a call. */
type Who = Readonly<Record<string, unknown>>;

function whoIn(call: Call): Who {
  const via = forwarderIn(call);
  return { ...factsOf(callerIn(call)), ...(via && { via: actorOf(via) }), ...addressOf(call.getPeer()) };
}

function factsOf(caller: Caller | undefined): Who {
  if (!caller) return { identity: 'anonymous' };
  return { identity: actorOf(caller), ...('serial' in caller && { serial: caller.serial }) };
}

/** Address of a caller; the control socket of this machine has none. */
const addressOf = (peer: string) => (peer === 'unknown' ? {} : { address: peer });

/** End of a call. */
interface End {
  readonly method: string;
  readonly who: Who;
  readonly error: unknown;
  readonly request: unknown;
  readonly response?: unknown;
}

function noteEnd(audit: AuditSink, { method, who, error, request, response }: End): void {
  const failed = error === null || error === undefined ? undefined : fromStatus(error as never);
  if (isStoreErrorOf(failed, ['DENIED', 'UNAUTHENTICATED'])) {
    audit.note({
      event: 'denied',
      method,
      ...who,
      code: failed.code,
      why: failed.message.replace(`${failed.code}: `, ''),
    });
    return;
  }
  const known = auditedMethods.get(method);
  if (!known) return;
  const facts = factsIn(known.fields, request, response);
  const { identity, ...others } = facts;
  // Who enrols is known by the answer alone: the certificate names it.
  const named = identity === undefined ? {} : { identity };
  const event = known.event === 'issue' && String(identity).startsWith('user/') ? 'login' : known.event;
  const code = failed && ((failed as { readonly code?: unknown }).code ?? 'UNKNOWN');
  audit.note({ event, method, ...who, ...named, ...others, ...(failed && { code }) });
}

function factsIn(fields: readonly string[], request: unknown, response: unknown): Record<string, unknown> {
  const asked = (request ?? {}) as Record<string, unknown>;
  const said = (response ?? {}) as Record<string, unknown>;
  const found = fields.flatMap((field): [string, unknown][] => {
    const value = asked[field] || said[field];
    return value === undefined || value === '' ? [] : [[field, value]];
  });
  const { version } = said;
  return { ...Object.fromEntries(found), ...(typeof version === 'number' && { version }) };
}

const methodIn = (path: string) => path.slice(1).replace('skep.v1.', '');

/** Line of a call that the table of methods refuses. */
export function refusalEntry({ path, peer, caller, code, message }: Refusal): AuditEntry {
  return { event: 'denied', method: methodIn(path), ...factsOf(caller), ...addressOf(peer), code, why: message };
}

/** Line of a connection that shows a token for the first time. */
export function tokenEntry(caller: Caller, peer: string): AuditEntry {
  return { event: 'login', ...factsOf(caller), ...addressOf(peer) };
}
