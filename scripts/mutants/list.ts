/** One way to break the system on purpose: a text in one file, and what stands there instead. */
export interface Mutant {
  readonly name: string;
  /** Under src/. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** Simulation that must find it: `services`, or that of the store. */
  readonly found?: 'services';
}

/** Each mutant is a mistake of real systems like this one. The simulation must find every one. */
export const mutants: readonly Mutant[] = [
  {
    name: 'vote not persisted',
    file: 'replica/log-storage.ts',
    find: 'withHardState && { hardState: this.initialState().hardState };',
    replace: 'withHardState && { hardState: { ...this.initialState().hardState, vote: 0 } };',
  },
  {
    name: 'term persisted after the reply',
    file: 'replica/raft-loop.ts',
    find: '    this.#peers.send(rest);\n',
    replace:
      "    this.#peers.send([...rest, ...ready.messagesAfterPersist.filter(({ type }) => type === 'requestVoteResponse')]);\n",
  },
  {
    name: 'acknowledged before fsync',
    file: 'replica/raft-loop.ts',
    find: '    this.#peers.send(rest);\n',
    replace:
      "    this.#peers.send([...rest, ...ready.messagesAfterPersist.filter(({ type }) => type === 'appendEntriesResponse')]);\n",
  },
  {
    name: 'commit counted on an old-term entry',
    file: 'raft/log.ts',
    find: 'if (index <= this.committed || this.knownTermOf(index) !== term) return false;',
    replace: 'if (index <= this.committed || term < 0) return false;',
  },
  {
    name: 'no entry at term start',
    file: 'raft/leader.ts',
    find: "  appendOwn(core, [{ kind: 'normal', data: new Uint8Array(0) }]);\n",
    replace: '',
  },
  {
    name: 'read without a quorum round',
    file: 'raft/leader.ts',
    find: '  if (isSingleVoter(core)) {',
    replace: '  if (core.id > 0) {',
  },
  {
    name: 'read id reused on retry',
    file: 'raft/reads.ts',
    find: 'position: ++this.#position, index',
    replace: 'position: (this.#position = 1), index',
  },
  {
    name: 'read before applied reaches it',
    file: 'replica/raft-loop.ts',
    find: 'this.#reads.ask().then((index) => this.#state.until(index))',
    replace: 'this.#reads.ask().then(() => undefined)',
  },
  {
    name: 'previous term unchecked',
    file: 'raft/log.ts',
    find: 'if (!this.matches(prev)) return undefined;',
    replace: 'if (prev.index > this.lastIndex) return undefined;',
  },
  {
    name: 'conflicting tail kept',
    file: 'raft/log.ts',
    find: 'const conflict = entries.findIndex((entry) => !this.matches(entry));',
    replace: 'const conflict = entries.findIndex((entry) => entry.index > this.lastIndex);',
  },
  {
    name: 'truncation by a shorter matching append',
    file: 'raft/log.ts',
    find: 'const conflict = entries.findIndex((entry) => !this.matches(entry));',
    replace: 'const conflict = entries.findIndex((entry) => entry.index > this.committed);',
  },
  {
    name: 'vote ignoring how fresh the log is',
    file: 'raft/election.ts',
    find: 'const upToDate = isUpToDate({ term: request.lastLogTerm, index: request.lastLogIndex }, core.log.lastId);',
    replace: 'const upToDate = isUpToDate({ term: Infinity, index: request.lastLogIndex }, core.log.lastId);',
  },
  {
    name: 'learner counted',
    file: 'raft/leader.ts',
    find: 'const index = jointIndex(core.membership, (id) => core.progress.get(id)?.match);',
    replace:
      'const { incoming, outgoing, learners } = core.membership;\n  const index = jointIndex({ incoming: new Set([...incoming, ...learners]), outgoing }, (id) => core.progress.get(id)?.match);',
  },
  {
    name: 'removed member counted',
    file: 'raft/leader.ts',
    find: '  core.membership = membership;\n',
    replace:
      '  core.membership = { ...membership, incoming: new Set([...core.membership.incoming, ...membership.incoming]) };\n',
  },
  {
    name: 'two changes in flight',
    file: 'raft/leader.ts',
    find: 'const pending = core.pendingConfIndex > core.log.applied;',
    replace: 'const pending = core.pendingConfIndex < 0;',
  },
  {
    name: 'snapshot restore keeps old keys',
    file: 'state/transactions/ledger.ts',
    find: '    this.#dropFrom(0);\n    this.#committed = root;\n    this.#pending = root;\n    this.requests.reset(entries);',
    replace:
      '    this.#dropFrom(0);\n    root = { ...root, tables: before > 0 ? this.#committed.tables : root.tables };\n    this.#committed = root;\n    this.#pending = root;\n    this.requests.reset(entries);',
  },
  {
    name: 'applied index stored before its effects',
    file: 'replica/raft-loop.ts',
    find: '.take(applied, confState, this.#state.content())',
    replace: '.take(Math.min(applied + 1, this.#storage.lastIndex()), confState, this.#state.content())',
  },
  {
    name: 'torn tail accepted',
    file: 'testing/sim-disk.ts',
    find: 'record.rotten !== true && record.entry.index === index',
    replace: 'record.entry.index === index',
  },
  {
    name: 'hole in the log accepted',
    file: 'testing/sim-disk.ts',
    find: 'record.rotten !== true && record.entry.index === index && record.previous === previous',
    replace: 'record.rotten !== true && previous >= 0',
  },
  {
    name: 'damaged vote read as "no vote"',
    file: 'testing/sim-disk.ts',
    find: "    if (ballot === 'damaged') throw new SimDamageError('the ballot is damaged');\n",
    replace:
      "    if (ballot === 'damaged') {\n      const { term } = this.#platter.records.at(-1)?.entry ?? base;\n      this.#platter = { ...this.#platter, ballot: { term, vote: NONE, sequence: ballotSequence } };\n      return this.load();\n    }\n",
  },
  {
    name: 'wiped member back under its old id',
    file: 'testing/trouble.ts',
    find: "      member.state = 'damaged';\n      this.counts.wipes++;\n",
    replace:
      "      member.state = 'down';\n      member.seeds = leader.replica?.members() ?? [];\n      this.counts.wipes++;\n      member.start();\n",
  },
  {
    name: 'retry without dedup',
    file: 'state/transactions/writer.ts',
    find: 'const first = requestId === undefined ? undefined : this.ledger.repeated(requestId);',
    replace: 'const first = requestId === "" ? this.ledger.repeated(requestId) : undefined;',
  },
  {
    name: 'version check outside the transaction',
    file: 'state/transactions/write-transaction.ts',
    find: 'if (expected !== undefined && (expected === 0 || expected !== old.meta.version)) {',
    replace: 'if (expected !== undefined && expected > old.meta.version) {',
  },
  {
    name: 'watch opened after its view',
    file: 'state/store.ts',
    find: 'watch: new Watch(planOf(this.#source, {}, specifiers, version)) };',
    replace: 'watch: new Watch(planOf(this.#source, {}, specifiers, undefined)) };',
  },
  {
    name: 'resume off by one',
    file: 'state/watch/watch-iterator.ts',
    find: 'source.history.get(behind + 1)',
    replace: 'source.history.get(behind + 2)',
  },
  {
    name: 'bookmark early',
    file: 'state/watch/queue.ts',
    find: 'return [...record.events, record.commit];',
    replace: 'return [record.commit, ...record.events];',
  },
  {
    name: 'snapshot installed without ending watchers',
    file: 'state/transactions/ledger.ts',
    find: "      this.queue.fail(new StoreError('RESYNC', message, { version: root.version }), root.version);\n",
    replace: '      void message;\n',
  },
  {
    name: 'watcher dropped silently when full',
    file: 'state/watch/watch-iterator.ts',
    find: '      this.#finish({ error });\n      return;\n    }\n    this.#fill(record, events);',
    replace: '      void error;\n      return;\n    }\n    this.#fill(record, events);',
  },
  {
    name: 'leadership loss reported as failure instead of unknown',
    file: 'replica/proposals.ts',
    find: "new StoreError('OUTCOME_UNKNOWN', `${why}: the change may still commit`)",
    replace: "new StoreError('NOT_LEADER', `${why}: the change may still commit`)",
  },
  {
    name: 'snapshot taken over changes that are being applied',
    file: 'raft/follower.ts',
    find: '  if (core.log.isApplying) {',
    replace: '  if (core.id < 0) {',
  },
  {
    name: 'container under a random name',
    file: 'fleet/driver/preparation.ts',
    find: '    const name = containerName(task);\n',
    replace: '    const name = `${containerName(task)}.${Math.random()}`;\n',
    found: 'services',
  },
  {
    name: 'containers of a driver before not adopted',
    file: 'fleet/driver/observer.ts',
    find: '    for (const summary of listed) this.#keepListed(observedInList(summary), asked);\n',
    replace: '',
    found: 'services',
  },
  {
    name: 'follower read before orphans are removed',
    file: 'fleet/driver/confirm-gone.ts',
    find: 'return (ids) => reads.linearizable((tx) => new Set(ids.filter((id) => tx.tasks().get(id) === undefined)));',
    replace: 'return (ids) => Promise.resolve(new Set(reads ? ids : []));',
    found: 'services',
  },
  {
    name: 'restart without its delay',
    file: 'orchestrate/restart.ts',
    find: '  return task.meta.createdAt + delay;',
    replace: '  return task.meta.createdAt + 0 * delay;',
    found: 'services',
  },
  {
    name: 'update complete without its monitor',
    file: 'orchestrate/update.ts',
    find: 'const quiet = works.every(({ first }) => !first || draft.due(settledAt(first, watchMs(config))));',
    replace: 'const quiet = works.every(({ first }) => !first || draft.due(settledAt(first, 0 * watchMs(config))));',
    found: 'services',
  },
  {
    name: 'driver goes on after its lease',
    file: 'fleet/driver/mutations.ts',
    find: 'if (!this.#holds()) throw',
    replace: 'if (!this.#holds() && this.#signal.aborted) throw',
    found: 'services',
  },
  {
    name: 'lock of an engine left on its lease',
    file: 'fleet/assign/holding.ts',
    find: '      if (!isDriven && !this.#strays.has(id)) this.#giveBack(id, lock);\n',
    replace: '',
    found: 'services',
  },
];
