/** One fence of security that is switched off on purpose: a text in one file, what stands there instead, and who must notice. */
export interface Fence {
  readonly name: string;
  /** Under src/. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Test file that must fail, under test/, and the words of the tests in it that are run. */
  readonly test: string;
  readonly only?: string;
}

const rights = 'daemon/rights.test.ts';
const judging = 'identity/judge.test.ts';
const matrix = 'security/matrix.test.ts';
const forwarding = 'security/attacks-forwarding.test.ts';
const reading = 'security/attacks-reading.test.ts';
const gone = 'security/attacks-rights-gone.test.ts';
const wire = 'security/attacks-wire.test.ts';
const http = 'daemon/http-secure.test.ts';
const certificates = 'pki/certificates.test.ts';

/** Every fence, alone. */
export const fences: readonly Fence[] = [
  {
    name: 'trust domain of a certificate',
    file: 'identity/judge.ts',
    find: "if (identity.domain !== directory.domain) return refused('the certificate is of another cluster');",
    replace: '',
    test: judging,
  },
  {
    name: 'beginning of a certificate',
    file: 'identity/judge.ts',
    find: "if (terms.now < notBefore) return refused('the certificate is not valid yet');",
    replace: '',
    test: judging,
  },
  {
    name: 'end of a certificate',
    file: 'identity/judge.ts',
    find: 'const expired = terms.now > notAfter;',
    replace: 'const expired = terms.now < 0 && notAfter < 0;',
    test: judging,
  },
  {
    name: 'removed member',
    file: 'identity/judge.ts',
    find: "if (state === 'removed') return",
    replace: "if (state === 'removed' && identity.name === '') return",
    test: judging,
  },
  {
    name: 'revoked certificate',
    file: 'identity/judge.ts',
    find: "if (!directory.hasCredential(serial, shortName(identity))) return 'the certificate was revoked';",
    replace: '',
    test: judging,
  },
  {
    name: 'disabled user',
    file: 'identity/judge.ts',
    find: "return user.disabled ? 'the user is disabled' : undefined;",
    replace: 'return undefined;',
    test: judging,
  },
  {
    name: 'method without a row',
    file: 'identity/judge.ts',
    find: '  if (!row) return denied(caller, path);\n',
    replace: "  if (!row) return { allowed: true, because: '', own: false };\n",
    test: judging,
  },
  {
    name: 'role of a method',
    file: 'identity/judge.ts',
    find: 'return roles.some(({ name }) => name === adminRole)\n',
    replace: 'return roles.some(({ name }) => name !== undefined)\n',
    test: judging,
  },
  {
    name: 'kinds of security in a rule',
    file: 'identity/rights.ts',
    find: 'if (!allowed.includes(verb) || securityKinds.has(kind)) return false;',
    replace: 'if (!allowed.includes(verb)) return false;',
    test: 'identity/rights.test.ts',
  },
  {
    name: 'names in a rule',
    file: 'identity/rights.ts',
    find: 'return names.length === 0 || asked === undefined ||',
    replace: 'return names.length >= 0 || asked === undefined ||',
    test: 'identity/rights.test.ts',
  },
  {
    name: 'CA of a certificate',
    file: 'pki/read.ts',
    find: "  if (!root) return { problem: 'the certificate is of another CA' };\n",
    replace: '',
    test: certificates,
  },
  {
    name: 'certificate of a CA shown as its own',
    file: 'pki/read.ts',
    find: "  if (certificate.ca) return { problem: 'the certificate is one of a CA' };\n",
    replace: '',
    test: certificates,
  },
  {
    name: 'purpose of a certificate',
    file: 'pki/read.ts',
    find: '  if (!(certificate.keyUsage ?? []).includes(usageIds[side])) return',
    replace: "  if (side === ('' as string)) return",
    test: certificates,
  },
  {
    name: 'one URI',
    file: 'pki/read.ts',
    find: 'return uris.length === 1 ?',
    replace: 'return uris.length >= 1 ?',
    test: certificates,
  },
  {
    name: 'proof of the key of a request',
    file: 'pki/request.ts',
    find: "    if (!(await read.verify())) return { problem: 'the signature of the request does not fit its key' };\n",
    replace: '',
    test: certificates,
  },
  {
    name: 'check of a token',
    file: 'identity/token.ts',
    find: '  if (checkOf(trimmed.slice(0, -checkCharacters)) !== check)\n',
    replace: "  if (checkOf(trimmed.slice(0, -checkCharacters)) === '')\n",
    test: 'identity/token.test.ts',
  },
  {
    name: 'secret of a token',
    file: 'api/certificates.ts',
    find: 'if (!stored || !fitsHash(token, stored.hash)) throw',
    replace: 'if (!stored) throw',
    test: 'security/attacks-tokens.test.ts',
  },
  {
    name: 'end of a token',
    file: 'api/certificates.ts',
    find: '  if (now > stored.expiresAt) throw',
    replace: '  if (now < 0) throw',
    test: 'security/attacks-tokens.test.ts',
  },
  {
    name: 'uses of a token',
    file: 'api/certificates.ts',
    find: '  if (stored.usesLeft === 0) throw',
    replace: '  if (stored.usesLeft === -1) throw',
    test: 'security/attacks-tokens.test.ts',
  },
  {
    name: 'digest of the CA in a token',
    file: 'rpc/enrol.ts',
    find: 'roots.find((one) => digestOf(one) === token.ca)',
    replace: "roots.find((one) => digestOf(one) !== '')",
    test: 'security/attacks-tokens.test.ts',
  },
  {
    name: 'id of a removed member',
    file: 'api/certificates.ts',
    find: "    if (state === 'removed')\n",
    replace: "    if (state === 'removed' && name === '')\n",
    test: gone,
    only: 'gets no certificate for its id',
  },
  {
    name: 'guard of every call',
    file: 'rpc/guard.ts',
    find: '  if (!judgement.allowed) {',
    replace: "  if (!judgement.allowed && path === '') {",
    test: matrix,
    only: 'viewer',
  },
  {
    name: 'services of an audience',
    file: 'api/server.ts',
    find: "this.#add(['members'], served(services.raft,",
    replace: 'this.#add(audiences, served(services.raft,',
    test: matrix,
    only: 'no certificate',
  },
  {
    name: 'name of another caller from a user',
    file: 'rpc/guard.ts',
    find: "own.as === 'member' && onBehalfOf !== ''",
    replace: "onBehalfOf !== ''",
    test: forwarding,
    only: 'counts for nothing',
  },
  {
    name: 'headers of a call',
    file: 'rpc/guard.ts',
    find: 'checkSize(metadata);',
    replace: '',
    test: wire,
    only: 'headers of 60 kB',
  },
  {
    name: 'TLS 1.3',
    file: 'rpc/door.ts',
    find: "  minVersion: 'TLSv1.3',\n",
    replace: '',
    test: wire,
    only: 'TLS 1.2',
  },
  {
    name: 'right in the transaction that creates',
    file: 'api/writes.ts',
    find: "    this.#rights.check('write', kind, draft); // before a refusal could tell which names there are\n",
    replace: '',
    test: rights,
    only: 'refuse: create',
  },
  {
    name: 'right under the new name',
    file: 'api/writes.ts',
    // Asked twice: before a refusal could name others, and of the object as it is stored.
    find: `    if (old) this.#rights.check('write', kind, next); // before a refusal could tell which names there are
    const { meta: _meta, ...rest } = next;
    const { version } = seen;
    const updated = table.update({ ...rest, ...(version !== undefined && { meta: { version } }) }) as AnyObject;
    this.#rights.check('write', kind, updated); // under the name that it has now, too
`,
    replace: `    const { meta: _meta, ...rest } = next;
    const { version } = seen;
    const updated = table.update({ ...rest, ...(version !== undefined && { meta: { version } }) }) as AnyObject;
`,
    test: rights,
    only: 'refuse: rename away',
  },
  {
    name: 'right to read a condition',
    file: 'api/writes.ts',
    find: "    rights?.check('read', kind, tableOf(tx, checkedKind(kind)).get(id), id);\n",
    replace: '    void [kind, id, rights];\n',
    test: rights,
    only: 'refuse: condition',
  },
  {
    name: 'filter of a list',
    file: 'api/reads.ts',
    find: 'left > 0 && rights.mayRead(kind, object) && left-- > 0',
    replace: 'left > 0 && left-- > 0',
    test: rights,
    only: 'filter lists',
  },
  {
    name: 'filter of a watch',
    file: 'api/watch-open.ts',
    find: 'wants: (event) => mayReadEvent(rights, event) && wanted.wants(event)',
    replace: 'wants: (event) => wanted.wants(event)',
    test: reading,
    only: 'a watch hides',
  },
  {
    name: 'filter of what a watch begins with',
    file: 'api/watch-open.ts',
    find: '      rights.mayRead(kind, object) && (tests.length === 0',
    replace: '      (tests.length === 0',
    test: reading,
    only: 'begins with what may be read',
  },
  {
    name: 'filter of history',
    file: 'api/readable.ts',
    find: 'return rights.mayRead(kind, object) && (event',
    replace: 'return (event',
    test: reading,
    only: 'of a removed object',
  },
  {
    name: 'old name in history',
    file: 'api/readable.ts',
    find: "(event.action !== 'update' || rights.mayRead(kind, event.old))",
    replace: "(event.action !== 'update' || event.old !== undefined)",
    test: reading,
    only: 'leaves out the time',
  },
  {
    name: 'kinds of security in writes',
    file: 'api/writes.ts',
    find: '  if (securityKinds.has(kind))\n',
    replace: "  if (securityKinds.has(kind) && kind === '')\n",
    test: reading,
    only: 'writes no',
  },
  {
    name: 'connections of those who lost a right',
    file: 'api/entrance.ts',
    find: 'standing !== this.#standings.get(connection) || this.#bearers',
    replace: '(standing as unknown) === 0 || this.#bearers',
    test: gone,
    only: 'its user is removed$',
  },
  {
    name: 'the same after a restore',
    file: 'daemon/member-security.ts',
    find: '      error: () => this.#followRights(replica),\n',
    replace: '      error: () => undefined,\n',
    test: gone,
    only: 'after a restore',
  },
  {
    name: 'URI of a server',
    file: 'rpc/dialing.ts',
    find: '  if (member === undefined || identity.name === String(member)) return undefined;\n',
    replace: '  if (member !== 0) return undefined;\n',
    test: forwarding,
    only: 'lead to the member that is meant',
  },
  {
    name: 'member who speaks as another',
    file: 'rpc/network.ts',
    find: 'caller.identity.name === String(from))',
    replace: "caller.identity.name !== '')",
    test: 'daemon/security.test.ts',
    only: 'lets no member speak as another',
  },
  {
    name: 'owner of a certificate that a member names',
    file: 'api/directory.ts',
    find: '?.identity === owner',
    replace: "?.identity !== ''",
    test: forwarding,
    only: 'with the certificate of another',
  },
  {
    name: 'caller of the HTTP endpoint',
    file: 'daemon/http-gate.ts',
    find: "if (caller.as === 'user' || caller.as === 'member') return;",
    replace: "if (caller.as !== 'expired') return;",
    test: http,
    only: 'shows nothing to a stranger',
  },
  {
    name: 'identity of a stream over HTTP that is gone',
    file: 'daemon/http-gate.ts',
    find: 'if (now.as !== caller.as) throw',
    replace: "if (now.as === 'expired') throw",
    test: http,
    only: 'streams to each',
  },
  {
    name: 'wrong tokens over HTTP',
    file: 'daemon/http-gate.ts',
    find: 'if (blocked !== undefined) throw',
    replace: "if (blocked === '') throw",
    test: http,
    only: 'ten wrong ones',
  },
  {
    name: 'rights on objects over HTTP',
    file: 'http/routes/objects.ts',
    find: '    if (!rights.mayRead(kind, object)) continue;\n',
    replace: '',
    test: http,
    only: 'shows each what it may read',
  },
  {
    name: 'rights on one object over HTTP',
    file: 'http/routes/objects.ts',
    find: "        rights.check('read', kind, tableOf(tx, kind).get(id), id);\n",
    replace: '',
    test: http,
    only: 'shows each what it may read',
  },
  {
    name: 'rights on the timeline over HTTP',
    file: 'http/routes/history.ts',
    find: 'kinds.has(event.kind)) && mayReadEvent(rights, event);',
    replace: 'kinds.has(event.kind));',
    test: http,
    only: 'shows each what it may read',
  },
  {
    name: 'rights on events over HTTP',
    file: 'http/events.ts',
    find: 'this.#wants(event) && mayReadEvent(rights, event),',
    replace: 'this.#wants(event),',
    test: http,
    only: 'streams to each',
  },
  {
    name: "strict audit of the leader's own writes",
    file: 'replica/replica.ts',
    find: '      this.#mustTakeWrites();\n      return undefined;\n',
    replace: '      return undefined;\n',
    test: 'daemon/audit.test.ts',
    only: 'stops the writes of the process',
  },
];
