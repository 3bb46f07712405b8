export * from './public.js';
export { builtInKinds, isKind, kindNames, kindOf } from './registry.js';
export type { AnyObject, BuiltInKinds, Kind, ObjectIn, ObjectOf, ObjectTypes } from './registry.js';
export { securityKinds, systemHidden, systemKinds, systemRules } from './system.js';
export { authorities, type AuthorityBody } from './authority/kind.js';
export { type CredentialBody, type CredentialIndexes, credentials } from './credential/kind.js';
export { type TokenBody, tokens } from './token/kind.js';
export { type RoleBody, type RoleRule, roles } from './role/kind.js';
export { type UserBody, users } from './user/kind.js';
export { leaseIndex, leases, ttlMaxMs, ttlMinMs } from './lease/kind.js';
export { locks } from './lock/kind.js';
export { queued, readyKey } from './queued/kind.js';
export type { QueuedBody, QueuedIndexes, QueuedState } from './queued/kind.js';
export { containers } from './container/kind.js';
export { drivers, type DriverBody, type DriverIndexes } from './driver/kind.js';
export { engines, type DrivenEngineState, type EngineBody, type EngineIndexes } from './engine/kind.js';
export type { LockBody, LockIndexes } from './lock/kind.js';
export { entries } from './entry/kind.js';
export type { EntryBody, EntryIndexes } from './entry/kind.js';
export { kv, type KvBody } from './kv/kind.js';
export { anchors, type AnchorBody } from './anchor/kind.js';
export { instances } from './instance/kind.js';
export { checkedRecord, healths, isHealth } from './instance/record.js';
export type { Health, InstanceRecord } from './instance/record.js';
export type { BuiltInKind, Column } from './built-in.js';
export type { KindRules, NameRule } from './rules.js';
export { naming, toldTo } from './told.js';
export type { SelectorField } from './selector-fields.js';
export {
  all,
  and,
  byCustom,
  byCustomPrefix,
  byCustomRange,
  byId,
  byIdPrefix,
  byIdRange,
  byIndex,
  byName,
  byNamePrefix,
  byNameRange,
  or,
} from './by.js';
export type { By, KindOfBy, Range } from './by.js';
export { fitsBy } from './find.js';
export type { FindOptions } from './find.js';
export type { ReadTable, ReadTx, Tx, WriteTable } from './tx.js';
export type { CommitEvent, CreateEvent, DeleteEvent, Event, EventAction, ObjectEvent, UpdateEvent } from './events.js';
export { checkId } from './checks.js';
export { EventCommit, specifierFor } from './specifiers.js';
export type { CheckFunc, MatchMode, Specifier } from './specifiers.js';
export { foldName, isKindName } from './definition.js';
export type {
  Draft,
  KindDefinition,
  KindDescription,
  KindLimits,
  Meta,
  Replacement,
  StoredObject,
} from './definition.js';
export { canonicalObject, plainObject } from './canonical.js';
export { isStateStamp, keepBytesOf, specVersionOf, storedMeta } from './meta.js';
export { defineKind, isCustomKind, typeOf } from './custom-kind.js';
export type {
  AnyCustomKind,
  CustomCheck,
  CustomDraft,
  CustomEvent,
  CustomKind,
  CustomReplacement,
  IndexesOf,
  KindOptions,
  Stored,
  SystemKind,
  TypeOnly,
} from './custom-kind.js';
export type { StandardSchema } from './standard-schema.js';
export { KindSet } from './kind-set.js';
export { indexLookup, valueOfKey } from './index-key.js';
export * as schema from './schemas.js';
export { isHeld } from './node/held.js';
export { isPredefinedNetwork } from './network/predefined.js';
export type { Around } from './service/around.js';
export { checkService } from './service/rules.js';
export { constraintKeys, constraintsMax, propertyOf, readConstraint } from './parts/constraint.js';
export type { ConstraintText, NodeProperty } from './parts/constraint.js';
export { expandTemplate, templateError, templateErrorLine } from './parts/template.js';
export type { TemplateFacts, TemplateFiles, TemplatePlace } from './parts/template.js';
export { containerTemplates, expandContainer, templateFacts } from './parts/container-template.js';
export { SchemaError, nestingMax, plainCopy } from './schema.js';
export type { DeepPartial } from './schema.js';
