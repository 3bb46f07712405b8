import { createRequire } from 'node:module';

const { exports: doors } = createRequire(import.meta.url)('./package.json');

/** The source of every entry point of the package: the reference shows what users can import, and nothing else. */
const entryPoints = Object.values(doors).flatMap(({ default: file }) =>
  file ? [file.replace('./dist/', './src/').replace(/\.js$/, '.ts')] : [],
);

export default {
  name: 'skep',
  entryPoints,
  out: '.reference',
  readme: 'README.md',
  // Without a look at git: a checkout may have another remote, or none.
  disableGit: true,
  gitRevision: 'main',
  sourceLinkTemplate: 'https://github.com/skep/skep/blob/{gitRevision}/{path}#L{line}',
  skipErrorChecking: true, // npm run check:types does that
  excludeInternal: true,
  excludeExternals: true, // RxJS has a reference of its own
  validation: { notExported: true, invalidLink: true, invalidPath: false, notDocumented: false },
  treatWarningsAsErrors: true,
  // Types that a signature needs and no user names. A new one fails: export it from its entry point, or list it here.
  intentionallyNotExported: [
    'src/base/observable.ts:Observable',
    'src/catalog/checks/grpc.ts:servingStatuses',
    'src/catalog/service.ts:ServiceView',
    'src/catalog/watcher.ts:FollowStates',
    'src/client/client.ts:AnyCustomKind',
    'src/client/client.ts:DraftIn',
    'src/client/client.ts:ObjectIn',
    'src/client/client.ts:ReplacementIn',
    'src/client/voters.ts:Answering',
    'src/discovery/advertise.ts:Interfaces',
    'src/discovery/consul/api.ts:ConsulApi',
    'src/discovery/etcd/gateway.ts:EtcdGateway',
    'src/discovery/kv-settings.ts:KvSettings',
    'src/kinds/by.ts:KindOfBy',
    'src/kinds/custom-kind.ts:BodyOf',
    'src/kinds/custom-kind.ts:CustomCreateEvent',
    'src/kinds/custom-kind.ts:CustomDeleteEvent',
    'src/kinds/custom-kind.ts:CustomSpecifier',
    'src/kinds/custom-kind.ts:CustomUpdateEvent',
    'src/kinds/custom-kind.ts:InputOf',
    'src/kinds/custom-kind.ts:ValueOf',
    'src/kinds/definition.ts:KindDefinition',
    'src/kinds/index-key.ts:IndexValue',
    'src/kinds/node/schema.ts:nodeMemberships',
    'src/kinds/node/schema.ts:nodeRoles',
    'src/kinds/node/schema.ts:nodeStates',
    'src/kinds/plain-body.ts:PlainBody',
    'src/kinds/plain-body.ts:SchemaBody',
    'src/kinds/registry.ts:BuiltInKinds',
    'src/kinds/registry.ts:ObjectIn',
    'src/kinds/schema.ts:DeepReadonly',
    'src/kinds/schema.ts:Fields',
    'src/kinds/schema.ts:InferFields',
    'src/kinds/specifiers.ts:SpecifierFunction',
    'src/kinds/standard-schema.ts:StandardResult',
    'src/state/store.ts:Sync',
    'src/state/store.ts:Watched',
    'src/state/transactions/write-transaction.ts:KindLimitsByName',
    'src/state/watch/watch-plan.ts:WatchPlan',
    'src/table/table.ts:IdSpan',
    'src/table/table.ts:Lookup',
    'src/testing/run.ts:RunResult',
  ],
};
