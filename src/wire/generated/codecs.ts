// Made by scripts/generate.ts from proto/. Do not edit.

import { storedMeta } from '../../kinds/index.js';
import { absent, type Codecs, type Fields, frozenList, noBytes, noEntries, noItems, type Open, plain, sentSpecVersion } from '../generated-support.js';
import type { Reader } from '../reader.js';
import { Words } from '../words.js';
import type { Writer } from '../writer.js';
import type * as m from './messages.js';

const CatalogHealth = new Words<m.CatalogHealth>('CatalogHealth', ['passing', 'warning', 'critical', 'maintenance']);
const CatalogOp = new Words<m.CatalogOp>('CatalogOp', ['add', 'update', 'delete']);
const PortProtocol = new Words<m.PortProtocol>('PortProtocol', ['tcp', 'udp', 'sctp']);
const PublishMode = new Words<m.PublishMode>('PublishMode', ['ingress', 'host']);
const EndpointMode = new Words<m.EndpointMode>('EndpointMode', ['vip', 'dnsrr']);
const IpFamily = new Words<m.IpFamily>('IpFamily', ['unknown', 'ipv4', 'ipv6']);
const MountType = new Words<m.MountType>('MountType', ['bind', 'volume', 'tmpfs', 'npipe', 'cluster']);
const SeccompMode = new Words<m.SeccompMode>('SeccompMode', ['default', 'unconfined', 'custom']);
const AppArmor = new Words<m.AppArmor>('AppArmor', ['default', 'disabled']);
const Isolation = new Words<m.Isolation>('Isolation', ['default', 'process', 'hyperv']);
const RestartCondition = new Words<m.RestartCondition>('RestartCondition', ['none', 'onFailure', 'any']);
const FailureAction = new Words<m.FailureAction>('FailureAction', ['pause', 'continue', 'rollback']);
const UpdateOrder = new Words<m.UpdateOrder>('UpdateOrder', ['stopFirst', 'startFirst']);
const NodeRole = new Words<m.NodeRole>('NodeRole', ['worker', 'manager']);
const NodeMembership = new Words<m.NodeMembership>('NodeMembership', ['pending', 'accepted']);
const NodeAvailability = new Words<m.NodeAvailability>('NodeAvailability', ['active', 'pause', 'drain']);
const NodeState = new Words<m.NodeState>('NodeState', ['unknown', 'down', 'ready', 'disconnected']);
const Reachability = new Words<m.Reachability>('Reachability', ['unknown', 'unreachable', 'reachable']);
const UpdateState = new Words<m.UpdateState>('UpdateState', ['unknown', 'updating', 'paused', 'completed', 'rollbackStarted', 'rollbackPaused', 'rollbackCompleted']);
const TaskState = new Words<m.TaskState>('TaskState', ['new', 'pending', 'assigned', 'accepted', 'preparing', 'ready', 'starting', 'running', 'complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned']);
const VolumeScope = new Words<m.VolumeScope>('VolumeScope', ['singleNode', 'multiNode']);
const VolumeSharing = new Words<m.VolumeSharing>('VolumeSharing', ['none', 'readOnly', 'oneWriter', 'all']);
const VolumeAccess = new Words<m.VolumeAccess>('VolumeAccess', ['mount', 'block']);
const VolumeAvailability = new Words<m.VolumeAvailability>('VolumeAvailability', ['active', 'pause', 'drain']);
const VolumePublishState = new Words<m.VolumePublishState>('VolumePublishState', ['pendingPublish', 'published', 'pendingNodeUnpublish', 'pendingUnpublish']);
const ActionOp = new Words<m.ActionOp>('ActionOp', ['create', 'update', 'remove']);
const ReportRefusal = new Words<m.ReportRefusal>('ReportRefusal', ['gone', 'otherNode', 'behind', 'same', 'notReportable']);
const ConfChangeOpType = new Words<m.ConfChangeOpType>('ConfChangeOpType', ['addVoter', 'addLearner', 'remove', 'update']);
const ConfChangeTransition = new Words<m.ConfChangeTransition>('ConfChangeTransition', ['auto', 'jointImplicit', 'jointExplicit']);
const MemberRole = new Words<m.MemberRole>('MemberRole', ['voter', 'learner']);
const EventAction = new Words<m.EventAction>('EventAction', ['create', 'update', 'delete', 'commit']);

function encodeSaveRequest(w: Writer, v: m.SaveRequest): void {
  if (v.stale !== undefined && v.stale !== false) w.bool(8, v.stale);
}

function decodeSaveRequest(r: Reader, end: number): m.SaveRequest {
  let stale_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: stale_ = r.bool(); break;
      default: r.skip(tag, 'SaveRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ stale: stale_ });
}

function encodeSaveResponse(w: Writer, v: m.SaveResponse): void {
  if (v.chunk !== undefined && v.chunk.length > 0) w.bytes(10, v.chunk);
}

function decodeSaveResponse(r: Reader, end: number): m.SaveResponse {
  let chunk_: Uint8Array = noBytes;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: chunk_ = r.bytes(); break;
      default: r.skip(tag, 'SaveResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ chunk: chunk_ });
}

function encodeRestoreRequest(w: Writer, v: m.RestoreRequest): void {
  if (v.chunk !== undefined && v.chunk.length > 0) w.bytes(10, v.chunk);
}

function decodeRestoreRequest(r: Reader, end: number): m.RestoreRequest {
  let chunk_: Uint8Array = noBytes;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: chunk_ = r.bytes(); break;
      default: r.skip(tag, 'RestoreRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ chunk: chunk_ });
}

function encodeRestoreResponse(w: Writer, v: m.RestoreResponse): void {
  if (v.version !== undefined && v.version !== 0) w.int64(8, v.version);
  if (v.objects !== undefined && v.objects !== 0) w.int64(16, v.objects);
}

function decodeRestoreResponse(r: Reader, end: number): m.RestoreResponse {
  let version_: number = 0; let objects_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: version_ = r.uint64(); break;
      case 16: objects_ = r.uint64(); break;
      default: r.skip(tag, 'RestoreResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ version: version_, objects: objects_ });
}

function encodeMultiplexRequest(w: Writer, v: m.MultiplexRequest): void {
  if (v.calls !== undefined) for (const item of v.calls) { const at = w.open(10, 1); encodeCall(w, item); w.close(at, 1); }
  if (v.cancelled !== undefined && v.cancelled.length > 0) { const at = w.open(18, 2); for (const item of v.cancelled) w.item(item); w.close(at, 2); }
}

function decodeMultiplexRequest(r: Reader, end: number): m.MultiplexRequest {
  let calls_: m.Call[] | undefined; let cancelled_: number[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (calls_ = r.list(calls_, 10000, 'calls')).push(decodeCall(r, r.part())); break;
      case 16: (cancelled_ = r.list(cancelled_, 10000, 'cancelled')).push(r.uint64()); break;
      case 18: { const to = r.span(); while (r.at < to) (cancelled_ = r.list(cancelled_, 10000, 'cancelled')).push(r.uint64()); r.ended(to); break; }
      default: r.skip(tag, 'MultiplexRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ calls: calls_ ? frozenList(calls_) : noItems, cancelled: cancelled_ ? frozenList(cancelled_) : noItems });
}

function encodeCall(w: Writer, v: m.Call): void {
  if (v.id !== undefined && v.id !== 0) w.int64(8, v.id);
  if (v.method !== undefined && v.method !== '') w.text(18, v.method);
  if (v.request !== undefined && v.request.length > 0) w.bytes(26, v.request);
  if (v.timeoutMs !== undefined && v.timeoutMs !== 0) w.uint32(32, v.timeoutMs);
  if (v.forwarded !== undefined && v.forwarded !== false) w.bool(40, v.forwarded);
  if (v.onBehalfOf !== undefined && v.onBehalfOf !== '') w.text(50, v.onBehalfOf);
  if (v.trace !== undefined && v.trace !== '') w.text(58, v.trace);
}

function decodeCall(r: Reader, end: number): m.Call {
  let id_: number = 0; let method_: string = ''; let request_: Uint8Array = noBytes; let timeoutMs_: number = 0; let forwarded_: boolean = false; let onBehalfOf_: string = ''; let trace_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: id_ = r.uint64(); break;
      case 18: method_ = r.text(); break;
      case 26: request_ = r.bytes(); break;
      case 32: timeoutMs_ = r.uint32(); break;
      case 40: forwarded_ = r.bool(); break;
      case 50: onBehalfOf_ = r.text(); break;
      case 58: trace_ = r.text(); break;
      default: r.skip(tag, 'Call');
    }
  }
  r.ended(end);
  return Object.freeze({ id: id_, method: method_, request: request_, timeoutMs: timeoutMs_, forwarded: forwarded_, onBehalfOf: onBehalfOf_, trace: trace_ });
}

function encodeMultiplexResponse(w: Writer, v: m.MultiplexResponse): void {
  if (v.answers !== undefined) for (const item of v.answers) { const at = w.open(10, 3); encodeCallAnswer(w, item); w.close(at, 3); }
}

function decodeMultiplexResponse(r: Reader, end: number): m.MultiplexResponse {
  let answers_: m.CallAnswer[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (answers_ = r.list(answers_, 10000, 'answers')).push(decodeCallAnswer(r, r.part())); break;
      default: r.skip(tag, 'MultiplexResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ answers: answers_ ? frozenList(answers_) : noItems });
}

function encodeCallAnswer(w: Writer, v: m.CallAnswer): void {
  if (v.id !== undefined && v.id !== 0) w.int64(8, v.id);
  if (v.response !== undefined && v.response.length > 0) w.bytes(18, v.response);
  if (v.error !== undefined) { const at = w.open(26, 4); encodeCallError(w, v.error); w.close(at, 4); }
}

const CallAnswerObject = plain<m.CallAnswer>(function (this: Open, id_: unknown, response_: unknown, error_: unknown) {
  this.id = id_; this.response = response_; if (error_ !== undefined) this.error = error_;
});

function decodeCallAnswer(r: Reader, end: number): m.CallAnswer {
  let id_: number = 0; let response_: Uint8Array = noBytes; let error_: m.CallError | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: id_ = r.uint64(); break;
      case 18: response_ = r.bytes(); break;
      case 26: error_ = decodeCallError(r, r.part()); break;
      default: r.skip(tag, 'CallAnswer');
    }
  }
  r.ended(end);
  return Object.freeze(new CallAnswerObject(id_, response_, error_));
}

function encodeCallError(w: Writer, v: m.CallError): void {
  if (v.status !== undefined && v.status !== 0) w.uint32(8, v.status);
  if (v.message !== undefined && v.message !== '') w.text(18, v.message);
  if (v.trailers !== undefined) w.map(26, v.trailers);
}

function decodeCallError(r: Reader, end: number): m.CallError {
  let status_: number = 0; let message_: string = ''; let trailers_: Record<string, string> | undefined, trailers_count = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: status_ = r.uint32(); break;
      case 18: message_ = r.text(); break;
      case 26: trailers_ = r.entry(trailers_, trailers_count++, 10000, 'trailers'); break;
      default: r.skip(tag, 'CallError');
    }
  }
  r.ended(end);
  return Object.freeze({ status: status_, message: message_, trailers: trailers_ ? Object.freeze(trailers_) : noEntries });
}

function encodeCatalogInstance(w: Writer, v: m.CatalogInstance): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.name !== undefined && v.name !== '') w.text(18, v.name);
  if (v.host !== undefined && v.host !== '') w.text(26, v.host);
  if (v.port !== undefined && v.port !== 0) w.uint32(32, v.port);
  if (v.tags !== undefined) for (const item of v.tags) w.text(42, item);
  if (v.metadata !== undefined) w.map(50, v.metadata);
  if (v.weight !== undefined) w.uint32(56, v.weight);
  if (v.health !== undefined && v.health !== 'passing') w.word(64, CatalogHealth, v.health);
  if (v.agent !== undefined && v.agent !== '') w.text(74, v.agent);
  if (v.lost !== undefined && v.lost !== false) w.bool(80, v.lost);
}

const CatalogInstanceObject = plain<m.CatalogInstance>(function (this: Open, id_: unknown, name_: unknown, host_: unknown, port_: unknown, tags_: unknown, metadata_: unknown, weight_: unknown, health_: unknown, agent_: unknown, lost_: unknown) {
  this.id = id_; this.name = name_; this.host = host_; this.port = port_; this.tags = tags_; this.metadata = metadata_; if (weight_ !== undefined) this.weight = weight_; this.health = health_; this.agent = agent_; this.lost = lost_;
});

function decodeCatalogInstance(r: Reader, end: number): m.CatalogInstance {
  let id_: string = ''; let name_: string = ''; let host_: string = ''; let port_: number = 0; let tags_: string[] | undefined; let metadata_: Record<string, string> | undefined, metadata_count = 0;   let weight_: number | undefined; let health_: m.CatalogHealth = 'passing'; let agent_: string = ''; let lost_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 18: name_ = r.text(); break;
      case 26: host_ = r.text(); break;
      case 32: port_ = r.uint32(); break;
      case 42: (tags_ = r.list(tags_, 10000, 'tags')).push(r.text()); break;
      case 50: metadata_ = r.entry(metadata_, metadata_count++, 10000, 'metadata'); break;
      case 56: weight_ = r.uint32(); break;
      case 64: health_ = r.word(CatalogHealth); break;
      case 74: agent_ = r.text(); break;
      case 80: lost_ = r.bool(); break;
      default: r.skip(tag, 'CatalogInstance');
    }
  }
  r.ended(end);
  return Object.freeze(new CatalogInstanceObject(id_, name_, host_, port_, tags_ ? frozenList(tags_) : noItems, metadata_ ? Object.freeze(metadata_) : noEntries, weight_, health_, agent_, lost_));
}

function encodeCatalogRegisterRequest(w: Writer, v: m.CatalogRegisterRequest): void {
  if (v.instance !== undefined) { const at = w.open(10, 5); encodeCatalogInstance(w, v.instance); w.close(at, 5); }
  if (v.session !== undefined && v.session !== '') w.text(18, v.session);
  if (v.ttlMs !== undefined && v.ttlMs !== 0) w.int64(24, v.ttlMs);
  if (v.info !== undefined) { const at = w.open(34, 6); encodeWriteInfo(w, v.info); w.close(at, 6); }
}

const CatalogRegisterRequestObject = plain<m.CatalogRegisterRequest>(function (this: Open, instance_: unknown, session_: unknown, ttlMs_: unknown, info_: unknown) {
  this.instance = instance_; this.session = session_; this.ttlMs = ttlMs_; if (info_ !== undefined) this.info = info_;
});

function decodeCatalogRegisterRequest(r: Reader, end: number): m.CatalogRegisterRequest {
  let instance_: m.CatalogInstance | undefined; let session_: string = ''; let ttlMs_: number = 0; let info_: m.WriteInfo | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); instance_ = r.at === to ? absent(decodeCatalogInstance) : decodeCatalogInstance(r, to); } break;
      case 18: session_ = r.text(); break;
      case 24: ttlMs_ = r.uint64(); break;
      case 34: info_ = decodeWriteInfo(r, r.part()); break;
      default: r.skip(tag, 'CatalogRegisterRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new CatalogRegisterRequestObject(instance_ ?? absent(decodeCatalogInstance), session_, ttlMs_, info_));
}

function encodeCatalogRegisterResponse(w: Writer, v: m.CatalogRegisterResponse): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.session !== undefined && v.session !== '') w.text(18, v.session);
}

function decodeCatalogRegisterResponse(r: Reader, end: number): m.CatalogRegisterResponse {
  let id_: string = ''; let session_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 18: session_ = r.text(); break;
      default: r.skip(tag, 'CatalogRegisterResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ id: id_, session: session_ });
}

function encodeCatalogRenewRequest(w: Writer, v: m.CatalogRenewRequest): void {
  if (v.sessions !== undefined) for (const item of v.sessions) w.text(10, item);
}

function decodeCatalogRenewRequest(r: Reader, end: number): m.CatalogRenewRequest {
  let sessions_: string[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (sessions_ = r.list(sessions_, 1000, 'sessions')).push(r.text()); break;
      default: r.skip(tag, 'CatalogRenewRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ sessions: sessions_ ? frozenList(sessions_) : noItems });
}

function encodeCatalogRenewResponse(w: Writer, v: m.CatalogRenewResponse): void {
  if (v.lost !== undefined) for (const item of v.lost) w.text(10, item);
}

function decodeCatalogRenewResponse(r: Reader, end: number): m.CatalogRenewResponse {
  let lost_: string[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (lost_ = r.list(lost_, 10000, 'lost')).push(r.text()); break;
      default: r.skip(tag, 'CatalogRenewResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ lost: lost_ ? frozenList(lost_) : noItems });
}

function encodeCatalogDeregisterRequest(w: Writer, v: m.CatalogDeregisterRequest): void {
  if (v.ids !== undefined) for (const item of v.ids) w.text(10, item);
  if (v.session !== undefined && v.session !== '') w.text(18, v.session);
  if (v.info !== undefined) { const at = w.open(26, 7); encodeWriteInfo(w, v.info); w.close(at, 7); }
}

const CatalogDeregisterRequestObject = plain<m.CatalogDeregisterRequest>(function (this: Open, ids_: unknown, session_: unknown, info_: unknown) {
  this.ids = ids_; this.session = session_; if (info_ !== undefined) this.info = info_;
});

function decodeCatalogDeregisterRequest(r: Reader, end: number): m.CatalogDeregisterRequest {
  let ids_: string[] | undefined; let session_: string = ''; let info_: m.WriteInfo | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (ids_ = r.list(ids_, 1000, 'ids')).push(r.text()); break;
      case 18: session_ = r.text(); break;
      case 26: info_ = decodeWriteInfo(r, r.part()); break;
      default: r.skip(tag, 'CatalogDeregisterRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new CatalogDeregisterRequestObject(ids_ ? frozenList(ids_) : noItems, session_, info_));
}

function encodeCatalogDeregisterResponse(w: Writer, v: m.CatalogDeregisterResponse): void {
}

function decodeCatalogDeregisterResponse(r: Reader, end: number): m.CatalogDeregisterResponse {
  
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      default: r.skip(tag, 'CatalogDeregisterResponse');
    }
  }
  r.ended(end);
  return Object.freeze({  });
}

function encodeCatalogListRequest(w: Writer, v: m.CatalogListRequest): void {
  if (v.name !== undefined && v.name !== '') w.text(10, v.name);
  if (v.tags !== undefined) for (const item of v.tags) w.text(18, item);
  if (v.passing !== undefined && v.passing !== false) w.bool(24, v.passing);
  if (v.stale !== undefined && v.stale !== false) w.bool(32, v.stale);
  if (v.limit !== undefined && v.limit !== 0) w.uint32(40, v.limit);
  if (v.after !== undefined) w.text(50, v.after);
}

const CatalogListRequestObject = plain<m.CatalogListRequest>(function (this: Open, name_: unknown, tags_: unknown, passing_: unknown, stale_: unknown, limit_: unknown, after_: unknown) {
  this.name = name_; this.tags = tags_; this.passing = passing_; this.stale = stale_; this.limit = limit_; if (after_ !== undefined) this.after = after_;
});

function decodeCatalogListRequest(r: Reader, end: number): m.CatalogListRequest {
  let name_: string = ''; let tags_: string[] | undefined; let passing_: boolean = false; let stale_: boolean = false; let limit_: number = 0;   let after_: string | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: name_ = r.text(); break;
      case 18: (tags_ = r.list(tags_, 10000, 'tags')).push(r.text()); break;
      case 24: passing_ = r.bool(); break;
      case 32: stale_ = r.bool(); break;
      case 40: limit_ = r.uint32(); break;
      case 50: after_ = r.text(); break;
      default: r.skip(tag, 'CatalogListRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new CatalogListRequestObject(name_, tags_ ? frozenList(tags_) : noItems, passing_, stale_, limit_, after_));
}

function encodeCatalogListResponse(w: Writer, v: m.CatalogListResponse): void {
  if (v.instances !== undefined) for (const item of v.instances) { const at = w.open(10, 8); encodeCatalogInstance(w, item); w.close(at, 8); }
  if (v.more !== undefined && v.more !== false) w.bool(16, v.more);
}

function decodeCatalogListResponse(r: Reader, end: number): m.CatalogListResponse {
  let instances_: m.CatalogInstance[] | undefined; let more_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (instances_ = r.list(instances_, 10000, 'instances')).push(decodeCatalogInstance(r, r.part())); break;
      case 16: more_ = r.bool(); break;
      default: r.skip(tag, 'CatalogListResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ instances: instances_ ? frozenList(instances_) : noItems, more: more_ });
}

function encodeCatalogWatchRequest(w: Writer, v: m.CatalogWatchRequest): void {
  if (v.name !== undefined && v.name !== '') w.text(10, v.name);
  if (v.tags !== undefined) for (const item of v.tags) w.text(18, item);
}

function decodeCatalogWatchRequest(r: Reader, end: number): m.CatalogWatchRequest {
  let name_: string = ''; let tags_: string[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: name_ = r.text(); break;
      case 18: (tags_ = r.list(tags_, 10000, 'tags')).push(r.text()); break;
      default: r.skip(tag, 'CatalogWatchRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ name: name_, tags: tags_ ? frozenList(tags_) : noItems });
}

function encodeCatalogChange(w: Writer, v: m.CatalogChange): void {
  if (v.op !== undefined && v.op !== 'add') w.word(8, CatalogOp, v.op);
  if (v.instance !== undefined) { const at = w.open(18, 9); encodeCatalogInstance(w, v.instance); w.close(at, 9); }
}

function decodeCatalogChange(r: Reader, end: number): m.CatalogChange {
  let op_: m.CatalogOp = 'add'; let instance_: m.CatalogInstance | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: op_ = r.word(CatalogOp); break;
      case 18: { const to = r.part(); instance_ = r.at === to ? absent(decodeCatalogInstance) : decodeCatalogInstance(r, to); } break;
      default: r.skip(tag, 'CatalogChange');
    }
  }
  r.ended(end);
  return Object.freeze({ op: op_, instance: instance_ ?? absent(decodeCatalogInstance) });
}

function encodeCatalogWatchResponse(w: Writer, v: m.CatalogWatchResponse): void {
  if (v.changes !== undefined) for (const item of v.changes) { const at = w.open(10, 10); encodeCatalogChange(w, item); w.close(at, 10); }
  if (v.continued !== undefined) w.bool(16, v.continued);
}

const CatalogWatchResponseObject = plain<m.CatalogWatchResponse>(function (this: Open, changes_: unknown, continued_: unknown) {
  this.changes = changes_; if (continued_ !== undefined) this.continued = continued_;
});

function decodeCatalogWatchResponse(r: Reader, end: number): m.CatalogWatchResponse {
  let changes_: m.CatalogChange[] | undefined;   let continued_: boolean | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (changes_ = r.list(changes_, 10000, 'changes')).push(decodeCatalogChange(r, r.part())); break;
      case 16: continued_ = r.bool(); break;
      default: r.skip(tag, 'CatalogWatchResponse');
    }
  }
  r.ended(end);
  return Object.freeze(new CatalogWatchResponseObject(changes_ ? frozenList(changes_) : noItems, continued_));
}

function encodeFilter(w: Writer, v: m.Filter): void {
  if (v.ids !== undefined) for (const item of v.ids) w.text(10, item);
  if (v.idPrefixes !== undefined) for (const item of v.idPrefixes) w.text(18, item);
  if (v.names !== undefined) for (const item of v.names) w.text(26, item);
  if (v.namePrefixes !== undefined) for (const item of v.namePrefixes) w.text(34, item);
  if (v.indexes !== undefined) for (const item of v.indexes) { const at = w.open(42, 11); encodeIndexFilter(w, item); w.close(at, 11); }
}

function decodeFilter(r: Reader, end: number): m.Filter {
  let ids_: string[] | undefined; let idPrefixes_: string[] | undefined; let names_: string[] | undefined; let namePrefixes_: string[] | undefined; let indexes_: m.IndexFilter[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (ids_ = r.list(ids_, 1000, 'ids')).push(r.text()); break;
      case 18: (idPrefixes_ = r.list(idPrefixes_, 1000, 'idPrefixes')).push(r.text()); break;
      case 26: (names_ = r.list(names_, 1000, 'names')).push(r.text()); break;
      case 34: (namePrefixes_ = r.list(namePrefixes_, 1000, 'namePrefixes')).push(r.text()); break;
      case 42: (indexes_ = r.list(indexes_, 10000, 'indexes')).push(decodeIndexFilter(r, r.part())); break;
      default: r.skip(tag, 'Filter');
    }
  }
  r.ended(end);
  return Object.freeze({ ids: ids_ ? frozenList(ids_) : noItems, idPrefixes: idPrefixes_ ? frozenList(idPrefixes_) : noItems, names: names_ ? frozenList(names_) : noItems, namePrefixes: namePrefixes_ ? frozenList(namePrefixes_) : noItems, indexes: indexes_ ? frozenList(indexes_) : noItems });
}

function encodeWriteInfo(w: Writer, v: m.WriteInfo): void {
  if (v.actor !== undefined) w.text(10, v.actor);
  if (v.reason !== undefined) w.text(18, v.reason);
  if (v.requestId !== undefined) w.text(26, v.requestId);
  if (v.trace !== undefined) w.text(34, v.trace);
}

const WriteInfoObject = plain<m.WriteInfo>(function (this: Open, actor_: unknown, reason_: unknown, requestId_: unknown, trace_: unknown) {
  if (actor_ !== undefined) this.actor = actor_; if (reason_ !== undefined) this.reason = reason_; if (requestId_ !== undefined) this.requestId = requestId_; if (trace_ !== undefined) this.trace = trace_;
});

function decodeWriteInfo(r: Reader, end: number): m.WriteInfo {
    let actor_: string | undefined;   let reason_: string | undefined;   let requestId_: string | undefined;   let trace_: string | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: actor_ = r.text(); break;
      case 18: reason_ = r.text(); break;
      case 26: requestId_ = r.text(); break;
      case 34: trace_ = r.text(); break;
      default: r.skip(tag, 'WriteInfo');
    }
  }
  r.ended(end);
  return Object.freeze(new WriteInfoObject(actor_, reason_, requestId_, trace_));
}

function encodeChange(w: Writer, v: m.Change): void {
  if (v.op !== undefined && v.op !== 'create') w.word(8, ActionOp, v.op);
  if (v.kind !== undefined && v.kind !== '') w.text(18, v.kind);
  if (v.id !== undefined && v.id !== '') w.text(26, v.id);
  if (v.version !== undefined) w.int64(32, v.version);
  if (v.object !== undefined) { const at = w.open(42, 12); encodeAnyObject(w, v.object); w.close(at, 12); }
  if (v.specVersion !== undefined) w.int64(48, v.specVersion);
}

const ChangeObject = plain<m.Change>(function (this: Open, op_: unknown, kind_: unknown, id_: unknown, version_: unknown, object_: unknown, specVersion_: unknown) {
  this.op = op_; this.kind = kind_; this.id = id_; if (version_ !== undefined) this.version = version_; if (object_ !== undefined) this.object = object_; if (specVersion_ !== undefined) this.specVersion = specVersion_;
});

function decodeChange(r: Reader, end: number): m.Change {
  let op_: m.ActionOp = 'create'; let kind_: string = ''; let id_: string = '';   let version_: number | undefined; let object_: m.AnyObject | undefined;   let specVersion_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: op_ = r.word(ActionOp); break;
      case 18: kind_ = r.text(); break;
      case 26: id_ = r.ownText(); break;
      case 32: version_ = r.uint64(); break;
      case 42: object_ = decodeAnyObject(r, r.part()); break;
      case 48: specVersion_ = r.uint64(); break;
      default: r.skip(tag, 'Change');
    }
  }
  r.ended(end);
  return Object.freeze(new ChangeObject(op_, kind_, id_, version_, object_, specVersion_));
}

function encodeApplyRequest(w: Writer, v: m.ApplyRequest): void {
  if (v.changes !== undefined) for (const item of v.changes) { const at = w.open(10, 13); encodeChange(w, item); w.close(at, 13); }
  if (v.info !== undefined) { const at = w.open(18, 14); encodeWriteInfo(w, v.info); w.close(at, 14); }
  if (v.dryRun !== undefined && v.dryRun !== false) w.bool(24, v.dryRun);
  if (v.conditions !== undefined) for (const item of v.conditions) { const at = w.open(34, 15); encodeCondition(w, item); w.close(at, 15); }
  if (v.fence !== undefined) { const at = w.open(42, 16); encodeCondition(w, v.fence); w.close(at, 16); }
  if (v.lookups !== undefined) for (const item of v.lookups) { const at = w.open(50, 17); encodeLookupCondition(w, item); w.close(at, 17); }
}

const ApplyRequestObject = plain<m.ApplyRequest>(function (this: Open, changes_: unknown, info_: unknown, dryRun_: unknown, conditions_: unknown, fence_: unknown, lookups_: unknown) {
  this.changes = changes_; if (info_ !== undefined) this.info = info_; this.dryRun = dryRun_; this.conditions = conditions_; if (fence_ !== undefined) this.fence = fence_; this.lookups = lookups_;
});

function decodeApplyRequest(r: Reader, end: number): m.ApplyRequest {
  let changes_: m.Change[] | undefined; let info_: m.WriteInfo | undefined; let dryRun_: boolean = false; let conditions_: m.Condition[] | undefined; let fence_: m.Condition | undefined; let lookups_: m.LookupCondition[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (changes_ = r.list(changes_, 4000, 'changes')).push(decodeChange(r, r.part())); break;
      case 18: info_ = decodeWriteInfo(r, r.part()); break;
      case 24: dryRun_ = r.bool(); break;
      case 34: (conditions_ = r.list(conditions_, 1000, 'conditions')).push(decodeCondition(r, r.part())); break;
      case 42: fence_ = decodeCondition(r, r.part()); break;
      case 50: (lookups_ = r.list(lookups_, 100, 'lookups')).push(decodeLookupCondition(r, r.part())); break;
      default: r.skip(tag, 'ApplyRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new ApplyRequestObject(changes_ ? frozenList(changes_) : noItems, info_, dryRun_, conditions_ ? frozenList(conditions_) : noItems, fence_, lookups_ ? frozenList(lookups_) : noItems));
}

function encodeLookupCondition(w: Writer, v: m.LookupCondition): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.filter !== undefined) { const at = w.open(18, 18); encodeFilter(w, v.filter); w.close(at, 18); }
  if (v.limit !== undefined && v.limit !== 0) w.uint32(24, v.limit);
  if (v.found !== undefined && v.found !== '') w.text(34, v.found);
}

const LookupConditionObject = plain<m.LookupCondition>(function (this: Open, kind_: unknown, filter_: unknown, limit_: unknown, found_: unknown) {
  this.kind = kind_; if (filter_ !== undefined) this.filter = filter_; this.limit = limit_; this.found = found_;
});

function decodeLookupCondition(r: Reader, end: number): m.LookupCondition {
  let kind_: string = ''; let filter_: m.Filter | undefined; let limit_: number = 0; let found_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 18: filter_ = decodeFilter(r, r.part()); break;
      case 24: limit_ = r.uint32(); break;
      case 34: found_ = r.text(); break;
      default: r.skip(tag, 'LookupCondition');
    }
  }
  r.ended(end);
  return Object.freeze(new LookupConditionObject(kind_, filter_, limit_, found_));
}

function encodeCondition(w: Writer, v: m.Condition): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.id !== undefined && v.id !== '') w.text(18, v.id);
  if (v.version !== undefined) w.int64(24, v.version);
}

const ConditionObject = plain<m.Condition>(function (this: Open, kind_: unknown, id_: unknown, version_: unknown) {
  this.kind = kind_; this.id = id_; if (version_ !== undefined) this.version = version_;
});

function decodeCondition(r: Reader, end: number): m.Condition {
  let kind_: string = ''; let id_: string = '';   let version_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 18: id_ = r.ownText(); break;
      case 24: version_ = r.uint64(); break;
      default: r.skip(tag, 'Condition');
    }
  }
  r.ended(end);
  return Object.freeze(new ConditionObject(kind_, id_, version_));
}

function encodeApplyResponse(w: Writer, v: m.ApplyResponse): void {
  if (v.version !== undefined && v.version !== 0) w.int64(8, v.version);
  if (v.ids !== undefined) for (const item of v.ids) w.text(18, item);
  if (v.planned !== undefined) for (const item of v.planned) { const at = w.open(26, 19); encodePlannedChange(w, item); w.close(at, 19); }
  if (v.time !== undefined && v.time !== 0) w.int64(32, v.time);
}

function decodeApplyResponse(r: Reader, end: number): m.ApplyResponse {
  let version_: number = 0; let ids_: string[] | undefined; let planned_: m.PlannedChange[] | undefined; let time_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: version_ = r.uint64(); break;
      case 18: (ids_ = r.list(ids_, 10000, 'ids')).push(r.text()); break;
      case 26: (planned_ = r.list(planned_, 10000, 'planned')).push(decodePlannedChange(r, r.part())); break;
      case 32: time_ = r.int64(); break;
      default: r.skip(tag, 'ApplyResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ version: version_, ids: ids_ ? frozenList(ids_) : noItems, planned: planned_ ? frozenList(planned_) : noItems, time: time_ });
}

function encodePlannedChange(w: Writer, v: m.PlannedChange): void {
  if (v.op !== undefined && v.op !== 'create') w.word(8, ActionOp, v.op);
  if (v.kind !== undefined && v.kind !== '') w.text(18, v.kind);
  if (v.id !== undefined && v.id !== '') w.text(26, v.id);
  if (v.fields !== undefined) for (const item of v.fields) { const at = w.open(34, 20); encodeFieldChange(w, item); w.close(at, 20); }
  if (v.fieldsLeftOut !== undefined && v.fieldsLeftOut !== 0) w.uint32(40, v.fieldsLeftOut);
}

function decodePlannedChange(r: Reader, end: number): m.PlannedChange {
  let op_: m.ActionOp = 'create'; let kind_: string = ''; let id_: string = ''; let fields_: m.FieldChange[] | undefined; let fieldsLeftOut_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: op_ = r.word(ActionOp); break;
      case 18: kind_ = r.text(); break;
      case 26: id_ = r.ownText(); break;
      case 34: (fields_ = r.list(fields_, 10000, 'fields')).push(decodeFieldChange(r, r.part())); break;
      case 40: fieldsLeftOut_ = r.uint32(); break;
      default: r.skip(tag, 'PlannedChange');
    }
  }
  r.ended(end);
  return Object.freeze({ op: op_, kind: kind_, id: id_, fields: fields_ ? frozenList(fields_) : noItems, fieldsLeftOut: fieldsLeftOut_ });
}

function encodeFieldChange(w: Writer, v: m.FieldChange): void {
  if (v.path !== undefined && v.path !== '') w.text(10, v.path);
  if (v.old !== undefined) w.text(18, v.old);
  if (v.new !== undefined) w.text(26, v.new);
  if (v.tooLong !== undefined) w.bool(32, v.tooLong);
}

const FieldChangeObject = plain<m.FieldChange>(function (this: Open, path_: unknown, old_: unknown, new_: unknown, tooLong_: unknown) {
  this.path = path_; if (old_ !== undefined) this.old = old_; if (new_ !== undefined) this.new = new_; if (tooLong_ !== undefined) this.tooLong = tooLong_;
});

function decodeFieldChange(r: Reader, end: number): m.FieldChange {
  let path_: string = '';   let old_: string | undefined;   let new_: string | undefined;   let tooLong_: boolean | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: path_ = r.text(); break;
      case 18: old_ = r.text(); break;
      case 26: new_ = r.text(); break;
      case 32: tooLong_ = r.bool(); break;
      default: r.skip(tag, 'FieldChange');
    }
  }
  r.ended(end);
  return Object.freeze(new FieldChangeObject(path_, old_, new_, tooLong_));
}

function encodeGetRequest(w: Writer, v: m.GetRequest): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.id !== undefined && v.id !== '') w.text(18, v.id);
  if (v.stale !== undefined && v.stale !== false) w.bool(24, v.stale);
}

function decodeGetRequest(r: Reader, end: number): m.GetRequest {
  let kind_: string = ''; let id_: string = ''; let stale_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 18: id_ = r.ownText(); break;
      case 24: stale_ = r.bool(); break;
      default: r.skip(tag, 'GetRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ kind: kind_, id: id_, stale: stale_ });
}

function encodeGetResponse(w: Writer, v: m.GetResponse): void {
  if (v.object !== undefined) { const at = w.open(10, 21); encodeAnyObject(w, v.object); w.close(at, 21); }
}

const GetResponseObject = plain<m.GetResponse>(function (this: Open, object_: unknown) {
  if (object_ !== undefined) this.object = object_;
});

function decodeGetResponse(r: Reader, end: number): m.GetResponse {
  let object_: m.AnyObject | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: object_ = decodeAnyObject(r, r.part()); break;
      default: r.skip(tag, 'GetResponse');
    }
  }
  r.ended(end);
  return Object.freeze(new GetResponseObject(object_));
}

function encodeCreateRequest(w: Writer, v: m.CreateRequest): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.object !== undefined) { const at = w.open(18, 22); encodeAnyObject(w, v.object); w.close(at, 22); }
  if (v.info !== undefined) { const at = w.open(26, 23); encodeWriteInfo(w, v.info); w.close(at, 23); }
}

const CreateRequestObject = plain<m.CreateRequest>(function (this: Open, kind_: unknown, object_: unknown, info_: unknown) {
  this.kind = kind_; if (object_ !== undefined) this.object = object_; if (info_ !== undefined) this.info = info_;
});

function decodeCreateRequest(r: Reader, end: number): m.CreateRequest {
  let kind_: string = ''; let object_: m.AnyObject | undefined; let info_: m.WriteInfo | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 18: object_ = decodeAnyObject(r, r.part()); break;
      case 26: info_ = decodeWriteInfo(r, r.part()); break;
      default: r.skip(tag, 'CreateRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new CreateRequestObject(kind_, object_, info_));
}

function encodeCreateResponse(w: Writer, v: m.CreateResponse): void {
  if (v.object !== undefined) { const at = w.open(10, 24); encodeAnyObject(w, v.object); w.close(at, 24); }
  if (v.version !== undefined && v.version !== 0) w.int64(16, v.version);
}

const CreateResponseObject = plain<m.CreateResponse>(function (this: Open, object_: unknown, version_: unknown) {
  if (object_ !== undefined) this.object = object_; this.version = version_;
});

function decodeCreateResponse(r: Reader, end: number): m.CreateResponse {
  let object_: m.AnyObject | undefined; let version_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: object_ = decodeAnyObject(r, r.part()); break;
      case 16: version_ = r.uint64(); break;
      default: r.skip(tag, 'CreateResponse');
    }
  }
  r.ended(end);
  return Object.freeze(new CreateResponseObject(object_, version_));
}

function encodeUpdateRequest(w: Writer, v: m.UpdateRequest): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.object !== undefined) { const at = w.open(18, 25); encodeAnyObject(w, v.object); w.close(at, 25); }
  if (v.version !== undefined) w.int64(24, v.version);
  if (v.info !== undefined) { const at = w.open(34, 26); encodeWriteInfo(w, v.info); w.close(at, 26); }
  if (v.specVersion !== undefined) w.int64(40, v.specVersion);
}

const UpdateRequestObject = plain<m.UpdateRequest>(function (this: Open, kind_: unknown, object_: unknown, version_: unknown, info_: unknown, specVersion_: unknown) {
  this.kind = kind_; if (object_ !== undefined) this.object = object_; if (version_ !== undefined) this.version = version_; if (info_ !== undefined) this.info = info_; if (specVersion_ !== undefined) this.specVersion = specVersion_;
});

function decodeUpdateRequest(r: Reader, end: number): m.UpdateRequest {
  let kind_: string = ''; let object_: m.AnyObject | undefined;   let version_: number | undefined; let info_: m.WriteInfo | undefined;   let specVersion_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 18: object_ = decodeAnyObject(r, r.part()); break;
      case 24: version_ = r.uint64(); break;
      case 34: info_ = decodeWriteInfo(r, r.part()); break;
      case 40: specVersion_ = r.uint64(); break;
      default: r.skip(tag, 'UpdateRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new UpdateRequestObject(kind_, object_, version_, info_, specVersion_));
}

function encodeUpdateResponse(w: Writer, v: m.UpdateResponse): void {
  if (v.object !== undefined) { const at = w.open(10, 27); encodeAnyObject(w, v.object); w.close(at, 27); }
  if (v.version !== undefined && v.version !== 0) w.int64(16, v.version);
}

const UpdateResponseObject = plain<m.UpdateResponse>(function (this: Open, object_: unknown, version_: unknown) {
  if (object_ !== undefined) this.object = object_; this.version = version_;
});

function decodeUpdateResponse(r: Reader, end: number): m.UpdateResponse {
  let object_: m.AnyObject | undefined; let version_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: object_ = decodeAnyObject(r, r.part()); break;
      case 16: version_ = r.uint64(); break;
      default: r.skip(tag, 'UpdateResponse');
    }
  }
  r.ended(end);
  return Object.freeze(new UpdateResponseObject(object_, version_));
}

function encodeRemoveRequest(w: Writer, v: m.RemoveRequest): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.id !== undefined && v.id !== '') w.text(18, v.id);
  if (v.info !== undefined) { const at = w.open(26, 28); encodeWriteInfo(w, v.info); w.close(at, 28); }
  if (v.version !== undefined) w.int64(32, v.version);
}

const RemoveRequestObject = plain<m.RemoveRequest>(function (this: Open, kind_: unknown, id_: unknown, info_: unknown, version_: unknown) {
  this.kind = kind_; this.id = id_; if (info_ !== undefined) this.info = info_; if (version_ !== undefined) this.version = version_;
});

function decodeRemoveRequest(r: Reader, end: number): m.RemoveRequest {
  let kind_: string = ''; let id_: string = ''; let info_: m.WriteInfo | undefined;   let version_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 18: id_ = r.ownText(); break;
      case 26: info_ = decodeWriteInfo(r, r.part()); break;
      case 32: version_ = r.uint64(); break;
      default: r.skip(tag, 'RemoveRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new RemoveRequestObject(kind_, id_, info_, version_));
}

function encodeRemoveResponse(w: Writer, v: m.RemoveResponse): void {
  if (v.version !== undefined && v.version !== 0) w.int64(8, v.version);
}

function decodeRemoveResponse(r: Reader, end: number): m.RemoveResponse {
  let version_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: version_ = r.uint64(); break;
      default: r.skip(tag, 'RemoveResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ version: version_ });
}

function encodeListRequest(w: Writer, v: m.ListRequest): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.filter !== undefined) { const at = w.open(18, 29); encodeFilter(w, v.filter); w.close(at, 29); }
  if (v.stale !== undefined && v.stale !== false) w.bool(24, v.stale);
  if (v.limit !== undefined && v.limit !== 0) w.uint32(32, v.limit);
  if (v.after !== undefined) w.text(42, v.after);
}

const ListRequestObject = plain<m.ListRequest>(function (this: Open, kind_: unknown, filter_: unknown, stale_: unknown, limit_: unknown, after_: unknown) {
  this.kind = kind_; if (filter_ !== undefined) this.filter = filter_; this.stale = stale_; this.limit = limit_; if (after_ !== undefined) this.after = after_;
});

function decodeListRequest(r: Reader, end: number): m.ListRequest {
  let kind_: string = ''; let filter_: m.Filter | undefined; let stale_: boolean = false; let limit_: number = 0;   let after_: string | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 18: filter_ = decodeFilter(r, r.part()); break;
      case 24: stale_ = r.bool(); break;
      case 32: limit_ = r.uint32(); break;
      case 42: after_ = r.text(); break;
      default: r.skip(tag, 'ListRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new ListRequestObject(kind_, filter_, stale_, limit_, after_));
}

function encodeListResponse(w: Writer, v: m.ListResponse): void {
  if (v.version !== undefined && v.version !== 0) w.int64(8, v.version);
  if (v.objects !== undefined) for (const item of v.objects) { const at = w.open(18, 30); encodeAnyObject(w, item); w.close(at, 30); }
}

function decodeListResponse(r: Reader, end: number): m.ListResponse {
  let version_: number = 0; let objects_: m.AnyObject[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: version_ = r.uint64(); break;
      case 18: (objects_ = r.list(objects_, 10000, 'objects')).push(decodeAnyObject(r, r.part())); break;
      default: r.skip(tag, 'ListResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ version: version_, objects: objects_ ? frozenList(objects_) : noItems });
}

function encodeHistoryRequest(w: Writer, v: m.HistoryRequest): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.id !== undefined && v.id !== '') w.text(18, v.id);
  if (v.limit !== undefined && v.limit !== 0) w.uint32(24, v.limit);
  if (v.stale !== undefined && v.stale !== false) w.bool(32, v.stale);
}

function decodeHistoryRequest(r: Reader, end: number): m.HistoryRequest {
  let kind_: string = ''; let id_: string = ''; let limit_: number = 0; let stale_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 18: id_ = r.ownText(); break;
      case 24: limit_ = r.uint32(); break;
      case 32: stale_ = r.bool(); break;
      default: r.skip(tag, 'HistoryRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ kind: kind_, id: id_, limit: limit_, stale: stale_ });
}

function encodeHistoryEntry(w: Writer, v: m.HistoryEntry): void {
  if (v.version !== undefined && v.version !== 0) w.int64(8, v.version);
  if (v.time !== undefined && v.time !== 0) w.int64(16, v.time);
  if (v.op !== undefined && v.op !== 'create') w.word(24, ActionOp, v.op);
  if (v.actor !== undefined) w.text(34, v.actor);
  if (v.reason !== undefined) w.text(42, v.reason);
  if (v.fields !== undefined) for (const item of v.fields) { const at = w.open(50, 31); encodeFieldChange(w, item); w.close(at, 31); }
  if (v.fieldsLeftOut !== undefined && v.fieldsLeftOut !== 0) w.uint32(56, v.fieldsLeftOut);
}

const HistoryEntryObject = plain<m.HistoryEntry>(function (this: Open, version_: unknown, time_: unknown, op_: unknown, actor_: unknown, reason_: unknown, fields_: unknown, fieldsLeftOut_: unknown) {
  this.version = version_; this.time = time_; this.op = op_; if (actor_ !== undefined) this.actor = actor_; if (reason_ !== undefined) this.reason = reason_; this.fields = fields_; this.fieldsLeftOut = fieldsLeftOut_;
});

function decodeHistoryEntry(r: Reader, end: number): m.HistoryEntry {
  let version_: number = 0; let time_: number = 0; let op_: m.ActionOp = 'create';   let actor_: string | undefined;   let reason_: string | undefined; let fields_: m.FieldChange[] | undefined; let fieldsLeftOut_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: version_ = r.uint64(); break;
      case 16: time_ = r.int64(); break;
      case 24: op_ = r.word(ActionOp); break;
      case 34: actor_ = r.text(); break;
      case 42: reason_ = r.text(); break;
      case 50: (fields_ = r.list(fields_, 10000, 'fields')).push(decodeFieldChange(r, r.part())); break;
      case 56: fieldsLeftOut_ = r.uint32(); break;
      default: r.skip(tag, 'HistoryEntry');
    }
  }
  r.ended(end);
  return Object.freeze(new HistoryEntryObject(version_, time_, op_, actor_, reason_, fields_ ? frozenList(fields_) : noItems, fieldsLeftOut_));
}

function encodeHistoryResponse(w: Writer, v: m.HistoryResponse): void {
  if (v.entries !== undefined) for (const item of v.entries) { const at = w.open(10, 32); encodeHistoryEntry(w, item); w.close(at, 32); }
  if (v.reachesBackTo !== undefined && v.reachesBackTo !== 0) w.int64(16, v.reachesBackTo);
}

function decodeHistoryResponse(r: Reader, end: number): m.HistoryResponse {
  let entries_: m.HistoryEntry[] | undefined; let reachesBackTo_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (entries_ = r.list(entries_, 10000, 'entries')).push(decodeHistoryEntry(r, r.part())); break;
      case 16: reachesBackTo_ = r.uint64(); break;
      default: r.skip(tag, 'HistoryResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ entries: entries_ ? frozenList(entries_) : noItems, reachesBackTo: reachesBackTo_ });
}

function encodeKindsRequest(w: Writer, v: m.KindsRequest): void {
}

function decodeKindsRequest(r: Reader, end: number): m.KindsRequest {
  
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      default: r.skip(tag, 'KindsRequest');
    }
  }
  r.ended(end);
  return Object.freeze({  });
}

function encodeKindUse(w: Writer, v: m.KindUse): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.plural !== undefined && v.plural !== '') w.text(18, v.plural);
  if (v.builtIn !== undefined && v.builtIn !== false) w.bool(24, v.builtIn);
  if (v.known !== undefined && v.known !== false) w.bool(32, v.known);
  if (v.indexes !== undefined) for (const item of v.indexes) w.text(42, item);
  if (v.objects !== undefined && v.objects !== 0) w.int64(48, v.objects);
  if (v.bytes !== undefined && v.bytes !== 0) w.int64(56, v.bytes);
  if (v.objectsMax !== undefined) w.int64(64, v.objectsMax);
  if (v.bytesMax !== undefined) w.int64(72, v.bytesMax);
}

const KindUseObject = plain<m.KindUse>(function (this: Open, kind_: unknown, plural_: unknown, builtIn_: unknown, known_: unknown, indexes_: unknown, objects_: unknown, bytes_: unknown, objectsMax_: unknown, bytesMax_: unknown) {
  this.kind = kind_; this.plural = plural_; this.builtIn = builtIn_; this.known = known_; this.indexes = indexes_; this.objects = objects_; this.bytes = bytes_; if (objectsMax_ !== undefined) this.objectsMax = objectsMax_; if (bytesMax_ !== undefined) this.bytesMax = bytesMax_;
});

function decodeKindUse(r: Reader, end: number): m.KindUse {
  let kind_: string = ''; let plural_: string = ''; let builtIn_: boolean = false; let known_: boolean = false; let indexes_: string[] | undefined; let objects_: number = 0; let bytes_: number = 0;   let objectsMax_: number | undefined;   let bytesMax_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 18: plural_ = r.text(); break;
      case 24: builtIn_ = r.bool(); break;
      case 32: known_ = r.bool(); break;
      case 42: (indexes_ = r.list(indexes_, 10000, 'indexes')).push(r.text()); break;
      case 48: objects_ = r.uint64(); break;
      case 56: bytes_ = r.uint64(); break;
      case 64: objectsMax_ = r.uint64(); break;
      case 72: bytesMax_ = r.uint64(); break;
      default: r.skip(tag, 'KindUse');
    }
  }
  r.ended(end);
  return Object.freeze(new KindUseObject(kind_, plural_, builtIn_, known_, indexes_ ? frozenList(indexes_) : noItems, objects_, bytes_, objectsMax_, bytesMax_));
}

function encodeKindsResponse(w: Writer, v: m.KindsResponse): void {
  if (v.kinds !== undefined) for (const item of v.kinds) { const at = w.open(10, 33); encodeKindUse(w, item); w.close(at, 33); }
}

function decodeKindsResponse(r: Reader, end: number): m.KindsResponse {
  let kinds_: m.KindUse[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (kinds_ = r.list(kinds_, 10000, 'kinds')).push(decodeKindUse(r, r.part())); break;
      default: r.skip(tag, 'KindsResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ kinds: kinds_ ? frozenList(kinds_) : noItems });
}

function encodeMeta(w: Writer, v: m.Meta): void {
  const specVersion = sentSpecVersion(v);
  if (v.version !== undefined && v.version !== 0) w.int64(8, v.version);
  if (v.createdAt !== undefined && v.createdAt !== 0) w.int64(16, v.createdAt);
  if (v.updatedAt !== undefined && v.updatedAt !== 0) w.int64(24, v.updatedAt);
  if (specVersion !== undefined) w.int64(32, specVersion);
}

function decodeMeta(r: Reader, end: number): m.Meta {
  let version_: number = 0; let createdAt_: number = 0; let updatedAt_: number = 0;   let specVersion_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: version_ = r.uint64(); break;
      case 16: createdAt_ = r.int64(); break;
      case 24: updatedAt_ = r.int64(); break;
      case 32: specVersion_ = r.uint64(); break;
      default: r.skip(tag, 'Meta');
    }
  }
  r.ended(end);
  return storedMeta({ version: version_, createdAt: createdAt_, updatedAt: updatedAt_ }, specVersion_);
}

function encodeIndexEntry(w: Writer, v: m.IndexEntry): void {
  if (v.key !== undefined && v.key !== '') w.text(10, v.key);
  if (v.val !== undefined && v.val !== '') w.text(18, v.val);
}

function decodeIndexEntry(r: Reader, end: number): m.IndexEntry {
  let key_: string = ''; let val_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: key_ = r.text(); break;
      case 18: val_ = r.text(); break;
      default: r.skip(tag, 'IndexEntry');
    }
  }
  r.ended(end);
  return Object.freeze({ key: key_, val: val_ });
}

function encodeAnnotations(w: Writer, v: m.Annotations): void {
  if (v.name !== undefined && v.name !== '') w.text(10, v.name);
  if (v.labels !== undefined) w.map(18, v.labels);
  if (v.indices !== undefined) for (const item of v.indices) { const at = w.open(26, 34); encodeIndexEntry(w, item); w.close(at, 34); }
}

function decodeAnnotations(r: Reader, end: number): m.Annotations {
  let name_: string = ''; let labels_: Record<string, string> | undefined, labels_count = 0; let indices_: m.IndexEntry[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: name_ = r.text(); break;
      case 18: labels_ = r.entry(labels_, labels_count++, 10000, 'labels'); break;
      case 26: (indices_ = r.list(indices_, 10000, 'indices')).push(decodeIndexEntry(r, r.part())); break;
      default: r.skip(tag, 'Annotations');
    }
  }
  r.ended(end);
  return Object.freeze({ name: name_, labels: labels_ ? Object.freeze(labels_) : noEntries, indices: indices_ ? frozenList(indices_) : noItems });
}

function encodeDriver(w: Writer, v: m.Driver): void {
  if (v.name !== undefined && v.name !== '') w.text(10, v.name);
  if (v.options !== undefined) w.map(18, v.options);
}

function decodeDriver(r: Reader, end: number): m.Driver {
  let name_: string = ''; let options_: Record<string, string> | undefined, options_count = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: name_ = r.text(); break;
      case 18: options_ = r.entry(options_, options_count++, 10000, 'options'); break;
      default: r.skip(tag, 'Driver');
    }
  }
  r.ended(end);
  return Object.freeze({ name: name_, options: options_ ? Object.freeze(options_) : noEntries });
}

function encodeGenericResource(w: Writer, v: m.GenericResource): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.named !== undefined) w.text(18, v.named);
  if (v.discrete !== undefined) w.int64(24, v.discrete);
}

const GenericResourceObject = plain<m.GenericResource>(function (this: Open, kind_: unknown, named_: unknown, discrete_: unknown) {
  this.kind = kind_; if (named_ !== undefined) this.named = named_; if (discrete_ !== undefined) this.discrete = discrete_;
});

function decodeGenericResource(r: Reader, end: number): m.GenericResource {
  let kind_: string = '';   let named_: string | undefined;   let discrete_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 18: named_ = r.text(); break;
      case 24: discrete_ = r.int64(); break;
      default: r.skip(tag, 'GenericResource');
    }
  }
  r.ended(end);
  return Object.freeze(new GenericResourceObject(kind_, named_, discrete_));
}

function encodeResources(w: Writer, v: m.Resources): void {
  if (v.nanoCpus !== undefined && v.nanoCpus !== 0) w.int64(8, v.nanoCpus);
  if (v.memoryBytes !== undefined && v.memoryBytes !== 0) w.int64(16, v.memoryBytes);
  if (v.generic !== undefined) for (const item of v.generic) { const at = w.open(26, 35); encodeGenericResource(w, item); w.close(at, 35); }
  if (v.pids !== undefined && v.pids !== 0) w.int64(32, v.pids);
}

function decodeResources(r: Reader, end: number): m.Resources {
  let nanoCpus_: number = 0; let memoryBytes_: number = 0; let generic_: m.GenericResource[] | undefined; let pids_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: nanoCpus_ = r.int64(); break;
      case 16: memoryBytes_ = r.int64(); break;
      case 26: (generic_ = r.list(generic_, 10000, 'generic')).push(decodeGenericResource(r, r.part())); break;
      case 32: pids_ = r.int64(); break;
      default: r.skip(tag, 'Resources');
    }
  }
  r.ended(end);
  return Object.freeze({ nanoCpus: nanoCpus_, memoryBytes: memoryBytes_, generic: generic_ ? frozenList(generic_) : noItems, pids: pids_ });
}

function encodePortConfig(w: Writer, v: m.PortConfig): void {
  if (v.name !== undefined && v.name !== '') w.text(10, v.name);
  if (v.protocol !== undefined && v.protocol !== 'tcp') w.word(16, PortProtocol, v.protocol);
  if (v.targetPort !== undefined && v.targetPort !== 0) w.uint32(24, v.targetPort);
  if (v.publishedPort !== undefined && v.publishedPort !== 0) w.uint32(32, v.publishedPort);
  if (v.publishMode !== undefined && v.publishMode !== 'ingress') w.word(40, PublishMode, v.publishMode);
}

function decodePortConfig(r: Reader, end: number): m.PortConfig {
  let name_: string = ''; let protocol_: m.PortProtocol = 'tcp'; let targetPort_: number = 0; let publishedPort_: number = 0; let publishMode_: m.PublishMode = 'ingress';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: name_ = r.text(); break;
      case 16: protocol_ = r.word(PortProtocol); break;
      case 24: targetPort_ = r.uint32(); break;
      case 32: publishedPort_ = r.uint32(); break;
      case 40: publishMode_ = r.word(PublishMode); break;
      default: r.skip(tag, 'PortConfig');
    }
  }
  r.ended(end);
  return Object.freeze({ name: name_, protocol: protocol_, targetPort: targetPort_, publishedPort: publishedPort_, publishMode: publishMode_ });
}

function encodeEndpointSpec(w: Writer, v: m.EndpointSpec): void {
  if (v.mode !== undefined && v.mode !== 'vip') w.word(8, EndpointMode, v.mode);
  if (v.ports !== undefined) for (const item of v.ports) { const at = w.open(18, 36); encodePortConfig(w, item); w.close(at, 36); }
}

function decodeEndpointSpec(r: Reader, end: number): m.EndpointSpec {
  let mode_: m.EndpointMode = 'vip'; let ports_: m.PortConfig[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: mode_ = r.word(EndpointMode); break;
      case 18: (ports_ = r.list(ports_, 10000, 'ports')).push(decodePortConfig(r, r.part())); break;
      default: r.skip(tag, 'EndpointSpec');
    }
  }
  r.ended(end);
  return Object.freeze({ mode: mode_, ports: ports_ ? frozenList(ports_) : noItems });
}

function encodeVirtualIp(w: Writer, v: m.VirtualIp): void {
  if (v.networkId !== undefined && v.networkId !== '') w.text(10, v.networkId);
  if (v.addr !== undefined && v.addr !== '') w.text(18, v.addr);
}

function decodeVirtualIp(r: Reader, end: number): m.VirtualIp {
  let networkId_: string = ''; let addr_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: networkId_ = r.text(); break;
      case 18: addr_ = r.text(); break;
      default: r.skip(tag, 'VirtualIp');
    }
  }
  r.ended(end);
  return Object.freeze({ networkId: networkId_, addr: addr_ });
}

function encodeEndpoint(w: Writer, v: m.Endpoint): void {
  if (v.spec !== undefined) { const at = w.open(10, 37); encodeEndpointSpec(w, v.spec); w.close(at, 37); }
  if (v.ports !== undefined) for (const item of v.ports) { const at = w.open(18, 38); encodePortConfig(w, item); w.close(at, 38); }
  if (v.virtualIps !== undefined) for (const item of v.virtualIps) { const at = w.open(26, 39); encodeVirtualIp(w, item); w.close(at, 39); }
}

const EndpointObject = plain<m.Endpoint>(function (this: Open, spec_: unknown, ports_: unknown, virtualIps_: unknown) {
  if (spec_ !== undefined) this.spec = spec_; this.ports = ports_; this.virtualIps = virtualIps_;
});

function decodeEndpoint(r: Reader, end: number): m.Endpoint {
  let spec_: m.EndpointSpec | undefined; let ports_: m.PortConfig[] | undefined; let virtualIps_: m.VirtualIp[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: spec_ = decodeEndpointSpec(r, r.part()); break;
      case 18: (ports_ = r.list(ports_, 10000, 'ports')).push(decodePortConfig(r, r.part())); break;
      case 26: (virtualIps_ = r.list(virtualIps_, 10000, 'virtualIps')).push(decodeVirtualIp(r, r.part())); break;
      default: r.skip(tag, 'Endpoint');
    }
  }
  r.ended(end);
  return Object.freeze(new EndpointObject(spec_, ports_ ? frozenList(ports_) : noItems, virtualIps_ ? frozenList(virtualIps_) : noItems));
}

function encodeNetworkAttachment(w: Writer, v: m.NetworkAttachment): void {
  if (v.target !== undefined && v.target !== '') w.text(10, v.target);
  if (v.aliases !== undefined) for (const item of v.aliases) w.text(18, item);
}

function decodeNetworkAttachment(r: Reader, end: number): m.NetworkAttachment {
  let target_: string = ''; let aliases_: string[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: target_ = r.text(); break;
      case 18: (aliases_ = r.list(aliases_, 10000, 'aliases')).push(r.text()); break;
      default: r.skip(tag, 'NetworkAttachment');
    }
  }
  r.ended(end);
  return Object.freeze({ target: target_, aliases: aliases_ ? frozenList(aliases_) : noItems });
}

function encodeIpamConfig(w: Writer, v: m.IpamConfig): void {
  if (v.family !== undefined && v.family !== 'unknown') w.word(8, IpFamily, v.family);
  if (v.subnet !== undefined && v.subnet !== '') w.text(18, v.subnet);
  if (v.range !== undefined && v.range !== '') w.text(26, v.range);
  if (v.gateway !== undefined && v.gateway !== '') w.text(34, v.gateway);
  if (v.reserved !== undefined) w.map(42, v.reserved);
}

function decodeIpamConfig(r: Reader, end: number): m.IpamConfig {
  let family_: m.IpFamily = 'unknown'; let subnet_: string = ''; let range_: string = ''; let gateway_: string = ''; let reserved_: Record<string, string> | undefined, reserved_count = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: family_ = r.word(IpFamily); break;
      case 18: subnet_ = r.text(); break;
      case 26: range_ = r.text(); break;
      case 34: gateway_ = r.text(); break;
      case 42: reserved_ = r.entry(reserved_, reserved_count++, 10000, 'reserved'); break;
      default: r.skip(tag, 'IpamConfig');
    }
  }
  r.ended(end);
  return Object.freeze({ family: family_, subnet: subnet_, range: range_, gateway: gateway_, reserved: reserved_ ? Object.freeze(reserved_) : noEntries });
}

function encodeIpam(w: Writer, v: m.Ipam): void {
  if (v.driver !== undefined) { const at = w.open(10, 40); encodeDriver(w, v.driver); w.close(at, 40); }
  if (v.configs !== undefined) for (const item of v.configs) { const at = w.open(18, 41); encodeIpamConfig(w, item); w.close(at, 41); }
}

const IpamObject = plain<m.Ipam>(function (this: Open, driver_: unknown, configs_: unknown) {
  if (driver_ !== undefined) this.driver = driver_; this.configs = configs_;
});

function decodeIpam(r: Reader, end: number): m.Ipam {
  let driver_: m.Driver | undefined; let configs_: m.IpamConfig[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: driver_ = decodeDriver(r, r.part()); break;
      case 18: (configs_ = r.list(configs_, 10000, 'configs')).push(decodeIpamConfig(r, r.part())); break;
      default: r.skip(tag, 'Ipam');
    }
  }
  r.ended(end);
  return Object.freeze(new IpamObject(driver_, configs_ ? frozenList(configs_) : noItems));
}

function encodeBindOptions(w: Writer, v: m.BindOptions): void {
  if (v.propagation !== undefined && v.propagation !== '') w.text(10, v.propagation);
}

function decodeBindOptions(r: Reader, end: number): m.BindOptions {
  let propagation_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: propagation_ = r.text(); break;
      default: r.skip(tag, 'BindOptions');
    }
  }
  r.ended(end);
  return Object.freeze({ propagation: propagation_ });
}

function encodeVolumeOptions(w: Writer, v: m.VolumeOptions): void {
  if (v.noCopy !== undefined && v.noCopy !== false) w.bool(8, v.noCopy);
  if (v.labels !== undefined) w.map(18, v.labels);
  if (v.driver !== undefined) { const at = w.open(26, 42); encodeDriver(w, v.driver); w.close(at, 42); }
  if (v.subpath !== undefined && v.subpath !== '') w.text(34, v.subpath);
}

const VolumeOptionsObject = plain<m.VolumeOptions>(function (this: Open, noCopy_: unknown, labels_: unknown, driver_: unknown, subpath_: unknown) {
  this.noCopy = noCopy_; this.labels = labels_; if (driver_ !== undefined) this.driver = driver_; this.subpath = subpath_;
});

function decodeVolumeOptions(r: Reader, end: number): m.VolumeOptions {
  let noCopy_: boolean = false; let labels_: Record<string, string> | undefined, labels_count = 0; let driver_: m.Driver | undefined; let subpath_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: noCopy_ = r.bool(); break;
      case 18: labels_ = r.entry(labels_, labels_count++, 10000, 'labels'); break;
      case 26: driver_ = decodeDriver(r, r.part()); break;
      case 34: subpath_ = r.text(); break;
      default: r.skip(tag, 'VolumeOptions');
    }
  }
  r.ended(end);
  return Object.freeze(new VolumeOptionsObject(noCopy_, labels_ ? Object.freeze(labels_) : noEntries, driver_, subpath_));
}

function encodeTmpfsOptions(w: Writer, v: m.TmpfsOptions): void {
  if (v.sizeBytes !== undefined && v.sizeBytes !== 0) w.int64(8, v.sizeBytes);
  if (v.mode !== undefined && v.mode !== 0) w.uint32(16, v.mode);
}

function decodeTmpfsOptions(r: Reader, end: number): m.TmpfsOptions {
  let sizeBytes_: number = 0; let mode_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: sizeBytes_ = r.int64(); break;
      case 16: mode_ = r.uint32(); break;
      default: r.skip(tag, 'TmpfsOptions');
    }
  }
  r.ended(end);
  return Object.freeze({ sizeBytes: sizeBytes_, mode: mode_ });
}

function encodeMount(w: Writer, v: m.Mount): void {
  if (v.type !== undefined && v.type !== 'bind') w.word(8, MountType, v.type);
  if (v.source !== undefined && v.source !== '') w.text(18, v.source);
  if (v.target !== undefined && v.target !== '') w.text(26, v.target);
  if (v.readOnly !== undefined && v.readOnly !== false) w.bool(32, v.readOnly);
  if (v.bind !== undefined) { const at = w.open(42, 43); encodeBindOptions(w, v.bind); w.close(at, 43); }
  if (v.volume !== undefined) { const at = w.open(50, 44); encodeVolumeOptions(w, v.volume); w.close(at, 44); }
  if (v.tmpfs !== undefined) { const at = w.open(58, 45); encodeTmpfsOptions(w, v.tmpfs); w.close(at, 45); }
}

const MountObject = plain<m.Mount>(function (this: Open, type_: unknown, source_: unknown, target_: unknown, readOnly_: unknown, bind_: unknown, volume_: unknown, tmpfs_: unknown) {
  this.type = type_; this.source = source_; this.target = target_; this.readOnly = readOnly_; if (bind_ !== undefined) this.bind = bind_; if (volume_ !== undefined) this.volume = volume_; if (tmpfs_ !== undefined) this.tmpfs = tmpfs_;
});

function decodeMount(r: Reader, end: number): m.Mount {
  let type_: m.MountType = 'bind'; let source_: string = ''; let target_: string = ''; let readOnly_: boolean = false; let bind_: m.BindOptions | undefined; let volume_: m.VolumeOptions | undefined; let tmpfs_: m.TmpfsOptions | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: type_ = r.word(MountType); break;
      case 18: source_ = r.text(); break;
      case 26: target_ = r.text(); break;
      case 32: readOnly_ = r.bool(); break;
      case 42: bind_ = decodeBindOptions(r, r.part()); break;
      case 50: volume_ = decodeVolumeOptions(r, r.part()); break;
      case 58: tmpfs_ = decodeTmpfsOptions(r, r.part()); break;
      default: r.skip(tag, 'Mount');
    }
  }
  r.ended(end);
  return Object.freeze(new MountObject(type_, source_, target_, readOnly_, bind_, volume_, tmpfs_));
}

function encodeHealthcheck(w: Writer, v: m.Healthcheck): void {
  if (v.test !== undefined) for (const item of v.test) w.text(10, item);
  if (v.intervalMs !== undefined) w.int64(16, v.intervalMs);
  if (v.timeoutMs !== undefined) w.int64(24, v.timeoutMs);
  if (v.retries !== undefined) w.uint32(32, v.retries);
  if (v.startPeriodMs !== undefined) w.int64(40, v.startPeriodMs);
  if (v.startIntervalMs !== undefined) w.int64(48, v.startIntervalMs);
}

const HealthcheckObject = plain<m.Healthcheck>(function (this: Open, test_: unknown, intervalMs_: unknown, timeoutMs_: unknown, retries_: unknown, startPeriodMs_: unknown, startIntervalMs_: unknown) {
  this.test = test_; if (intervalMs_ !== undefined) this.intervalMs = intervalMs_; if (timeoutMs_ !== undefined) this.timeoutMs = timeoutMs_; if (retries_ !== undefined) this.retries = retries_; if (startPeriodMs_ !== undefined) this.startPeriodMs = startPeriodMs_; if (startIntervalMs_ !== undefined) this.startIntervalMs = startIntervalMs_;
});

function decodeHealthcheck(r: Reader, end: number): m.Healthcheck {
  let test_: string[] | undefined;   let intervalMs_: number | undefined;   let timeoutMs_: number | undefined;   let retries_: number | undefined;   let startPeriodMs_: number | undefined;   let startIntervalMs_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (test_ = r.list(test_, 10000, 'test')).push(r.text()); break;
      case 16: intervalMs_ = r.uint64(); break;
      case 24: timeoutMs_ = r.uint64(); break;
      case 32: retries_ = r.uint32(); break;
      case 40: startPeriodMs_ = r.uint64(); break;
      case 48: startIntervalMs_ = r.uint64(); break;
      default: r.skip(tag, 'Healthcheck');
    }
  }
  r.ended(end);
  return Object.freeze(new HealthcheckObject(test_ ? frozenList(test_) : noItems, intervalMs_, timeoutMs_, retries_, startPeriodMs_, startIntervalMs_));
}

function encodeDnsConfig(w: Writer, v: m.DnsConfig): void {
  if (v.nameservers !== undefined) for (const item of v.nameservers) w.text(10, item);
  if (v.search !== undefined) for (const item of v.search) w.text(18, item);
  if (v.options !== undefined) for (const item of v.options) w.text(26, item);
}

function decodeDnsConfig(r: Reader, end: number): m.DnsConfig {
  let nameservers_: string[] | undefined; let search_: string[] | undefined; let options_: string[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (nameservers_ = r.list(nameservers_, 10000, 'nameservers')).push(r.text()); break;
      case 18: (search_ = r.list(search_, 10000, 'search')).push(r.text()); break;
      case 26: (options_ = r.list(options_, 10000, 'options')).push(r.text()); break;
      default: r.skip(tag, 'DnsConfig');
    }
  }
  r.ended(end);
  return Object.freeze({ nameservers: nameservers_ ? frozenList(nameservers_) : noItems, search: search_ ? frozenList(search_) : noItems, options: options_ ? frozenList(options_) : noItems });
}

function encodeFileTarget(w: Writer, v: m.FileTarget): void {
  if (v.name !== undefined && v.name !== '') w.text(10, v.name);
  if (v.uid !== undefined && v.uid !== '') w.text(18, v.uid);
  if (v.gid !== undefined && v.gid !== '') w.text(26, v.gid);
  if (v.mode !== undefined) w.uint32(32, v.mode);
}

const FileTargetObject = plain<m.FileTarget>(function (this: Open, name_: unknown, uid_: unknown, gid_: unknown, mode_: unknown) {
  this.name = name_; this.uid = uid_; this.gid = gid_; if (mode_ !== undefined) this.mode = mode_;
});

function decodeFileTarget(r: Reader, end: number): m.FileTarget {
  let name_: string = ''; let uid_: string = ''; let gid_: string = '';   let mode_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: name_ = r.text(); break;
      case 18: uid_ = r.text(); break;
      case 26: gid_ = r.text(); break;
      case 32: mode_ = r.uint32(); break;
      default: r.skip(tag, 'FileTarget');
    }
  }
  r.ended(end);
  return Object.freeze(new FileTargetObject(name_, uid_, gid_, mode_));
}

function encodeSecretReference(w: Writer, v: m.SecretReference): void {
  if (v.secretId !== undefined && v.secretId !== '') w.text(10, v.secretId);
  if (v.secretName !== undefined && v.secretName !== '') w.text(18, v.secretName);
  if (v.file !== undefined) { const at = w.open(26, 46); encodeFileTarget(w, v.file); w.close(at, 46); }
}

const SecretReferenceObject = plain<m.SecretReference>(function (this: Open, secretId_: unknown, secretName_: unknown, file_: unknown) {
  this.secretId = secretId_; this.secretName = secretName_; if (file_ !== undefined) this.file = file_;
});

function decodeSecretReference(r: Reader, end: number): m.SecretReference {
  let secretId_: string = ''; let secretName_: string = ''; let file_: m.FileTarget | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: secretId_ = r.text(); break;
      case 18: secretName_ = r.text(); break;
      case 26: file_ = decodeFileTarget(r, r.part()); break;
      default: r.skip(tag, 'SecretReference');
    }
  }
  r.ended(end);
  return Object.freeze(new SecretReferenceObject(secretId_, secretName_, file_));
}

function encodeConfigReference(w: Writer, v: m.ConfigReference): void {
  if (v.configId !== undefined && v.configId !== '') w.text(10, v.configId);
  if (v.configName !== undefined && v.configName !== '') w.text(18, v.configName);
  if (v.file !== undefined) { const at = w.open(26, 47); encodeFileTarget(w, v.file); w.close(at, 47); }
  if (v.runtime !== undefined && v.runtime !== false) w.bool(32, v.runtime);
}

const ConfigReferenceObject = plain<m.ConfigReference>(function (this: Open, configId_: unknown, configName_: unknown, file_: unknown, runtime_: unknown) {
  this.configId = configId_; this.configName = configName_; if (file_ !== undefined) this.file = file_; this.runtime = runtime_;
});

function decodeConfigReference(r: Reader, end: number): m.ConfigReference {
  let configId_: string = ''; let configName_: string = ''; let file_: m.FileTarget | undefined; let runtime_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: configId_ = r.text(); break;
      case 18: configName_ = r.text(); break;
      case 26: file_ = decodeFileTarget(r, r.part()); break;
      case 32: runtime_ = r.bool(); break;
      default: r.skip(tag, 'ConfigReference');
    }
  }
  r.ended(end);
  return Object.freeze(new ConfigReferenceObject(configId_, configName_, file_, runtime_));
}

function encodeUlimit(w: Writer, v: m.Ulimit): void {
  if (v.name !== undefined && v.name !== '') w.text(10, v.name);
  if (v.soft !== undefined && v.soft !== 0) w.int64(16, v.soft);
  if (v.hard !== undefined && v.hard !== 0) w.int64(24, v.hard);
}

function decodeUlimit(r: Reader, end: number): m.Ulimit {
  let name_: string = ''; let soft_: number = 0; let hard_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: name_ = r.text(); break;
      case 16: soft_ = r.int64(); break;
      case 24: hard_ = r.int64(); break;
      default: r.skip(tag, 'Ulimit');
    }
  }
  r.ended(end);
  return Object.freeze({ name: name_, soft: soft_, hard: hard_ });
}

function encodeCredentialSpec(w: Writer, v: m.CredentialSpec): void {
  if (v.config !== undefined && v.config !== '') w.text(10, v.config);
  if (v.file !== undefined && v.file !== '') w.text(18, v.file);
  if (v.registry !== undefined && v.registry !== '') w.text(26, v.registry);
}

function decodeCredentialSpec(r: Reader, end: number): m.CredentialSpec {
  let config_: string = ''; let file_: string = ''; let registry_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: config_ = r.text(); break;
      case 18: file_ = r.text(); break;
      case 26: registry_ = r.text(); break;
      default: r.skip(tag, 'CredentialSpec');
    }
  }
  r.ended(end);
  return Object.freeze({ config: config_, file: file_, registry: registry_ });
}

function encodeSeccomp(w: Writer, v: m.Seccomp): void {
  if (v.mode !== undefined && v.mode !== 'default') w.word(8, SeccompMode, v.mode);
  if (v.profile !== undefined && v.profile !== '') w.text(18, v.profile);
}

function decodeSeccomp(r: Reader, end: number): m.Seccomp {
  let mode_: m.SeccompMode = 'default'; let profile_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: mode_ = r.word(SeccompMode); break;
      case 18: profile_ = r.text(); break;
      default: r.skip(tag, 'Seccomp');
    }
  }
  r.ended(end);
  return Object.freeze({ mode: mode_, profile: profile_ });
}

function encodePrivileges(w: Writer, v: m.Privileges): void {
  if (v.credentialSpec !== undefined) { const at = w.open(10, 48); encodeCredentialSpec(w, v.credentialSpec); w.close(at, 48); }
  if (v.seccomp !== undefined) { const at = w.open(18, 49); encodeSeccomp(w, v.seccomp); w.close(at, 49); }
  if (v.appArmor !== undefined && v.appArmor !== 'default') w.word(24, AppArmor, v.appArmor);
  if (v.noNewPrivileges !== undefined && v.noNewPrivileges !== false) w.bool(32, v.noNewPrivileges);
}

const PrivilegesObject = plain<m.Privileges>(function (this: Open, credentialSpec_: unknown, seccomp_: unknown, appArmor_: unknown, noNewPrivileges_: unknown) {
  if (credentialSpec_ !== undefined) this.credentialSpec = credentialSpec_; if (seccomp_ !== undefined) this.seccomp = seccomp_; this.appArmor = appArmor_; this.noNewPrivileges = noNewPrivileges_;
});

function decodePrivileges(r: Reader, end: number): m.Privileges {
  let credentialSpec_: m.CredentialSpec | undefined; let seccomp_: m.Seccomp | undefined; let appArmor_: m.AppArmor = 'default'; let noNewPrivileges_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: credentialSpec_ = decodeCredentialSpec(r, r.part()); break;
      case 18: seccomp_ = decodeSeccomp(r, r.part()); break;
      case 24: appArmor_ = r.word(AppArmor); break;
      case 32: noNewPrivileges_ = r.bool(); break;
      default: r.skip(tag, 'Privileges');
    }
  }
  r.ended(end);
  return Object.freeze(new PrivilegesObject(credentialSpec_, seccomp_, appArmor_, noNewPrivileges_));
}

function encodeContainerSpec(w: Writer, v: m.ContainerSpec): void {
  if (v.image !== undefined && v.image !== '') w.text(10, v.image);
  if (v.command !== undefined) for (const item of v.command) w.text(18, item);
  if (v.args !== undefined) for (const item of v.args) w.text(26, item);
  if (v.env !== undefined) for (const item of v.env) w.text(34, item);
  if (v.labels !== undefined) w.map(42, v.labels);
  if (v.mounts !== undefined) for (const item of v.mounts) { const at = w.open(50, 50); encodeMount(w, item); w.close(at, 50); }
  if (v.healthcheck !== undefined) { const at = w.open(58, 51); encodeHealthcheck(w, v.healthcheck); w.close(at, 51); }
  if (v.hostname !== undefined) w.text(66, v.hostname);
  if (v.dir !== undefined) w.text(74, v.dir);
  if (v.user !== undefined) w.text(82, v.user);
  if (v.groups !== undefined) for (const item of v.groups) w.text(90, item);
  if (v.tty !== undefined && v.tty !== false) w.bool(96, v.tty);
  if (v.openStdin !== undefined && v.openStdin !== false) w.bool(104, v.openStdin);
  if (v.readOnly !== undefined && v.readOnly !== false) w.bool(112, v.readOnly);
  if (v.init !== undefined) w.bool(120, v.init);
  if (v.stopSignal !== undefined) w.text(130, v.stopSignal);
  if (v.stopGracePeriodMs !== undefined) w.int64(136, v.stopGracePeriodMs);
  if (v.hosts !== undefined) for (const item of v.hosts) w.text(146, item);
  if (v.dns !== undefined) { const at = w.open(154, 52); encodeDnsConfig(w, v.dns); w.close(at, 52); }
  if (v.capabilityAdd !== undefined) for (const item of v.capabilityAdd) w.text(162, item);
  if (v.capabilityDrop !== undefined) for (const item of v.capabilityDrop) w.text(170, item);
  if (v.sysctls !== undefined) w.map(178, v.sysctls);
  if (v.secrets !== undefined) for (const item of v.secrets) { const at = w.open(186, 53); encodeSecretReference(w, item); w.close(at, 53); }
  if (v.configs !== undefined) for (const item of v.configs) { const at = w.open(194, 54); encodeConfigReference(w, item); w.close(at, 54); }
  if (v.ulimits !== undefined) for (const item of v.ulimits) { const at = w.open(202, 55); encodeUlimit(w, item); w.close(at, 55); }
  if (v.privileges !== undefined) { const at = w.open(210, 56); encodePrivileges(w, v.privileges); w.close(at, 56); }
  if (v.isolation !== undefined && v.isolation !== 'default') w.word(216, Isolation, v.isolation);
  if (v.oomScoreAdj !== undefined && v.oomScoreAdj !== 0) w.int64(224, v.oomScoreAdj);
  if (v.registryAuth !== undefined && v.registryAuth !== '') w.text(234, v.registryAuth);
}

const ContainerSpecObject = plain<m.ContainerSpec>(function (this: Open, image_: unknown, command_: unknown, args_: unknown, env_: unknown, labels_: unknown, mounts_: unknown, healthcheck_: unknown, hostname_: unknown, dir_: unknown, user_: unknown, groups_: unknown, tty_: unknown, openStdin_: unknown, readOnly_: unknown, init_: unknown, stopSignal_: unknown, stopGracePeriodMs_: unknown, hosts_: unknown, dns_: unknown, capabilityAdd_: unknown, capabilityDrop_: unknown, sysctls_: unknown, secrets_: unknown, configs_: unknown, ulimits_: unknown, privileges_: unknown, isolation_: unknown, oomScoreAdj_: unknown, registryAuth_: unknown) {
  this.image = image_; this.command = command_; this.args = args_; this.env = env_; this.labels = labels_; this.mounts = mounts_; if (healthcheck_ !== undefined) this.healthcheck = healthcheck_; if (hostname_ !== undefined) this.hostname = hostname_; if (dir_ !== undefined) this.dir = dir_; if (user_ !== undefined) this.user = user_; this.groups = groups_; this.tty = tty_; this.openStdin = openStdin_; this.readOnly = readOnly_; if (init_ !== undefined) this.init = init_; if (stopSignal_ !== undefined) this.stopSignal = stopSignal_; if (stopGracePeriodMs_ !== undefined) this.stopGracePeriodMs = stopGracePeriodMs_; this.hosts = hosts_; if (dns_ !== undefined) this.dns = dns_; this.capabilityAdd = capabilityAdd_; this.capabilityDrop = capabilityDrop_; this.sysctls = sysctls_; this.secrets = secrets_; this.configs = configs_; this.ulimits = ulimits_; if (privileges_ !== undefined) this.privileges = privileges_; this.isolation = isolation_; this.oomScoreAdj = oomScoreAdj_; this.registryAuth = registryAuth_;
});

function decodeContainerSpec(r: Reader, end: number): m.ContainerSpec {
  let image_: string = ''; let command_: string[] | undefined; let args_: string[] | undefined; let env_: string[] | undefined; let labels_: Record<string, string> | undefined, labels_count = 0; let mounts_: m.Mount[] | undefined; let healthcheck_: m.Healthcheck | undefined;   let hostname_: string | undefined;   let dir_: string | undefined;   let user_: string | undefined; let groups_: string[] | undefined; let tty_: boolean = false; let openStdin_: boolean = false; let readOnly_: boolean = false;   let init_: boolean | undefined;   let stopSignal_: string | undefined;   let stopGracePeriodMs_: number | undefined; let hosts_: string[] | undefined; let dns_: m.DnsConfig | undefined; let capabilityAdd_: string[] | undefined; let capabilityDrop_: string[] | undefined; let sysctls_: Record<string, string> | undefined, sysctls_count = 0; let secrets_: m.SecretReference[] | undefined; let configs_: m.ConfigReference[] | undefined; let ulimits_: m.Ulimit[] | undefined; let privileges_: m.Privileges | undefined; let isolation_: m.Isolation = 'default'; let oomScoreAdj_: number = 0; let registryAuth_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: image_ = r.text(); break;
      case 18: (command_ = r.list(command_, 10000, 'command')).push(r.text()); break;
      case 26: (args_ = r.list(args_, 10000, 'args')).push(r.text()); break;
      case 34: (env_ = r.list(env_, 10000, 'env')).push(r.text()); break;
      case 42: labels_ = r.entry(labels_, labels_count++, 10000, 'labels'); break;
      case 50: (mounts_ = r.list(mounts_, 10000, 'mounts')).push(decodeMount(r, r.part())); break;
      case 58: healthcheck_ = decodeHealthcheck(r, r.part()); break;
      case 66: hostname_ = r.text(); break;
      case 74: dir_ = r.text(); break;
      case 82: user_ = r.text(); break;
      case 90: (groups_ = r.list(groups_, 10000, 'groups')).push(r.text()); break;
      case 96: tty_ = r.bool(); break;
      case 104: openStdin_ = r.bool(); break;
      case 112: readOnly_ = r.bool(); break;
      case 120: init_ = r.bool(); break;
      case 130: stopSignal_ = r.text(); break;
      case 136: stopGracePeriodMs_ = r.uint64(); break;
      case 146: (hosts_ = r.list(hosts_, 10000, 'hosts')).push(r.text()); break;
      case 154: dns_ = decodeDnsConfig(r, r.part()); break;
      case 162: (capabilityAdd_ = r.list(capabilityAdd_, 10000, 'capabilityAdd')).push(r.text()); break;
      case 170: (capabilityDrop_ = r.list(capabilityDrop_, 10000, 'capabilityDrop')).push(r.text()); break;
      case 178: sysctls_ = r.entry(sysctls_, sysctls_count++, 10000, 'sysctls'); break;
      case 186: (secrets_ = r.list(secrets_, 10000, 'secrets')).push(decodeSecretReference(r, r.part())); break;
      case 194: (configs_ = r.list(configs_, 10000, 'configs')).push(decodeConfigReference(r, r.part())); break;
      case 202: (ulimits_ = r.list(ulimits_, 10000, 'ulimits')).push(decodeUlimit(r, r.part())); break;
      case 210: privileges_ = decodePrivileges(r, r.part()); break;
      case 216: isolation_ = r.word(Isolation); break;
      case 224: oomScoreAdj_ = r.int64(); break;
      case 234: registryAuth_ = r.text(); break;
      default: r.skip(tag, 'ContainerSpec');
    }
  }
  r.ended(end);
  return Object.freeze(new ContainerSpecObject(image_, command_ ? frozenList(command_) : noItems, args_ ? frozenList(args_) : noItems, env_ ? frozenList(env_) : noItems, labels_ ? Object.freeze(labels_) : noEntries, mounts_ ? frozenList(mounts_) : noItems, healthcheck_, hostname_, dir_, user_, groups_ ? frozenList(groups_) : noItems, tty_, openStdin_, readOnly_, init_, stopSignal_, stopGracePeriodMs_, hosts_ ? frozenList(hosts_) : noItems, dns_, capabilityAdd_ ? frozenList(capabilityAdd_) : noItems, capabilityDrop_ ? frozenList(capabilityDrop_) : noItems, sysctls_ ? Object.freeze(sysctls_) : noEntries, secrets_ ? frozenList(secrets_) : noItems, configs_ ? frozenList(configs_) : noItems, ulimits_ ? frozenList(ulimits_) : noItems, privileges_, isolation_, oomScoreAdj_, registryAuth_));
}

function encodeResourceRequirements(w: Writer, v: m.ResourceRequirements): void {
  if (v.limits !== undefined) { const at = w.open(10, 57); encodeResources(w, v.limits); w.close(at, 57); }
  if (v.reservations !== undefined) { const at = w.open(18, 58); encodeResources(w, v.reservations); w.close(at, 58); }
}

const ResourceRequirementsObject = plain<m.ResourceRequirements>(function (this: Open, limits_: unknown, reservations_: unknown) {
  if (limits_ !== undefined) this.limits = limits_; if (reservations_ !== undefined) this.reservations = reservations_;
});

function decodeResourceRequirements(r: Reader, end: number): m.ResourceRequirements {
  let limits_: m.Resources | undefined; let reservations_: m.Resources | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: limits_ = decodeResources(r, r.part()); break;
      case 18: reservations_ = decodeResources(r, r.part()); break;
      default: r.skip(tag, 'ResourceRequirements');
    }
  }
  r.ended(end);
  return Object.freeze(new ResourceRequirementsObject(limits_, reservations_));
}

function encodeRestartPolicy(w: Writer, v: m.RestartPolicy): void {
  if (v.condition !== undefined) w.word(8, RestartCondition, v.condition);
  if (v.delayMs !== undefined) w.int64(16, v.delayMs);
  if (v.maxAttempts !== undefined && v.maxAttempts !== 0) w.uint32(24, v.maxAttempts);
  if (v.windowMs !== undefined && v.windowMs !== 0) w.int64(32, v.windowMs);
}

const RestartPolicyObject = plain<m.RestartPolicy>(function (this: Open, condition_: unknown, delayMs_: unknown, maxAttempts_: unknown, windowMs_: unknown) {
  if (condition_ !== undefined) this.condition = condition_; if (delayMs_ !== undefined) this.delayMs = delayMs_; this.maxAttempts = maxAttempts_; this.windowMs = windowMs_;
});

function decodeRestartPolicy(r: Reader, end: number): m.RestartPolicy {
    let condition_: m.RestartCondition | undefined;   let delayMs_: number | undefined; let maxAttempts_: number = 0; let windowMs_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: condition_ = r.word(RestartCondition); break;
      case 16: delayMs_ = r.uint64(); break;
      case 24: maxAttempts_ = r.uint32(); break;
      case 32: windowMs_ = r.uint64(); break;
      default: r.skip(tag, 'RestartPolicy');
    }
  }
  r.ended(end);
  return Object.freeze(new RestartPolicyObject(condition_, delayMs_, maxAttempts_, windowMs_));
}

function encodePlacementPreference(w: Writer, v: m.PlacementPreference): void {
  if (v.spread !== undefined && v.spread !== '') w.text(10, v.spread);
}

function decodePlacementPreference(r: Reader, end: number): m.PlacementPreference {
  let spread_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: spread_ = r.text(); break;
      default: r.skip(tag, 'PlacementPreference');
    }
  }
  r.ended(end);
  return Object.freeze({ spread: spread_ });
}

function encodePlatform(w: Writer, v: m.Platform): void {
  if (v.architecture !== undefined && v.architecture !== '') w.text(10, v.architecture);
  if (v.os !== undefined && v.os !== '') w.text(18, v.os);
}

function decodePlatform(r: Reader, end: number): m.Platform {
  let architecture_: string = ''; let os_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: architecture_ = r.text(); break;
      case 18: os_ = r.text(); break;
      default: r.skip(tag, 'Platform');
    }
  }
  r.ended(end);
  return Object.freeze({ architecture: architecture_, os: os_ });
}

function encodePlacement(w: Writer, v: m.Placement): void {
  if (v.constraints !== undefined) for (const item of v.constraints) w.text(10, item);
  if (v.preferences !== undefined) for (const item of v.preferences) { const at = w.open(18, 59); encodePlacementPreference(w, item); w.close(at, 59); }
  if (v.maxReplicas !== undefined && v.maxReplicas !== 0) w.uint32(24, v.maxReplicas);
  if (v.platforms !== undefined) for (const item of v.platforms) { const at = w.open(34, 60); encodePlatform(w, item); w.close(at, 60); }
}

function decodePlacement(r: Reader, end: number): m.Placement {
  let constraints_: string[] | undefined; let preferences_: m.PlacementPreference[] | undefined; let maxReplicas_: number = 0; let platforms_: m.Platform[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (constraints_ = r.list(constraints_, 10000, 'constraints')).push(r.text()); break;
      case 18: (preferences_ = r.list(preferences_, 10000, 'preferences')).push(decodePlacementPreference(r, r.part())); break;
      case 24: maxReplicas_ = r.uint32(); break;
      case 34: (platforms_ = r.list(platforms_, 10000, 'platforms')).push(decodePlatform(r, r.part())); break;
      default: r.skip(tag, 'Placement');
    }
  }
  r.ended(end);
  return Object.freeze({ constraints: constraints_ ? frozenList(constraints_) : noItems, preferences: preferences_ ? frozenList(preferences_) : noItems, maxReplicas: maxReplicas_, platforms: platforms_ ? frozenList(platforms_) : noItems });
}

function encodeTaskSpec(w: Writer, v: m.TaskSpec): void {
  if (v.container !== undefined) { const at = w.open(10, 61); encodeContainerSpec(w, v.container); w.close(at, 61); }
  if (v.resources !== undefined) { const at = w.open(18, 62); encodeResourceRequirements(w, v.resources); w.close(at, 62); }
  if (v.restart !== undefined) { const at = w.open(26, 63); encodeRestartPolicy(w, v.restart); w.close(at, 63); }
  if (v.placement !== undefined) { const at = w.open(34, 64); encodePlacement(w, v.placement); w.close(at, 64); }
  if (v.networks !== undefined) for (const item of v.networks) { const at = w.open(42, 65); encodeNetworkAttachment(w, item); w.close(at, 65); }
  if (v.forceUpdate !== undefined && v.forceUpdate !== 0) w.int64(48, v.forceUpdate);
  if (v.logDriver !== undefined) { const at = w.open(58, 66); encodeDriver(w, v.logDriver); w.close(at, 66); }
}

const TaskSpecObject = plain<m.TaskSpec>(function (this: Open, container_: unknown, resources_: unknown, restart_: unknown, placement_: unknown, networks_: unknown, forceUpdate_: unknown, logDriver_: unknown) {
  if (container_ !== undefined) this.container = container_; if (resources_ !== undefined) this.resources = resources_; if (restart_ !== undefined) this.restart = restart_; if (placement_ !== undefined) this.placement = placement_; this.networks = networks_; this.forceUpdate = forceUpdate_; if (logDriver_ !== undefined) this.logDriver = logDriver_;
});

function decodeTaskSpec(r: Reader, end: number): m.TaskSpec {
  let container_: m.ContainerSpec | undefined; let resources_: m.ResourceRequirements | undefined; let restart_: m.RestartPolicy | undefined; let placement_: m.Placement | undefined; let networks_: m.NetworkAttachment[] | undefined; let forceUpdate_: number = 0; let logDriver_: m.Driver | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: container_ = decodeContainerSpec(r, r.part()); break;
      case 18: resources_ = decodeResourceRequirements(r, r.part()); break;
      case 26: restart_ = decodeRestartPolicy(r, r.part()); break;
      case 34: placement_ = decodePlacement(r, r.part()); break;
      case 42: (networks_ = r.list(networks_, 10000, 'networks')).push(decodeNetworkAttachment(r, r.part())); break;
      case 48: forceUpdate_ = r.uint64(); break;
      case 58: logDriver_ = decodeDriver(r, r.part()); break;
      default: r.skip(tag, 'TaskSpec');
    }
  }
  r.ended(end);
  return Object.freeze(new TaskSpecObject(container_, resources_, restart_, placement_, networks_ ? frozenList(networks_) : noItems, forceUpdate_, logDriver_));
}

function encodeUpdateConfig(w: Writer, v: m.UpdateConfig): void {
  if (v.parallelism !== undefined) w.uint32(8, v.parallelism);
  if (v.delayMs !== undefined && v.delayMs !== 0) w.int64(16, v.delayMs);
  if (v.failureAction !== undefined && v.failureAction !== 'pause') w.word(24, FailureAction, v.failureAction);
  if (v.monitorMs !== undefined) w.int64(32, v.monitorMs);
  if (v.maxFailureRatio !== undefined && v.maxFailureRatio !== 0) w.double(41, v.maxFailureRatio);
  if (v.order !== undefined && v.order !== 'stopFirst') w.word(48, UpdateOrder, v.order);
}

const UpdateConfigObject = plain<m.UpdateConfig>(function (this: Open, parallelism_: unknown, delayMs_: unknown, failureAction_: unknown, monitorMs_: unknown, maxFailureRatio_: unknown, order_: unknown) {
  if (parallelism_ !== undefined) this.parallelism = parallelism_; this.delayMs = delayMs_; this.failureAction = failureAction_; if (monitorMs_ !== undefined) this.monitorMs = monitorMs_; this.maxFailureRatio = maxFailureRatio_; this.order = order_;
});

function decodeUpdateConfig(r: Reader, end: number): m.UpdateConfig {
    let parallelism_: number | undefined; let delayMs_: number = 0; let failureAction_: m.FailureAction = 'pause';   let monitorMs_: number | undefined; let maxFailureRatio_: number = 0; let order_: m.UpdateOrder = 'stopFirst';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: parallelism_ = r.uint32(); break;
      case 16: delayMs_ = r.uint64(); break;
      case 24: failureAction_ = r.word(FailureAction); break;
      case 32: monitorMs_ = r.uint64(); break;
      case 41: maxFailureRatio_ = r.double(); break;
      case 48: order_ = r.word(UpdateOrder); break;
      default: r.skip(tag, 'UpdateConfig');
    }
  }
  r.ended(end);
  return Object.freeze(new UpdateConfigObject(parallelism_, delayMs_, failureAction_, monitorMs_, maxFailureRatio_, order_));
}

function encodeNodeSpec(w: Writer, v: m.NodeSpec): void {
  if (v.annotations !== undefined) { const at = w.open(10, 67); encodeAnnotations(w, v.annotations); w.close(at, 67); }
  if (v.desiredRole !== undefined && v.desiredRole !== 'worker') w.word(16, NodeRole, v.desiredRole);
  if (v.membership !== undefined) w.word(24, NodeMembership, v.membership);
  if (v.availability !== undefined && v.availability !== 'active') w.word(32, NodeAvailability, v.availability);
}

const NodeSpecObject = plain<m.NodeSpec>(function (this: Open, annotations_: unknown, desiredRole_: unknown, membership_: unknown, availability_: unknown) {
  this.annotations = annotations_; this.desiredRole = desiredRole_; if (membership_ !== undefined) this.membership = membership_; this.availability = availability_;
});

function decodeNodeSpec(r: Reader, end: number): m.NodeSpec {
  let annotations_: m.Annotations | undefined; let desiredRole_: m.NodeRole = 'worker';   let membership_: m.NodeMembership | undefined; let availability_: m.NodeAvailability = 'active';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); annotations_ = r.at === to ? absent(decodeAnnotations) : decodeAnnotations(r, to); } break;
      case 16: desiredRole_ = r.word(NodeRole); break;
      case 24: membership_ = r.word(NodeMembership); break;
      case 32: availability_ = r.word(NodeAvailability); break;
      default: r.skip(tag, 'NodeSpec');
    }
  }
  r.ended(end);
  return Object.freeze(new NodeSpecObject(annotations_ ?? absent(decodeAnnotations), desiredRole_, membership_, availability_));
}

function encodeEnginePlugin(w: Writer, v: m.EnginePlugin): void {
  if (v.type !== undefined && v.type !== '') w.text(10, v.type);
  if (v.name !== undefined && v.name !== '') w.text(18, v.name);
}

function decodeEnginePlugin(r: Reader, end: number): m.EnginePlugin {
  let type_: string = ''; let name_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: type_ = r.text(); break;
      case 18: name_ = r.text(); break;
      default: r.skip(tag, 'EnginePlugin');
    }
  }
  r.ended(end);
  return Object.freeze({ type: type_, name: name_ });
}

function encodeEngineDescription(w: Writer, v: m.EngineDescription): void {
  if (v.engineVersion !== undefined && v.engineVersion !== '') w.text(10, v.engineVersion);
  if (v.labels !== undefined) w.map(18, v.labels);
  if (v.plugins !== undefined) for (const item of v.plugins) { const at = w.open(26, 68); encodeEnginePlugin(w, item); w.close(at, 68); }
}

function decodeEngineDescription(r: Reader, end: number): m.EngineDescription {
  let engineVersion_: string = ''; let labels_: Record<string, string> | undefined, labels_count = 0; let plugins_: m.EnginePlugin[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: engineVersion_ = r.text(); break;
      case 18: labels_ = r.entry(labels_, labels_count++, 10000, 'labels'); break;
      case 26: (plugins_ = r.list(plugins_, 10000, 'plugins')).push(decodeEnginePlugin(r, r.part())); break;
      default: r.skip(tag, 'EngineDescription');
    }
  }
  r.ended(end);
  return Object.freeze({ engineVersion: engineVersion_, labels: labels_ ? Object.freeze(labels_) : noEntries, plugins: plugins_ ? frozenList(plugins_) : noItems });
}

function encodeNodeDescription(w: Writer, v: m.NodeDescription): void {
  if (v.hostname !== undefined && v.hostname !== '') w.text(10, v.hostname);
  if (v.platform !== undefined) { const at = w.open(18, 69); encodePlatform(w, v.platform); w.close(at, 69); }
  if (v.resources !== undefined) { const at = w.open(26, 70); encodeResources(w, v.resources); w.close(at, 70); }
  if (v.engine !== undefined) { const at = w.open(34, 71); encodeEngineDescription(w, v.engine); w.close(at, 71); }
}

const NodeDescriptionObject = plain<m.NodeDescription>(function (this: Open, hostname_: unknown, platform_: unknown, resources_: unknown, engine_: unknown) {
  this.hostname = hostname_; if (platform_ !== undefined) this.platform = platform_; if (resources_ !== undefined) this.resources = resources_; if (engine_ !== undefined) this.engine = engine_;
});

function decodeNodeDescription(r: Reader, end: number): m.NodeDescription {
  let hostname_: string = ''; let platform_: m.Platform | undefined; let resources_: m.Resources | undefined; let engine_: m.EngineDescription | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: hostname_ = r.text(); break;
      case 18: platform_ = decodePlatform(r, r.part()); break;
      case 26: resources_ = decodeResources(r, r.part()); break;
      case 34: { const to = r.part(); engine_ = r.at === to ? absent(decodeEngineDescription) : r.alike(to, decodeEngineDescription); } break;
      default: r.skip(tag, 'NodeDescription');
    }
  }
  r.ended(end);
  return Object.freeze(new NodeDescriptionObject(hostname_, platform_, resources_, engine_));
}

function encodeNodeStatus(w: Writer, v: m.NodeStatus): void {
  if (v.state !== undefined && v.state !== 'unknown') w.word(8, NodeState, v.state);
  if (v.message !== undefined && v.message !== '') w.text(18, v.message);
  if (v.addr !== undefined && v.addr !== '') w.text(26, v.addr);
  if (v.timestamp !== undefined && v.timestamp !== 0) w.int64(32, v.timestamp);
}

function decodeNodeStatus(r: Reader, end: number): m.NodeStatus {
  let state_: m.NodeState = 'unknown'; let message_: string = ''; let addr_: string = ''; let timestamp_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: state_ = r.word(NodeState); break;
      case 18: message_ = r.text(); break;
      case 26: addr_ = r.text(); break;
      case 32: timestamp_ = r.int64(); break;
      default: r.skip(tag, 'NodeStatus');
    }
  }
  r.ended(end);
  return Object.freeze({ state: state_, message: message_, addr: addr_, timestamp: timestamp_ });
}

function encodeManagerStatus(w: Writer, v: m.ManagerStatus): void {
  if (v.memberId !== undefined && v.memberId !== '') w.text(10, v.memberId);
  if (v.addr !== undefined && v.addr !== '') w.text(18, v.addr);
  if (v.leader !== undefined && v.leader !== false) w.bool(24, v.leader);
  if (v.reachability !== undefined && v.reachability !== 'unknown') w.word(32, Reachability, v.reachability);
}

function decodeManagerStatus(r: Reader, end: number): m.ManagerStatus {
  let memberId_: string = ''; let addr_: string = ''; let leader_: boolean = false; let reachability_: m.Reachability = 'unknown';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: memberId_ = r.text(); break;
      case 18: addr_ = r.text(); break;
      case 24: leader_ = r.bool(); break;
      case 32: reachability_ = r.word(Reachability); break;
      default: r.skip(tag, 'ManagerStatus');
    }
  }
  r.ended(end);
  return Object.freeze({ memberId: memberId_, addr: addr_, leader: leader_, reachability: reachability_ });
}

function encodeNodeEngine(w: Writer, v: m.NodeEngine): void {
  if (v.addr !== undefined && v.addr !== '') w.text(10, v.addr);
  if (v.apiVersion !== undefined && v.apiVersion !== '') w.text(18, v.apiVersion);
  if (v.swarmNode !== undefined && v.swarmNode !== '') w.text(26, v.swarmNode);
  if (v.swarmControl !== undefined && v.swarmControl !== false) w.bool(32, v.swarmControl);
}

function decodeNodeEngine(r: Reader, end: number): m.NodeEngine {
  let addr_: string = ''; let apiVersion_: string = ''; let swarmNode_: string = ''; let swarmControl_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: addr_ = r.text(); break;
      case 18: apiVersion_ = r.text(); break;
      case 26: swarmNode_ = r.text(); break;
      case 32: swarmControl_ = r.bool(); break;
      default: r.skip(tag, 'NodeEngine');
    }
  }
  r.ended(end);
  return Object.freeze({ addr: addr_, apiVersion: apiVersion_, swarmNode: swarmNode_, swarmControl: swarmControl_ });
}

function encodeNode(w: Writer, v: m.Node): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.meta !== undefined) { const at = w.open(18, 72); encodeMeta(w, v.meta); w.close(at, 72); }
  if (v.spec !== undefined) { const at = w.open(26, 73); encodeNodeSpec(w, v.spec); w.close(at, 73); }
  if (v.description !== undefined) { const at = w.open(34, 74); encodeNodeDescription(w, v.description); w.close(at, 74); }
  if (v.status !== undefined) { const at = w.open(42, 75); encodeNodeStatus(w, v.status); w.close(at, 75); }
  if (v.managerStatus !== undefined) { const at = w.open(50, 76); encodeManagerStatus(w, v.managerStatus); w.close(at, 76); }
  if (v.role !== undefined && v.role !== 'worker') w.word(56, NodeRole, v.role);
  if (v.engine !== undefined) { const at = w.open(66, 77); encodeNodeEngine(w, v.engine); w.close(at, 77); }
}

const NodeObject = plain<m.Node>(function (this: Open, id_: unknown, meta_: unknown, spec_: unknown, description_: unknown, status_: unknown, managerStatus_: unknown, role_: unknown, engine_: unknown) {
  this.id = id_; this.meta = meta_; this.spec = spec_; if (description_ !== undefined) this.description = description_; this.status = status_; if (managerStatus_ !== undefined) this.managerStatus = managerStatus_; this.role = role_; if (engine_ !== undefined) this.engine = engine_;
});

function decodeNode(r: Reader, end: number): m.Node {
  let id_: string = ''; let meta_: m.Meta | undefined; let spec_: m.NodeSpec | undefined; let description_: m.NodeDescription | undefined; let status_: m.NodeStatus | undefined; let managerStatus_: m.ManagerStatus | undefined; let role_: m.NodeRole = 'worker'; let engine_: m.NodeEngine | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 18: meta_ = decodeMeta(r, r.part()); break;
      case 26: { const to = r.part(); spec_ = r.at === to ? absent(decodeNodeSpec) : decodeNodeSpec(r, to); } break;
      case 34: description_ = decodeNodeDescription(r, r.part()); break;
      case 42: { const to = r.part(); status_ = r.at === to ? absent(decodeNodeStatus) : decodeNodeStatus(r, to); } break;
      case 50: managerStatus_ = decodeManagerStatus(r, r.part()); break;
      case 56: role_ = r.word(NodeRole); break;
      case 66: engine_ = decodeNodeEngine(r, r.part()); break;
      default: r.skip(tag, 'Node');
    }
  }
  r.ended(end);
  return Object.freeze(new NodeObject(id_, meta_ ?? absent(decodeMeta), spec_ ?? absent(decodeNodeSpec), description_, status_ ?? absent(decodeNodeStatus), managerStatus_, role_, engine_));
}

function encodeReplicatedMode(w: Writer, v: m.ReplicatedMode): void {
  if (v.replicas !== undefined) w.int64(8, v.replicas);
}

const ReplicatedModeObject = plain<m.ReplicatedMode>(function (this: Open, replicas_: unknown) {
  if (replicas_ !== undefined) this.replicas = replicas_;
});

function decodeReplicatedMode(r: Reader, end: number): m.ReplicatedMode {
    let replicas_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: replicas_ = r.uint64(); break;
      default: r.skip(tag, 'ReplicatedMode');
    }
  }
  r.ended(end);
  return Object.freeze(new ReplicatedModeObject(replicas_));
}

function encodeGlobalMode(w: Writer, v: m.GlobalMode): void {
}

function decodeGlobalMode(r: Reader, end: number): m.GlobalMode {
  
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      default: r.skip(tag, 'GlobalMode');
    }
  }
  r.ended(end);
  return Object.freeze({  });
}

function encodeReplicatedJobMode(w: Writer, v: m.ReplicatedJobMode): void {
  if (v.maxConcurrent !== undefined) w.int64(8, v.maxConcurrent);
  if (v.totalCompletions !== undefined) w.int64(16, v.totalCompletions);
}

const ReplicatedJobModeObject = plain<m.ReplicatedJobMode>(function (this: Open, maxConcurrent_: unknown, totalCompletions_: unknown) {
  if (maxConcurrent_ !== undefined) this.maxConcurrent = maxConcurrent_; if (totalCompletions_ !== undefined) this.totalCompletions = totalCompletions_;
});

function decodeReplicatedJobMode(r: Reader, end: number): m.ReplicatedJobMode {
    let maxConcurrent_: number | undefined;   let totalCompletions_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: maxConcurrent_ = r.uint64(); break;
      case 16: totalCompletions_ = r.uint64(); break;
      default: r.skip(tag, 'ReplicatedJobMode');
    }
  }
  r.ended(end);
  return Object.freeze(new ReplicatedJobModeObject(maxConcurrent_, totalCompletions_));
}

function encodeGlobalJobMode(w: Writer, v: m.GlobalJobMode): void {
}

function decodeGlobalJobMode(r: Reader, end: number): m.GlobalJobMode {
  
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      default: r.skip(tag, 'GlobalJobMode');
    }
  }
  r.ended(end);
  return Object.freeze({  });
}

function encodeServiceMode(w: Writer, v: Fields<m.ServiceMode>): void {
  if (v.replicated !== undefined) { const at = w.open(10, 78); encodeReplicatedMode(w, v.replicated); w.close(at, 78); }
  if (v.global !== undefined) { const at = w.open(18, 79); encodeGlobalMode(w, v.global); w.close(at, 79); }
  if (v.replicatedJob !== undefined) { const at = w.open(26, 80); encodeReplicatedJobMode(w, v.replicatedJob); w.close(at, 80); }
  if (v.globalJob !== undefined) { const at = w.open(34, 81); encodeGlobalJobMode(w, v.globalJob); w.close(at, 81); }
}

const ServiceModeObject = plain<m.ServiceMode>(function (this: Open, replicated_: unknown, global_: unknown, replicatedJob_: unknown, globalJob_: unknown) {
  if (replicated_ !== undefined) this.replicated = replicated_; if (global_ !== undefined) this.global = global_; if (replicatedJob_ !== undefined) this.replicatedJob = replicatedJob_; if (globalJob_ !== undefined) this.globalJob = globalJob_;
});

function decodeServiceMode(r: Reader, end: number): m.ServiceMode {
  let replicated_: m.ReplicatedMode | undefined; let global_: m.GlobalMode | undefined; let replicatedJob_: m.ReplicatedJobMode | undefined; let globalJob_: m.GlobalJobMode | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: replicated_ = decodeReplicatedMode(r, r.part()); break;
      case 18: global_ = decodeGlobalMode(r, r.part()); break;
      case 26: replicatedJob_ = decodeReplicatedJobMode(r, r.part()); break;
      case 34: globalJob_ = decodeGlobalJobMode(r, r.part()); break;
      default: r.skip(tag, 'ServiceMode');
    }
  }
  r.ended(end);
  return Object.freeze(new ServiceModeObject(replicated_, global_, replicatedJob_, globalJob_));
}

function encodeServiceSpec(w: Writer, v: m.ServiceSpec): void {
  if (v.annotations !== undefined) { const at = w.open(10, 82); encodeAnnotations(w, v.annotations); w.close(at, 82); }
  if (v.task !== undefined) { const at = w.open(18, 83); encodeTaskSpec(w, v.task); w.close(at, 83); }
  if (v.mode !== undefined) { const at = w.open(26, 84); encodeServiceMode(w, v.mode); w.close(at, 84); }
  if (v.update !== undefined) { const at = w.open(34, 85); encodeUpdateConfig(w, v.update); w.close(at, 85); }
  if (v.rollback !== undefined) { const at = w.open(42, 86); encodeUpdateConfig(w, v.rollback); w.close(at, 86); }
  if (v.networks !== undefined) for (const item of v.networks) { const at = w.open(50, 87); encodeNetworkAttachment(w, item); w.close(at, 87); }
  if (v.endpoint !== undefined) { const at = w.open(58, 88); encodeEndpointSpec(w, v.endpoint); w.close(at, 88); }
}

const ServiceSpecObject = plain<m.ServiceSpec>(function (this: Open, annotations_: unknown, task_: unknown, mode_: unknown, update_: unknown, rollback_: unknown, networks_: unknown, endpoint_: unknown) {
  this.annotations = annotations_; this.task = task_; if (mode_ !== undefined) this.mode = mode_; if (update_ !== undefined) this.update = update_; if (rollback_ !== undefined) this.rollback = rollback_; this.networks = networks_; if (endpoint_ !== undefined) this.endpoint = endpoint_;
});

function decodeServiceSpec(r: Reader, end: number): m.ServiceSpec {
  let annotations_: m.Annotations | undefined; let task_: m.TaskSpec | undefined; let mode_: m.ServiceMode | undefined; let update_: m.UpdateConfig | undefined; let rollback_: m.UpdateConfig | undefined; let networks_: m.NetworkAttachment[] | undefined; let endpoint_: m.EndpointSpec | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); annotations_ = r.at === to ? absent(decodeAnnotations) : decodeAnnotations(r, to); } break;
      case 18: { const to = r.part(); task_ = r.at === to ? absent(decodeTaskSpec) : decodeTaskSpec(r, to); } break;
      case 26: mode_ = decodeServiceMode(r, r.part()); break;
      case 34: update_ = decodeUpdateConfig(r, r.part()); break;
      case 42: rollback_ = decodeUpdateConfig(r, r.part()); break;
      case 50: (networks_ = r.list(networks_, 10000, 'networks')).push(decodeNetworkAttachment(r, r.part())); break;
      case 58: endpoint_ = decodeEndpointSpec(r, r.part()); break;
      default: r.skip(tag, 'ServiceSpec');
    }
  }
  r.ended(end);
  return Object.freeze(new ServiceSpecObject(annotations_ ?? absent(decodeAnnotations), task_ ?? absent(decodeTaskSpec), mode_, update_, rollback_, networks_ ? frozenList(networks_) : noItems, endpoint_));
}

function encodeUpdateStatus(w: Writer, v: m.UpdateStatus): void {
  if (v.state !== undefined && v.state !== 'unknown') w.word(8, UpdateState, v.state);
  if (v.startedAt !== undefined) w.int64(16, v.startedAt);
  if (v.completedAt !== undefined) w.int64(24, v.completedAt);
  if (v.message !== undefined && v.message !== '') w.text(34, v.message);
  if (v.slots !== undefined && v.slots !== 0) w.int64(40, v.slots);
  if (v.specVersion !== undefined && v.specVersion !== 0) w.int64(48, v.specVersion);
}

const UpdateStatusObject = plain<m.UpdateStatus>(function (this: Open, state_: unknown, startedAt_: unknown, completedAt_: unknown, message_: unknown, slots_: unknown, specVersion_: unknown) {
  this.state = state_; if (startedAt_ !== undefined) this.startedAt = startedAt_; if (completedAt_ !== undefined) this.completedAt = completedAt_; this.message = message_; this.slots = slots_; this.specVersion = specVersion_;
});

function decodeUpdateStatus(r: Reader, end: number): m.UpdateStatus {
  let state_: m.UpdateState = 'unknown';   let startedAt_: number | undefined;   let completedAt_: number | undefined; let message_: string = ''; let slots_: number = 0; let specVersion_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: state_ = r.word(UpdateState); break;
      case 16: startedAt_ = r.int64(); break;
      case 24: completedAt_ = r.int64(); break;
      case 34: message_ = r.text(); break;
      case 40: slots_ = r.uint64(); break;
      case 48: specVersion_ = r.uint64(); break;
      default: r.skip(tag, 'UpdateStatus');
    }
  }
  r.ended(end);
  return Object.freeze(new UpdateStatusObject(state_, startedAt_, completedAt_, message_, slots_, specVersion_));
}

function encodeService(w: Writer, v: m.Service): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.meta !== undefined) { const at = w.open(18, 89); encodeMeta(w, v.meta); w.close(at, 89); }
  if (v.spec !== undefined) { const at = w.open(26, 90); encodeServiceSpec(w, v.spec); w.close(at, 90); }
  if (v.specVersion !== undefined && v.specVersion !== 0) w.int64(32, v.specVersion);
  if (v.previousSpec !== undefined) { const at = w.open(42, 91); encodeServiceSpec(w, v.previousSpec); w.close(at, 91); }
  if (v.endpoint !== undefined) { const at = w.open(50, 92); encodeEndpoint(w, v.endpoint); w.close(at, 92); }
  if (v.updateStatus !== undefined) { const at = w.open(58, 93); encodeUpdateStatus(w, v.updateStatus); w.close(at, 93); }
}

const ServiceObject = plain<m.Service>(function (this: Open, id_: unknown, meta_: unknown, spec_: unknown, specVersion_: unknown, previousSpec_: unknown, endpoint_: unknown, updateStatus_: unknown) {
  this.id = id_; this.meta = meta_; this.spec = spec_; this.specVersion = specVersion_; if (previousSpec_ !== undefined) this.previousSpec = previousSpec_; if (endpoint_ !== undefined) this.endpoint = endpoint_; if (updateStatus_ !== undefined) this.updateStatus = updateStatus_;
});

function decodeService(r: Reader, end: number): m.Service {
  let id_: string = ''; let meta_: m.Meta | undefined; let spec_: m.ServiceSpec | undefined; let specVersion_: number = 0; let previousSpec_: m.ServiceSpec | undefined; let endpoint_: m.Endpoint | undefined; let updateStatus_: m.UpdateStatus | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 18: meta_ = decodeMeta(r, r.part()); break;
      case 26: { const to = r.part(); spec_ = r.at === to ? absent(decodeServiceSpec) : decodeServiceSpec(r, to); } break;
      case 32: specVersion_ = r.uint64(); break;
      case 42: previousSpec_ = decodeServiceSpec(r, r.part()); break;
      case 50: endpoint_ = decodeEndpoint(r, r.part()); break;
      case 58: updateStatus_ = decodeUpdateStatus(r, r.part()); break;
      default: r.skip(tag, 'Service');
    }
  }
  r.ended(end);
  return Object.freeze(new ServiceObject(id_, meta_ ?? absent(decodeMeta), spec_ ?? absent(decodeServiceSpec), specVersion_, previousSpec_, endpoint_, updateStatus_));
}

function encodeContainerStatus(w: Writer, v: m.ContainerStatus): void {
  if (v.containerId !== undefined && v.containerId !== '') w.text(10, v.containerId);
  if (v.pid !== undefined && v.pid !== 0) w.int64(16, v.pid);
  if (v.exitCode !== undefined && v.exitCode !== 0) w.int64(24, v.exitCode);
}

function decodeContainerStatus(r: Reader, end: number): m.ContainerStatus {
  let containerId_: string = ''; let pid_: number = 0; let exitCode_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: containerId_ = r.text(); break;
      case 16: pid_ = r.int64(); break;
      case 24: exitCode_ = r.int64(); break;
      default: r.skip(tag, 'ContainerStatus');
    }
  }
  r.ended(end);
  return Object.freeze({ containerId: containerId_, pid: pid_, exitCode: exitCode_ });
}

function encodeTaskStatus(w: Writer, v: m.TaskStatus): void {
  if (v.timestamp !== undefined && v.timestamp !== 0) w.int64(8, v.timestamp);
  if (v.state !== undefined && v.state !== 'new') w.word(16, TaskState, v.state);
  if (v.message !== undefined && v.message !== '') w.text(26, v.message);
  if (v.err !== undefined && v.err !== '') w.text(34, v.err);
  if (v.container !== undefined) { const at = w.open(42, 94); encodeContainerStatus(w, v.container); w.close(at, 94); }
  if (v.runningAt !== undefined) w.int64(48, v.runningAt);
  if (v.ports !== undefined) for (const item of v.ports) { const at = w.open(58, 95); encodePortConfig(w, item); w.close(at, 95); }
}

const TaskStatusObject = plain<m.TaskStatus>(function (this: Open, timestamp_: unknown, state_: unknown, message_: unknown, err_: unknown, container_: unknown, runningAt_: unknown, ports_: unknown) {
  this.timestamp = timestamp_; this.state = state_; this.message = message_; this.err = err_; if (container_ !== undefined) this.container = container_; if (runningAt_ !== undefined) this.runningAt = runningAt_; this.ports = ports_;
});

function decodeTaskStatus(r: Reader, end: number): m.TaskStatus {
  let timestamp_: number = 0; let state_: m.TaskState = 'new'; let message_: string = ''; let err_: string = ''; let container_: m.ContainerStatus | undefined;   let runningAt_: number | undefined; let ports_: m.PortConfig[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: timestamp_ = r.int64(); break;
      case 16: state_ = r.word(TaskState); break;
      case 26: message_ = r.text(); break;
      case 34: err_ = r.text(); break;
      case 42: container_ = decodeContainerStatus(r, r.part()); break;
      case 48: runningAt_ = r.int64(); break;
      case 58: (ports_ = r.list(ports_, 10000, 'ports')).push(decodePortConfig(r, r.part())); break;
      default: r.skip(tag, 'TaskStatus');
    }
  }
  r.ended(end);
  return Object.freeze(new TaskStatusObject(timestamp_, state_, message_, err_, container_, runningAt_, ports_ ? frozenList(ports_) : noItems));
}

function encodeTaskNetwork(w: Writer, v: m.TaskNetwork): void {
  if (v.networkId !== undefined && v.networkId !== '') w.text(10, v.networkId);
  if (v.addresses !== undefined) for (const item of v.addresses) w.text(18, item);
}

function decodeTaskNetwork(r: Reader, end: number): m.TaskNetwork {
  let networkId_: string = ''; let addresses_: string[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: networkId_ = r.text(); break;
      case 18: (addresses_ = r.list(addresses_, 10000, 'addresses')).push(r.text()); break;
      default: r.skip(tag, 'TaskNetwork');
    }
  }
  r.ended(end);
  return Object.freeze({ networkId: networkId_, addresses: addresses_ ? frozenList(addresses_) : noItems });
}

function encodeTask(w: Writer, v: m.Task): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.meta !== undefined) { const at = w.open(18, 96); encodeMeta(w, v.meta); w.close(at, 96); }
  if (v.spec !== undefined) { const at = w.open(26, 97); encodeTaskSpec(w, v.spec); w.close(at, 97); }
  if (v.specVersion !== undefined && v.specVersion !== 0) w.int64(32, v.specVersion);
  if (v.serviceId !== undefined) w.text(42, v.serviceId);
  if (v.slot !== undefined && v.slot !== 0) w.int64(48, v.slot);
  if (v.nodeId !== undefined) w.text(58, v.nodeId);
  if (v.annotations !== undefined) { const at = w.open(66, 98); encodeAnnotations(w, v.annotations); w.close(at, 98); }
  if (v.serviceAnnotations !== undefined) { const at = w.open(74, 99); encodeAnnotations(w, v.serviceAnnotations); w.close(at, 99); }
  if (v.status !== undefined) { const at = w.open(82, 100); encodeTaskStatus(w, v.status); w.close(at, 100); }
  if (v.desiredState !== undefined && v.desiredState !== 'new') w.word(88, TaskState, v.desiredState);
  if (v.networks !== undefined) for (const item of v.networks) { const at = w.open(98, 101); encodeTaskNetwork(w, item); w.close(at, 101); }
  if (v.endpoint !== undefined) { const at = w.open(106, 102); encodeEndpoint(w, v.endpoint); w.close(at, 102); }
  if (v.logDriver !== undefined) { const at = w.open(114, 103); encodeDriver(w, v.logDriver); w.close(at, 103); }
  if (v.assignedGeneric !== undefined) for (const item of v.assignedGeneric) { const at = w.open(122, 104); encodeGenericResource(w, item); w.close(at, 104); }
}

const TaskObject = plain<m.Task>(function (this: Open, id_: unknown, meta_: unknown, spec_: unknown, specVersion_: unknown, serviceId_: unknown, slot_: unknown, nodeId_: unknown, annotations_: unknown, serviceAnnotations_: unknown, status_: unknown, desiredState_: unknown, networks_: unknown, endpoint_: unknown, logDriver_: unknown, assignedGeneric_: unknown) {
  this.id = id_; this.meta = meta_; this.spec = spec_; this.specVersion = specVersion_; if (serviceId_ !== undefined) this.serviceId = serviceId_; this.slot = slot_; if (nodeId_ !== undefined) this.nodeId = nodeId_; this.annotations = annotations_; this.serviceAnnotations = serviceAnnotations_; this.status = status_; this.desiredState = desiredState_; this.networks = networks_; if (endpoint_ !== undefined) this.endpoint = endpoint_; if (logDriver_ !== undefined) this.logDriver = logDriver_; this.assignedGeneric = assignedGeneric_;
});

function decodeTask(r: Reader, end: number): m.Task {
  let id_: string = ''; let meta_: m.Meta | undefined; let spec_: m.TaskSpec | undefined; let specVersion_: number = 0;   let serviceId_: string | undefined; let slot_: number = 0;   let nodeId_: string | undefined; let annotations_: m.Annotations | undefined; let serviceAnnotations_: m.Annotations | undefined; let status_: m.TaskStatus | undefined; let desiredState_: m.TaskState = 'new'; let networks_: m.TaskNetwork[] | undefined; let endpoint_: m.Endpoint | undefined; let logDriver_: m.Driver | undefined; let assignedGeneric_: m.GenericResource[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 18: meta_ = decodeMeta(r, r.part()); break;
      case 26: { const to = r.part(); spec_ = r.at === to ? absent(decodeTaskSpec) : r.alike(to, decodeTaskSpec); } break;
      case 32: specVersion_ = r.uint64(); break;
      case 42: serviceId_ = r.text(); break;
      case 48: slot_ = r.uint64(); break;
      case 58: nodeId_ = r.text(); break;
      case 66: { const to = r.part(); annotations_ = r.at === to ? absent(decodeAnnotations) : decodeAnnotations(r, to); } break;
      case 74: { const to = r.part(); serviceAnnotations_ = r.at === to ? absent(decodeAnnotations) : r.alike(to, decodeAnnotations); } break;
      case 82: { const to = r.part(); status_ = r.at === to ? absent(decodeTaskStatus) : decodeTaskStatus(r, to); } break;
      case 88: desiredState_ = r.word(TaskState); break;
      case 98: (networks_ = r.list(networks_, 10000, 'networks')).push(decodeTaskNetwork(r, r.part())); break;
      case 106: endpoint_ = decodeEndpoint(r, r.part()); break;
      case 114: logDriver_ = decodeDriver(r, r.part()); break;
      case 122: (assignedGeneric_ = r.list(assignedGeneric_, 10000, 'assignedGeneric')).push(decodeGenericResource(r, r.part())); break;
      default: r.skip(tag, 'Task');
    }
  }
  r.ended(end);
  return Object.freeze(new TaskObject(id_, meta_ ?? absent(decodeMeta), spec_ ?? absent(decodeTaskSpec), specVersion_, serviceId_, slot_, nodeId_, annotations_ ?? absent(decodeAnnotations), serviceAnnotations_ ?? absent(decodeAnnotations), status_ ?? absent(decodeTaskStatus), desiredState_, networks_ ? frozenList(networks_) : noItems, endpoint_, logDriver_, assignedGeneric_ ? frozenList(assignedGeneric_) : noItems));
}

function encodeNetworkSpec(w: Writer, v: m.NetworkSpec): void {
  if (v.annotations !== undefined) { const at = w.open(10, 105); encodeAnnotations(w, v.annotations); w.close(at, 105); }
  if (v.driverConfig !== undefined) { const at = w.open(18, 106); encodeDriver(w, v.driverConfig); w.close(at, 106); }
  if (v.ipv6Enabled !== undefined && v.ipv6Enabled !== false) w.bool(24, v.ipv6Enabled);
  if (v.internal !== undefined && v.internal !== false) w.bool(32, v.internal);
  if (v.attachable !== undefined && v.attachable !== false) w.bool(40, v.attachable);
  if (v.ingress !== undefined && v.ingress !== false) w.bool(48, v.ingress);
  if (v.ipam !== undefined) { const at = w.open(58, 107); encodeIpam(w, v.ipam); w.close(at, 107); }
}

const NetworkSpecObject = plain<m.NetworkSpec>(function (this: Open, annotations_: unknown, driverConfig_: unknown, ipv6Enabled_: unknown, internal_: unknown, attachable_: unknown, ingress_: unknown, ipam_: unknown) {
  this.annotations = annotations_; if (driverConfig_ !== undefined) this.driverConfig = driverConfig_; this.ipv6Enabled = ipv6Enabled_; this.internal = internal_; this.attachable = attachable_; this.ingress = ingress_; if (ipam_ !== undefined) this.ipam = ipam_;
});

function decodeNetworkSpec(r: Reader, end: number): m.NetworkSpec {
  let annotations_: m.Annotations | undefined; let driverConfig_: m.Driver | undefined; let ipv6Enabled_: boolean = false; let internal_: boolean = false; let attachable_: boolean = false; let ingress_: boolean = false; let ipam_: m.Ipam | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); annotations_ = r.at === to ? absent(decodeAnnotations) : decodeAnnotations(r, to); } break;
      case 18: driverConfig_ = decodeDriver(r, r.part()); break;
      case 24: ipv6Enabled_ = r.bool(); break;
      case 32: internal_ = r.bool(); break;
      case 40: attachable_ = r.bool(); break;
      case 48: ingress_ = r.bool(); break;
      case 58: ipam_ = decodeIpam(r, r.part()); break;
      default: r.skip(tag, 'NetworkSpec');
    }
  }
  r.ended(end);
  return Object.freeze(new NetworkSpecObject(annotations_ ?? absent(decodeAnnotations), driverConfig_, ipv6Enabled_, internal_, attachable_, ingress_, ipam_));
}

function encodeNetwork(w: Writer, v: m.Network): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.meta !== undefined) { const at = w.open(18, 108); encodeMeta(w, v.meta); w.close(at, 108); }
  if (v.spec !== undefined) { const at = w.open(26, 109); encodeNetworkSpec(w, v.spec); w.close(at, 109); }
  if (v.driverState !== undefined) { const at = w.open(34, 110); encodeDriver(w, v.driverState); w.close(at, 110); }
  if (v.ipam !== undefined) { const at = w.open(42, 111); encodeIpam(w, v.ipam); w.close(at, 111); }
}

const NetworkObject = plain<m.Network>(function (this: Open, id_: unknown, meta_: unknown, spec_: unknown, driverState_: unknown, ipam_: unknown) {
  this.id = id_; this.meta = meta_; this.spec = spec_; if (driverState_ !== undefined) this.driverState = driverState_; if (ipam_ !== undefined) this.ipam = ipam_;
});

function decodeNetwork(r: Reader, end: number): m.Network {
  let id_: string = ''; let meta_: m.Meta | undefined; let spec_: m.NetworkSpec | undefined; let driverState_: m.Driver | undefined; let ipam_: m.Ipam | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 18: meta_ = decodeMeta(r, r.part()); break;
      case 26: { const to = r.part(); spec_ = r.at === to ? absent(decodeNetworkSpec) : decodeNetworkSpec(r, to); } break;
      case 34: driverState_ = decodeDriver(r, r.part()); break;
      case 42: ipam_ = decodeIpam(r, r.part()); break;
      default: r.skip(tag, 'Network');
    }
  }
  r.ended(end);
  return Object.freeze(new NetworkObject(id_, meta_ ?? absent(decodeMeta), spec_ ?? absent(decodeNetworkSpec), driverState_, ipam_));
}

function encodeOrchestrationConfig(w: Writer, v: m.OrchestrationConfig): void {
  if (v.taskHistoryRetentionLimit !== undefined) w.int64(8, v.taskHistoryRetentionLimit);
}

const OrchestrationConfigObject = plain<m.OrchestrationConfig>(function (this: Open, taskHistoryRetentionLimit_: unknown) {
  if (taskHistoryRetentionLimit_ !== undefined) this.taskHistoryRetentionLimit = taskHistoryRetentionLimit_;
});

function decodeOrchestrationConfig(r: Reader, end: number): m.OrchestrationConfig {
    let taskHistoryRetentionLimit_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: taskHistoryRetentionLimit_ = r.uint64(); break;
      default: r.skip(tag, 'OrchestrationConfig');
    }
  }
  r.ended(end);
  return Object.freeze(new OrchestrationConfigObject(taskHistoryRetentionLimit_));
}

function encodeRaftConfig(w: Writer, v: m.RaftConfig): void {
  if (v.snapshotInterval !== undefined) w.int64(8, v.snapshotInterval);
  if (v.keepOldSnapshots !== undefined && v.keepOldSnapshots !== 0) w.int64(16, v.keepOldSnapshots);
  if (v.logEntriesForSlowFollowers !== undefined) w.int64(24, v.logEntriesForSlowFollowers);
  if (v.heartbeatTick !== undefined) w.uint32(32, v.heartbeatTick);
  if (v.electionTick !== undefined) w.uint32(40, v.electionTick);
}

const RaftConfigObject = plain<m.RaftConfig>(function (this: Open, snapshotInterval_: unknown, keepOldSnapshots_: unknown, logEntriesForSlowFollowers_: unknown, heartbeatTick_: unknown, electionTick_: unknown) {
  if (snapshotInterval_ !== undefined) this.snapshotInterval = snapshotInterval_; this.keepOldSnapshots = keepOldSnapshots_; if (logEntriesForSlowFollowers_ !== undefined) this.logEntriesForSlowFollowers = logEntriesForSlowFollowers_; if (heartbeatTick_ !== undefined) this.heartbeatTick = heartbeatTick_; if (electionTick_ !== undefined) this.electionTick = electionTick_;
});

function decodeRaftConfig(r: Reader, end: number): m.RaftConfig {
    let snapshotInterval_: number | undefined; let keepOldSnapshots_: number = 0;   let logEntriesForSlowFollowers_: number | undefined;   let heartbeatTick_: number | undefined;   let electionTick_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: snapshotInterval_ = r.uint64(); break;
      case 16: keepOldSnapshots_ = r.uint64(); break;
      case 24: logEntriesForSlowFollowers_ = r.uint64(); break;
      case 32: heartbeatTick_ = r.uint32(); break;
      case 40: electionTick_ = r.uint32(); break;
      default: r.skip(tag, 'RaftConfig');
    }
  }
  r.ended(end);
  return Object.freeze(new RaftConfigObject(snapshotInterval_, keepOldSnapshots_, logEntriesForSlowFollowers_, heartbeatTick_, electionTick_));
}

function encodeDispatcherConfig(w: Writer, v: m.DispatcherConfig): void {
  if (v.heartbeatPeriodMs !== undefined) w.int64(8, v.heartbeatPeriodMs);
}

const DispatcherConfigObject = plain<m.DispatcherConfig>(function (this: Open, heartbeatPeriodMs_: unknown) {
  if (heartbeatPeriodMs_ !== undefined) this.heartbeatPeriodMs = heartbeatPeriodMs_;
});

function decodeDispatcherConfig(r: Reader, end: number): m.DispatcherConfig {
    let heartbeatPeriodMs_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: heartbeatPeriodMs_ = r.uint64(); break;
      default: r.skip(tag, 'DispatcherConfig');
    }
  }
  r.ended(end);
  return Object.freeze(new DispatcherConfigObject(heartbeatPeriodMs_));
}

function encodeTaskDefaults(w: Writer, v: m.TaskDefaults): void {
  if (v.logDriver !== undefined) { const at = w.open(10, 112); encodeDriver(w, v.logDriver); w.close(at, 112); }
}

const TaskDefaultsObject = plain<m.TaskDefaults>(function (this: Open, logDriver_: unknown) {
  if (logDriver_ !== undefined) this.logDriver = logDriver_;
});

function decodeTaskDefaults(r: Reader, end: number): m.TaskDefaults {
  let logDriver_: m.Driver | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: logDriver_ = decodeDriver(r, r.part()); break;
      default: r.skip(tag, 'TaskDefaults');
    }
  }
  r.ended(end);
  return Object.freeze(new TaskDefaultsObject(logDriver_));
}

function encodeEncryptionConfig(w: Writer, v: m.EncryptionConfig): void {
  if (v.autoLockManagers !== undefined && v.autoLockManagers !== false) w.bool(8, v.autoLockManagers);
}

function decodeEncryptionConfig(r: Reader, end: number): m.EncryptionConfig {
  let autoLockManagers_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: autoLockManagers_ = r.bool(); break;
      default: r.skip(tag, 'EncryptionConfig');
    }
  }
  r.ended(end);
  return Object.freeze({ autoLockManagers: autoLockManagers_ });
}

function encodeClusterSpec(w: Writer, v: m.ClusterSpec): void {
  if (v.annotations !== undefined) { const at = w.open(10, 113); encodeAnnotations(w, v.annotations); w.close(at, 113); }
  if (v.orchestration !== undefined) { const at = w.open(18, 114); encodeOrchestrationConfig(w, v.orchestration); w.close(at, 114); }
  if (v.raft !== undefined) { const at = w.open(26, 115); encodeRaftConfig(w, v.raft); w.close(at, 115); }
  if (v.dispatcher !== undefined) { const at = w.open(34, 116); encodeDispatcherConfig(w, v.dispatcher); w.close(at, 116); }
  if (v.taskDefaults !== undefined) { const at = w.open(42, 117); encodeTaskDefaults(w, v.taskDefaults); w.close(at, 117); }
  if (v.encryptionConfig !== undefined) { const at = w.open(50, 118); encodeEncryptionConfig(w, v.encryptionConfig); w.close(at, 118); }
}

function decodeClusterSpec(r: Reader, end: number): m.ClusterSpec {
  let annotations_: m.Annotations | undefined; let orchestration_: m.OrchestrationConfig | undefined; let raft_: m.RaftConfig | undefined; let dispatcher_: m.DispatcherConfig | undefined; let taskDefaults_: m.TaskDefaults | undefined; let encryptionConfig_: m.EncryptionConfig | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); annotations_ = r.at === to ? absent(decodeAnnotations) : decodeAnnotations(r, to); } break;
      case 18: { const to = r.part(); orchestration_ = r.at === to ? absent(decodeOrchestrationConfig) : decodeOrchestrationConfig(r, to); } break;
      case 26: { const to = r.part(); raft_ = r.at === to ? absent(decodeRaftConfig) : decodeRaftConfig(r, to); } break;
      case 34: { const to = r.part(); dispatcher_ = r.at === to ? absent(decodeDispatcherConfig) : decodeDispatcherConfig(r, to); } break;
      case 42: { const to = r.part(); taskDefaults_ = r.at === to ? absent(decodeTaskDefaults) : decodeTaskDefaults(r, to); } break;
      case 50: { const to = r.part(); encryptionConfig_ = r.at === to ? absent(decodeEncryptionConfig) : decodeEncryptionConfig(r, to); } break;
      default: r.skip(tag, 'ClusterSpec');
    }
  }
  r.ended(end);
  return Object.freeze({ annotations: annotations_ ?? absent(decodeAnnotations), orchestration: orchestration_ ?? absent(decodeOrchestrationConfig), raft: raft_ ?? absent(decodeRaftConfig), dispatcher: dispatcher_ ?? absent(decodeDispatcherConfig), taskDefaults: taskDefaults_ ?? absent(decodeTaskDefaults), encryptionConfig: encryptionConfig_ ?? absent(decodeEncryptionConfig) });
}

function encodeCluster(w: Writer, v: m.Cluster): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.meta !== undefined) { const at = w.open(18, 119); encodeMeta(w, v.meta); w.close(at, 119); }
  if (v.spec !== undefined) { const at = w.open(26, 120); encodeClusterSpec(w, v.spec); w.close(at, 120); }
}

function decodeCluster(r: Reader, end: number): m.Cluster {
  let id_: string = ''; let meta_: m.Meta | undefined; let spec_: m.ClusterSpec | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 18: meta_ = decodeMeta(r, r.part()); break;
      case 26: { const to = r.part(); spec_ = r.at === to ? absent(decodeClusterSpec) : decodeClusterSpec(r, to); } break;
      default: r.skip(tag, 'Cluster');
    }
  }
  r.ended(end);
  return Object.freeze({ id: id_, meta: meta_ ?? absent(decodeMeta), spec: spec_ ?? absent(decodeClusterSpec) });
}

function encodeSecretSpec(w: Writer, v: m.SecretSpec): void {
  if (v.annotations !== undefined) { const at = w.open(10, 121); encodeAnnotations(w, v.annotations); w.close(at, 121); }
  if (v.data !== undefined && v.data !== '') w.text(18, v.data);
  if (v.driver !== undefined) { const at = w.open(26, 122); encodeDriver(w, v.driver); w.close(at, 122); }
  if (v.templating !== undefined) { const at = w.open(34, 123); encodeDriver(w, v.templating); w.close(at, 123); }
}

const SecretSpecObject = plain<m.SecretSpec>(function (this: Open, annotations_: unknown, data_: unknown, driver_: unknown, templating_: unknown) {
  this.annotations = annotations_; this.data = data_; if (driver_ !== undefined) this.driver = driver_; if (templating_ !== undefined) this.templating = templating_;
});

function decodeSecretSpec(r: Reader, end: number): m.SecretSpec {
  let annotations_: m.Annotations | undefined; let data_: string = ''; let driver_: m.Driver | undefined; let templating_: m.Driver | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); annotations_ = r.at === to ? absent(decodeAnnotations) : decodeAnnotations(r, to); } break;
      case 18: data_ = r.text(); break;
      case 26: driver_ = decodeDriver(r, r.part()); break;
      case 34: templating_ = decodeDriver(r, r.part()); break;
      default: r.skip(tag, 'SecretSpec');
    }
  }
  r.ended(end);
  return Object.freeze(new SecretSpecObject(annotations_ ?? absent(decodeAnnotations), data_, driver_, templating_));
}

function encodeSecret(w: Writer, v: m.Secret): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.meta !== undefined) { const at = w.open(18, 124); encodeMeta(w, v.meta); w.close(at, 124); }
  if (v.spec !== undefined) { const at = w.open(26, 125); encodeSecretSpec(w, v.spec); w.close(at, 125); }
  if (v.internal !== undefined && v.internal !== false) w.bool(32, v.internal);
}

function decodeSecret(r: Reader, end: number): m.Secret {
  let id_: string = ''; let meta_: m.Meta | undefined; let spec_: m.SecretSpec | undefined; let internal_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 18: meta_ = decodeMeta(r, r.part()); break;
      case 26: { const to = r.part(); spec_ = r.at === to ? absent(decodeSecretSpec) : decodeSecretSpec(r, to); } break;
      case 32: internal_ = r.bool(); break;
      default: r.skip(tag, 'Secret');
    }
  }
  r.ended(end);
  return Object.freeze({ id: id_, meta: meta_ ?? absent(decodeMeta), spec: spec_ ?? absent(decodeSecretSpec), internal: internal_ });
}

function encodeConfigSpec(w: Writer, v: m.ConfigSpec): void {
  if (v.annotations !== undefined) { const at = w.open(10, 126); encodeAnnotations(w, v.annotations); w.close(at, 126); }
  if (v.data !== undefined && v.data !== '') w.text(18, v.data);
  if (v.templating !== undefined) { const at = w.open(26, 127); encodeDriver(w, v.templating); w.close(at, 127); }
}

const ConfigSpecObject = plain<m.ConfigSpec>(function (this: Open, annotations_: unknown, data_: unknown, templating_: unknown) {
  this.annotations = annotations_; this.data = data_; if (templating_ !== undefined) this.templating = templating_;
});

function decodeConfigSpec(r: Reader, end: number): m.ConfigSpec {
  let annotations_: m.Annotations | undefined; let data_: string = ''; let templating_: m.Driver | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); annotations_ = r.at === to ? absent(decodeAnnotations) : decodeAnnotations(r, to); } break;
      case 18: data_ = r.text(); break;
      case 26: templating_ = decodeDriver(r, r.part()); break;
      default: r.skip(tag, 'ConfigSpec');
    }
  }
  r.ended(end);
  return Object.freeze(new ConfigSpecObject(annotations_ ?? absent(decodeAnnotations), data_, templating_));
}

function encodeConfig(w: Writer, v: m.Config): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.meta !== undefined) { const at = w.open(18, 128); encodeMeta(w, v.meta); w.close(at, 128); }
  if (v.spec !== undefined) { const at = w.open(26, 129); encodeConfigSpec(w, v.spec); w.close(at, 129); }
}

function decodeConfig(r: Reader, end: number): m.Config {
  let id_: string = ''; let meta_: m.Meta | undefined; let spec_: m.ConfigSpec | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 18: meta_ = decodeMeta(r, r.part()); break;
      case 26: { const to = r.part(); spec_ = r.at === to ? absent(decodeConfigSpec) : decodeConfigSpec(r, to); } break;
      default: r.skip(tag, 'Config');
    }
  }
  r.ended(end);
  return Object.freeze({ id: id_, meta: meta_ ?? absent(decodeMeta), spec: spec_ ?? absent(decodeConfigSpec) });
}

function encodeVolumeAccessMode(w: Writer, v: m.VolumeAccessMode): void {
  if (v.scope !== undefined && v.scope !== 'singleNode') w.word(8, VolumeScope, v.scope);
  if (v.sharing !== undefined && v.sharing !== 'none') w.word(16, VolumeSharing, v.sharing);
  if (v.access !== undefined && v.access !== 'mount') w.word(24, VolumeAccess, v.access);
  if (v.fsType !== undefined && v.fsType !== '') w.text(34, v.fsType);
  if (v.mountFlags !== undefined) for (const item of v.mountFlags) w.text(42, item);
}

function decodeVolumeAccessMode(r: Reader, end: number): m.VolumeAccessMode {
  let scope_: m.VolumeScope = 'singleNode'; let sharing_: m.VolumeSharing = 'none'; let access_: m.VolumeAccess = 'mount'; let fsType_: string = ''; let mountFlags_: string[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: scope_ = r.word(VolumeScope); break;
      case 16: sharing_ = r.word(VolumeSharing); break;
      case 24: access_ = r.word(VolumeAccess); break;
      case 34: fsType_ = r.text(); break;
      case 42: (mountFlags_ = r.list(mountFlags_, 10000, 'mountFlags')).push(r.text()); break;
      default: r.skip(tag, 'VolumeAccessMode');
    }
  }
  r.ended(end);
  return Object.freeze({ scope: scope_, sharing: sharing_, access: access_, fsType: fsType_, mountFlags: mountFlags_ ? frozenList(mountFlags_) : noItems });
}

function encodeVolumeSecret(w: Writer, v: m.VolumeSecret): void {
  if (v.key !== undefined && v.key !== '') w.text(10, v.key);
  if (v.secret !== undefined && v.secret !== '') w.text(18, v.secret);
}

function decodeVolumeSecret(r: Reader, end: number): m.VolumeSecret {
  let key_: string = ''; let secret_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: key_ = r.text(); break;
      case 18: secret_ = r.text(); break;
      default: r.skip(tag, 'VolumeSecret');
    }
  }
  r.ended(end);
  return Object.freeze({ key: key_, secret: secret_ });
}

function encodeTopology(w: Writer, v: m.Topology): void {
  if (v.segments !== undefined) w.map(10, v.segments);
}

function decodeTopology(r: Reader, end: number): m.Topology {
  let segments_: Record<string, string> | undefined, segments_count = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: segments_ = r.entry(segments_, segments_count++, 10000, 'segments'); break;
      default: r.skip(tag, 'Topology');
    }
  }
  r.ended(end);
  return Object.freeze({ segments: segments_ ? Object.freeze(segments_) : noEntries });
}

function encodeTopologyRequirement(w: Writer, v: m.TopologyRequirement): void {
  if (v.requisite !== undefined) for (const item of v.requisite) { const at = w.open(10, 130); encodeTopology(w, item); w.close(at, 130); }
  if (v.preferred !== undefined) for (const item of v.preferred) { const at = w.open(18, 131); encodeTopology(w, item); w.close(at, 131); }
}

function decodeTopologyRequirement(r: Reader, end: number): m.TopologyRequirement {
  let requisite_: m.Topology[] | undefined; let preferred_: m.Topology[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (requisite_ = r.list(requisite_, 10000, 'requisite')).push(decodeTopology(r, r.part())); break;
      case 18: (preferred_ = r.list(preferred_, 10000, 'preferred')).push(decodeTopology(r, r.part())); break;
      default: r.skip(tag, 'TopologyRequirement');
    }
  }
  r.ended(end);
  return Object.freeze({ requisite: requisite_ ? frozenList(requisite_) : noItems, preferred: preferred_ ? frozenList(preferred_) : noItems });
}

function encodeCapacityRange(w: Writer, v: m.CapacityRange): void {
  if (v.requiredBytes !== undefined && v.requiredBytes !== 0) w.int64(8, v.requiredBytes);
  if (v.limitBytes !== undefined && v.limitBytes !== 0) w.int64(16, v.limitBytes);
}

function decodeCapacityRange(r: Reader, end: number): m.CapacityRange {
  let requiredBytes_: number = 0; let limitBytes_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: requiredBytes_ = r.int64(); break;
      case 16: limitBytes_ = r.int64(); break;
      default: r.skip(tag, 'CapacityRange');
    }
  }
  r.ended(end);
  return Object.freeze({ requiredBytes: requiredBytes_, limitBytes: limitBytes_ });
}

function encodeVolumeSpec(w: Writer, v: m.VolumeSpec): void {
  if (v.annotations !== undefined) { const at = w.open(10, 132); encodeAnnotations(w, v.annotations); w.close(at, 132); }
  if (v.group !== undefined && v.group !== '') w.text(18, v.group);
  if (v.driver !== undefined) { const at = w.open(26, 133); encodeDriver(w, v.driver); w.close(at, 133); }
  if (v.accessMode !== undefined) { const at = w.open(34, 134); encodeVolumeAccessMode(w, v.accessMode); w.close(at, 134); }
  if (v.secrets !== undefined) for (const item of v.secrets) { const at = w.open(42, 135); encodeVolumeSecret(w, item); w.close(at, 135); }
  if (v.accessibility !== undefined) { const at = w.open(50, 136); encodeTopologyRequirement(w, v.accessibility); w.close(at, 136); }
  if (v.capacity !== undefined) { const at = w.open(58, 137); encodeCapacityRange(w, v.capacity); w.close(at, 137); }
  if (v.availability !== undefined && v.availability !== 'active') w.word(64, VolumeAvailability, v.availability);
}

const VolumeSpecObject = plain<m.VolumeSpec>(function (this: Open, annotations_: unknown, group_: unknown, driver_: unknown, accessMode_: unknown, secrets_: unknown, accessibility_: unknown, capacity_: unknown, availability_: unknown) {
  this.annotations = annotations_; this.group = group_; if (driver_ !== undefined) this.driver = driver_; this.accessMode = accessMode_; this.secrets = secrets_; if (accessibility_ !== undefined) this.accessibility = accessibility_; if (capacity_ !== undefined) this.capacity = capacity_; this.availability = availability_;
});

function decodeVolumeSpec(r: Reader, end: number): m.VolumeSpec {
  let annotations_: m.Annotations | undefined; let group_: string = ''; let driver_: m.Driver | undefined; let accessMode_: m.VolumeAccessMode | undefined; let secrets_: m.VolumeSecret[] | undefined; let accessibility_: m.TopologyRequirement | undefined; let capacity_: m.CapacityRange | undefined; let availability_: m.VolumeAvailability = 'active';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); annotations_ = r.at === to ? absent(decodeAnnotations) : decodeAnnotations(r, to); } break;
      case 18: group_ = r.text(); break;
      case 26: driver_ = decodeDriver(r, r.part()); break;
      case 34: { const to = r.part(); accessMode_ = r.at === to ? absent(decodeVolumeAccessMode) : decodeVolumeAccessMode(r, to); } break;
      case 42: (secrets_ = r.list(secrets_, 10000, 'secrets')).push(decodeVolumeSecret(r, r.part())); break;
      case 50: accessibility_ = decodeTopologyRequirement(r, r.part()); break;
      case 58: capacity_ = decodeCapacityRange(r, r.part()); break;
      case 64: availability_ = r.word(VolumeAvailability); break;
      default: r.skip(tag, 'VolumeSpec');
    }
  }
  r.ended(end);
  return Object.freeze(new VolumeSpecObject(annotations_ ?? absent(decodeAnnotations), group_, driver_, accessMode_ ?? absent(decodeVolumeAccessMode), secrets_ ? frozenList(secrets_) : noItems, accessibility_, capacity_, availability_));
}

function encodeVolumePublishStatus(w: Writer, v: m.VolumePublishStatus): void {
  if (v.nodeId !== undefined && v.nodeId !== '') w.text(10, v.nodeId);
  if (v.state !== undefined && v.state !== 'pendingPublish') w.word(16, VolumePublishState, v.state);
  if (v.publishContext !== undefined) w.map(26, v.publishContext);
  if (v.message !== undefined && v.message !== '') w.text(34, v.message);
}

function decodeVolumePublishStatus(r: Reader, end: number): m.VolumePublishStatus {
  let nodeId_: string = ''; let state_: m.VolumePublishState = 'pendingPublish'; let publishContext_: Record<string, string> | undefined, publishContext_count = 0; let message_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: nodeId_ = r.text(); break;
      case 16: state_ = r.word(VolumePublishState); break;
      case 26: publishContext_ = r.entry(publishContext_, publishContext_count++, 10000, 'publishContext'); break;
      case 34: message_ = r.text(); break;
      default: r.skip(tag, 'VolumePublishStatus');
    }
  }
  r.ended(end);
  return Object.freeze({ nodeId: nodeId_, state: state_, publishContext: publishContext_ ? Object.freeze(publishContext_) : noEntries, message: message_ });
}

function encodeVolumeInfo(w: Writer, v: m.VolumeInfo): void {
  if (v.capacityBytes !== undefined && v.capacityBytes !== 0) w.int64(8, v.capacityBytes);
  if (v.volumeContext !== undefined) w.map(18, v.volumeContext);
  if (v.volumeId !== undefined && v.volumeId !== '') w.text(26, v.volumeId);
  if (v.accessibleTopology !== undefined) for (const item of v.accessibleTopology) { const at = w.open(34, 138); encodeTopology(w, item); w.close(at, 138); }
}

function decodeVolumeInfo(r: Reader, end: number): m.VolumeInfo {
  let capacityBytes_: number = 0; let volumeContext_: Record<string, string> | undefined, volumeContext_count = 0; let volumeId_: string = ''; let accessibleTopology_: m.Topology[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: capacityBytes_ = r.int64(); break;
      case 18: volumeContext_ = r.entry(volumeContext_, volumeContext_count++, 10000, 'volumeContext'); break;
      case 26: volumeId_ = r.text(); break;
      case 34: (accessibleTopology_ = r.list(accessibleTopology_, 10000, 'accessibleTopology')).push(decodeTopology(r, r.part())); break;
      default: r.skip(tag, 'VolumeInfo');
    }
  }
  r.ended(end);
  return Object.freeze({ capacityBytes: capacityBytes_, volumeContext: volumeContext_ ? Object.freeze(volumeContext_) : noEntries, volumeId: volumeId_, accessibleTopology: accessibleTopology_ ? frozenList(accessibleTopology_) : noItems });
}

function encodeVolume(w: Writer, v: m.Volume): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.meta !== undefined) { const at = w.open(18, 139); encodeMeta(w, v.meta); w.close(at, 139); }
  if (v.spec !== undefined) { const at = w.open(26, 140); encodeVolumeSpec(w, v.spec); w.close(at, 140); }
  if (v.publishStatus !== undefined) for (const item of v.publishStatus) { const at = w.open(34, 141); encodeVolumePublishStatus(w, item); w.close(at, 141); }
  if (v.info !== undefined) { const at = w.open(42, 142); encodeVolumeInfo(w, v.info); w.close(at, 142); }
  if (v.pendingDelete !== undefined && v.pendingDelete !== false) w.bool(48, v.pendingDelete);
}

const VolumeObject = plain<m.Volume>(function (this: Open, id_: unknown, meta_: unknown, spec_: unknown, publishStatus_: unknown, info_: unknown, pendingDelete_: unknown) {
  this.id = id_; this.meta = meta_; this.spec = spec_; this.publishStatus = publishStatus_; if (info_ !== undefined) this.info = info_; this.pendingDelete = pendingDelete_;
});

function decodeVolume(r: Reader, end: number): m.Volume {
  let id_: string = ''; let meta_: m.Meta | undefined; let spec_: m.VolumeSpec | undefined; let publishStatus_: m.VolumePublishStatus[] | undefined; let info_: m.VolumeInfo | undefined; let pendingDelete_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 18: meta_ = decodeMeta(r, r.part()); break;
      case 26: { const to = r.part(); spec_ = r.at === to ? absent(decodeVolumeSpec) : decodeVolumeSpec(r, to); } break;
      case 34: (publishStatus_ = r.list(publishStatus_, 10000, 'publishStatus')).push(decodeVolumePublishStatus(r, r.part())); break;
      case 42: info_ = decodeVolumeInfo(r, r.part()); break;
      case 48: pendingDelete_ = r.bool(); break;
      default: r.skip(tag, 'Volume');
    }
  }
  r.ended(end);
  return Object.freeze(new VolumeObject(id_, meta_ ?? absent(decodeMeta), spec_ ?? absent(decodeVolumeSpec), publishStatus_ ? frozenList(publishStatus_) : noItems, info_, pendingDelete_));
}

function encodeCustomObject(w: Writer, v: m.CustomObject): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.meta !== undefined) { const at = w.open(18, 143); encodeMeta(w, v.meta); w.close(at, 143); }
  if (v.body !== undefined && v.body !== '') w.text(26, v.body);
}

function decodeCustomObject(r: Reader, end: number): m.CustomObject {
  let id_: string = ''; let meta_: m.Meta | undefined; let body_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 18: meta_ = decodeMeta(r, r.part()); break;
      case 26: body_ = r.text(); break;
      default: r.skip(tag, 'CustomObject');
    }
  }
  r.ended(end);
  return Object.freeze({ id: id_, meta: meta_ ?? absent(decodeMeta), body: body_ });
}

function encodeAnyObject(w: Writer, v: Fields<m.AnyObject>): void {
  if (v.node !== undefined) { const at = w.open(10, 144); encodeNode(w, v.node); w.close(at, 144); }
  if (v.service !== undefined) { const at = w.open(18, 145); encodeService(w, v.service); w.close(at, 145); }
  if (v.task !== undefined) { const at = w.open(26, 146); encodeTask(w, v.task); w.close(at, 146); }
  if (v.network !== undefined) { const at = w.open(34, 147); encodeNetwork(w, v.network); w.close(at, 147); }
  if (v.cluster !== undefined) { const at = w.open(42, 148); encodeCluster(w, v.cluster); w.close(at, 148); }
  if (v.secret !== undefined) { const at = w.open(50, 149); encodeSecret(w, v.secret); w.close(at, 149); }
  if (v.config !== undefined) { const at = w.open(58, 150); encodeConfig(w, v.config); w.close(at, 150); }
  if (v.volume !== undefined) { const at = w.open(66, 151); encodeVolume(w, v.volume); w.close(at, 151); }
  if (v.custom !== undefined) { const at = w.open(74, 152); encodeCustomObject(w, v.custom); w.close(at, 152); }
}

const AnyObjectObject = plain<m.AnyObject>(function (this: Open, node_: unknown, service_: unknown, task_: unknown, network_: unknown, cluster_: unknown, secret_: unknown, config_: unknown, volume_: unknown, custom_: unknown) {
  if (node_ !== undefined) this.node = node_; if (service_ !== undefined) this.service = service_; if (task_ !== undefined) this.task = task_; if (network_ !== undefined) this.network = network_; if (cluster_ !== undefined) this.cluster = cluster_; if (secret_ !== undefined) this.secret = secret_; if (config_ !== undefined) this.config = config_; if (volume_ !== undefined) this.volume = volume_; if (custom_ !== undefined) this.custom = custom_;
});

function decodeAnyObject(r: Reader, end: number): m.AnyObject {
  let node_: m.Node | undefined; let service_: m.Service | undefined; let task_: m.Task | undefined; let network_: m.Network | undefined; let cluster_: m.Cluster | undefined; let secret_: m.Secret | undefined; let config_: m.Config | undefined; let volume_: m.Volume | undefined; let custom_: m.CustomObject | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: node_ = decodeNode(r, r.part()); break;
      case 18: service_ = decodeService(r, r.part()); break;
      case 26: task_ = decodeTask(r, r.part()); break;
      case 34: network_ = decodeNetwork(r, r.part()); break;
      case 42: cluster_ = decodeCluster(r, r.part()); break;
      case 50: secret_ = decodeSecret(r, r.part()); break;
      case 58: config_ = decodeConfig(r, r.part()); break;
      case 66: volume_ = decodeVolume(r, r.part()); break;
      case 74: custom_ = decodeCustomObject(r, r.part()); break;
      default: r.skip(tag, 'AnyObject');
    }
  }
  r.ended(end);
  return Object.freeze(new AnyObjectObject(node_, service_, task_, network_, cluster_, secret_, config_, volume_, custom_));
}

function encodeIndexValue(w: Writer, v: Fields<m.IndexValue>): void {
  if (v.text !== undefined) w.text(10, v.text);
  if (v.number !== undefined) w.double(17, v.number);
  if (v.flag !== undefined) w.bool(24, v.flag);
}

const IndexValueObject = plain<m.IndexValue>(function (this: Open, text_: unknown, number_: unknown, flag_: unknown) {
  if (text_ !== undefined) this.text = text_; if (number_ !== undefined) this.number = number_; if (flag_ !== undefined) this.flag = flag_;
});

function decodeIndexValue(r: Reader, end: number): m.IndexValue {
    let text_: string | undefined;   let number_: number | undefined;   let flag_: boolean | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: text_ = r.text(); break;
      case 17: number_ = r.double(); break;
      case 24: flag_ = r.bool(); break;
      default: r.skip(tag, 'IndexValue');
    }
  }
  r.ended(end);
  return Object.freeze(new IndexValueObject(text_, number_, flag_));
}

function encodeIndexFilter(w: Writer, v: m.IndexFilter): void {
  if (v.index !== undefined && v.index !== '') w.text(10, v.index);
  if (v.values !== undefined) for (const item of v.values) { const at = w.open(18, 153); encodeIndexValue(w, item); w.close(at, 153); }
  if (v.prefix !== undefined) w.text(26, v.prefix);
  if (v.from !== undefined) { const at = w.open(34, 154); encodeIndexValue(w, v.from); w.close(at, 154); }
  if (v.to !== undefined) { const at = w.open(42, 155); encodeIndexValue(w, v.to); w.close(at, 155); }
}

const IndexFilterObject = plain<m.IndexFilter>(function (this: Open, index_: unknown, values_: unknown, prefix_: unknown, from_: unknown, to_: unknown) {
  this.index = index_; this.values = values_; if (prefix_ !== undefined) this.prefix = prefix_; if (from_ !== undefined) this.from = from_; if (to_ !== undefined) this.to = to_;
});

function decodeIndexFilter(r: Reader, end: number): m.IndexFilter {
  let index_: string = ''; let values_: m.IndexValue[] | undefined;   let prefix_: string | undefined; let from_: m.IndexValue | undefined; let to_: m.IndexValue | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: index_ = r.text(); break;
      case 18: (values_ = r.list(values_, 10000, 'values')).push(decodeIndexValue(r, r.part())); break;
      case 26: prefix_ = r.text(); break;
      case 34: from_ = decodeIndexValue(r, r.part()); break;
      case 42: to_ = decodeIndexValue(r, r.part()); break;
      default: r.skip(tag, 'IndexFilter');
    }
  }
  r.ended(end);
  return Object.freeze(new IndexFilterObject(index_, values_ ? frozenList(values_) : noItems, prefix_, from_, to_));
}

function encodeAction(w: Writer, v: m.Action): void {
  if (v.op !== undefined && v.op !== 'create') w.word(8, ActionOp, v.op);
  if (v.kind !== undefined && v.kind !== '') w.text(18, v.kind);
  if (v.id !== undefined && v.id !== '') w.text(26, v.id);
  if (v.object !== undefined && v.object.length > 0) w.bytes(34, v.object);
}

function decodeAction(r: Reader, end: number): m.Action {
  let op_: m.ActionOp = 'create'; let kind_: string = ''; let id_: string = ''; let object_: Uint8Array = noBytes;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: op_ = r.word(ActionOp); break;
      case 18: kind_ = r.text(); break;
      case 26: id_ = r.ownText(); break;
      case 34: object_ = r.bytes(); break;
      default: r.skip(tag, 'Action');
    }
  }
  r.ended(end);
  return Object.freeze({ op: op_, kind: kind_, id: id_, object: object_ });
}

function encodeTransaction(w: Writer, v: m.Transaction): void {
  if (v.version !== undefined && v.version !== 0) w.int64(8, v.version);
  if (v.time !== undefined && v.time !== 0) w.int64(16, v.time);
  if (v.actions !== undefined) for (const item of v.actions) { const at = w.open(26, 156); encodeAction(w, item); w.close(at, 156); }
  if (v.actor !== undefined) w.text(34, v.actor);
  if (v.reason !== undefined) w.text(42, v.reason);
  if (v.requestId !== undefined) w.text(50, v.requestId);
  if (v.trace !== undefined) w.text(58, v.trace);
  if (v.kinds !== undefined) for (const item of v.kinds) { const at = w.open(74, 157); encodeKindDescription(w, item); w.close(at, 157); }
  if (v.restore !== undefined) { const at = w.open(82, 158); encodeRestoreStep(w, v.restore); w.close(at, 158); }
}

const TransactionObject = plain<m.Transaction>(function (this: Open, version_: unknown, time_: unknown, actions_: unknown, actor_: unknown, reason_: unknown, requestId_: unknown, trace_: unknown, kinds_: unknown, restore_: unknown) {
  this.version = version_; this.time = time_; this.actions = actions_; if (actor_ !== undefined) this.actor = actor_; if (reason_ !== undefined) this.reason = reason_; if (requestId_ !== undefined) this.requestId = requestId_; if (trace_ !== undefined) this.trace = trace_; this.kinds = kinds_; if (restore_ !== undefined) this.restore = restore_;
});

function decodeTransaction(r: Reader, end: number): m.Transaction {
  let version_: number = 0; let time_: number = 0; let actions_: m.Action[] | undefined;   let actor_: string | undefined;   let reason_: string | undefined;   let requestId_: string | undefined;   let trace_: string | undefined; let kinds_: m.KindDescription[] | undefined; let restore_: m.RestoreStep | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: version_ = r.uint64(); break;
      case 16: time_ = r.int64(); break;
      case 26: (actions_ = r.list(actions_, 10000, 'actions')).push(decodeAction(r, r.part())); break;
      case 34: actor_ = r.text(); break;
      case 42: reason_ = r.text(); break;
      case 50: requestId_ = r.text(); break;
      case 58: trace_ = r.text(); break;
      case 74: (kinds_ = r.list(kinds_, 10000, 'kinds')).push(decodeKindDescription(r, r.part())); break;
      case 82: restore_ = decodeRestoreStep(r, r.part()); break;
      default: r.skip(tag, 'Transaction');
    }
  }
  r.ended(end);
  return Object.freeze(new TransactionObject(version_, time_, actions_ ? frozenList(actions_) : noItems, actor_, reason_, requestId_, trace_, kinds_ ? frozenList(kinds_) : noItems, restore_));
}

function encodeRestoreStep(w: Writer, v: m.RestoreStep): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.begin !== undefined) { const at = w.open(18, 159); encodeRestoreBegin(w, v.begin); w.close(at, 159); }
  if (v.rows !== undefined) { const at = w.open(26, 160); encodeRestoreRows(w, v.rows); w.close(at, 160); }
  if (v.commit !== undefined) { const at = w.open(34, 161); encodeRestoreCommit(w, v.commit); w.close(at, 161); }
  if (v.abort !== undefined) { const at = w.open(42, 162); encodeRestoreAbort(w, v.abort); w.close(at, 162); }
  if (v.requests !== undefined) { const at = w.open(50, 163); encodeRequestRecords(w, v.requests); w.close(at, 163); }
}

const RestoreStepObject = plain<m.RestoreStep>(function (this: Open, id_: unknown, begin_: unknown, rows_: unknown, commit_: unknown, abort_: unknown, requests_: unknown) {
  this.id = id_; if (begin_ !== undefined) this.begin = begin_; if (rows_ !== undefined) this.rows = rows_; if (commit_ !== undefined) this.commit = commit_; if (abort_ !== undefined) this.abort = abort_; if (requests_ !== undefined) this.requests = requests_;
});

function decodeRestoreStep(r: Reader, end: number): m.RestoreStep {
  let id_: string = ''; let begin_: m.RestoreBegin | undefined; let rows_: m.RestoreRows | undefined; let commit_: m.RestoreCommit | undefined; let abort_: m.RestoreAbort | undefined; let requests_: m.RequestRecords | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 18: begin_ = decodeRestoreBegin(r, r.part()); break;
      case 26: rows_ = decodeRestoreRows(r, r.part()); break;
      case 34: commit_ = decodeRestoreCommit(r, r.part()); break;
      case 42: abort_ = decodeRestoreAbort(r, r.part()); break;
      case 50: requests_ = decodeRequestRecords(r, r.part()); break;
      default: r.skip(tag, 'RestoreStep');
    }
  }
  r.ended(end);
  return Object.freeze(new RestoreStepObject(id_, begin_, rows_, commit_, abort_, requests_));
}

function encodeRestoreBegin(w: Writer, v: m.RestoreBegin): void {
  if (v.kinds !== undefined) for (const item of v.kinds) { const at = w.open(10, 164); encodeKindDescription(w, item); w.close(at, 164); }
}

function decodeRestoreBegin(r: Reader, end: number): m.RestoreBegin {
  let kinds_: m.KindDescription[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (kinds_ = r.list(kinds_, 10000, 'kinds')).push(decodeKindDescription(r, r.part())); break;
      default: r.skip(tag, 'RestoreBegin');
    }
  }
  r.ended(end);
  return Object.freeze({ kinds: kinds_ ? frozenList(kinds_) : noItems });
}

function encodeRestoreRows(w: Writer, v: m.RestoreRows): void {
  if (v.rows !== undefined) for (const item of v.rows) { const at = w.open(10, 165); encodeObjectRecord(w, item); w.close(at, 165); }
}

function decodeRestoreRows(r: Reader, end: number): m.RestoreRows {
  let rows_: m.ObjectRecord[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (rows_ = r.list(rows_, 10000, 'rows')).push(decodeObjectRecord(r, r.part())); break;
      default: r.skip(tag, 'RestoreRows');
    }
  }
  r.ended(end);
  return Object.freeze({ rows: rows_ ? frozenList(rows_) : noItems });
}

function encodeRestoreCommit(w: Writer, v: m.RestoreCommit): void {
  if (v.objects !== undefined && v.objects !== 0) w.int64(8, v.objects);
}

function decodeRestoreCommit(r: Reader, end: number): m.RestoreCommit {
  let objects_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: objects_ = r.uint64(); break;
      default: r.skip(tag, 'RestoreCommit');
    }
  }
  r.ended(end);
  return Object.freeze({ objects: objects_ });
}

function encodeRestoreAbort(w: Writer, v: m.RestoreAbort): void {
}

function decodeRestoreAbort(r: Reader, end: number): m.RestoreAbort {
  
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      default: r.skip(tag, 'RestoreAbort');
    }
  }
  r.ended(end);
  return Object.freeze({  });
}

function encodeKindDescription(w: Writer, v: m.KindDescription): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.plural !== undefined && v.plural !== '') w.text(18, v.plural);
  if (v.indexes !== undefined) for (const item of v.indexes) w.text(26, item);
  if (v.unique !== undefined) for (const item of v.unique) w.text(34, item);
}

function decodeKindDescription(r: Reader, end: number): m.KindDescription {
  let kind_: string = ''; let plural_: string = ''; let indexes_: string[] | undefined; let unique_: string[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 18: plural_ = r.text(); break;
      case 26: (indexes_ = r.list(indexes_, 10000, 'indexes')).push(r.text()); break;
      case 34: (unique_ = r.list(unique_, 10000, 'unique')).push(r.text()); break;
      default: r.skip(tag, 'KindDescription');
    }
  }
  r.ended(end);
  return Object.freeze({ kind: kind_, plural: plural_, indexes: indexes_ ? frozenList(indexes_) : noItems, unique: unique_ ? frozenList(unique_) : noItems });
}

function encodeMemberInfo(w: Writer, v: m.MemberInfo): void {
  if (v.id !== undefined && v.id !== 0) w.int64(8, v.id);
  if (v.name !== undefined && v.name !== '') w.text(18, v.name);
  if (v.addrs !== undefined) for (const item of v.addrs) w.text(26, item);
  if (v.staysLearner !== undefined) w.bool(32, v.staysLearner);
}

const MemberInfoObject = plain<m.MemberInfo>(function (this: Open, id_: unknown, name_: unknown, addrs_: unknown, staysLearner_: unknown) {
  this.id = id_; this.name = name_; this.addrs = addrs_; if (staysLearner_ !== undefined) this.staysLearner = staysLearner_;
});

function decodeMemberInfo(r: Reader, end: number): m.MemberInfo {
  let id_: number = 0; let name_: string = ''; let addrs_: string[] | undefined;   let staysLearner_: boolean | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: id_ = r.uint64(); break;
      case 18: name_ = r.text(); break;
      case 26: (addrs_ = r.list(addrs_, 10000, 'addrs')).push(r.text()); break;
      case 32: staysLearner_ = r.bool(); break;
      default: r.skip(tag, 'MemberInfo');
    }
  }
  r.ended(end);
  return Object.freeze(new MemberInfoObject(id_, name_, addrs_ ? frozenList(addrs_) : noItems, staysLearner_));
}

function encodeMembershipContext(w: Writer, v: m.MembershipContext): void {
  if (v.member !== undefined) { const at = w.open(10, 166); encodeMemberInfo(w, v.member); w.close(at, 166); }
}

const MembershipContextObject = plain<m.MembershipContext>(function (this: Open, member_: unknown) {
  if (member_ !== undefined) this.member = member_;
});

function decodeMembershipContext(r: Reader, end: number): m.MembershipContext {
  let member_: m.MemberInfo | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: member_ = decodeMemberInfo(r, r.part()); break;
      default: r.skip(tag, 'MembershipContext');
    }
  }
  r.ended(end);
  return Object.freeze(new MembershipContextObject(member_));
}

function encodeObjectRecord(w: Writer, v: m.ObjectRecord): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.object !== undefined && v.object.length > 0) w.bytes(18, v.object);
}

function decodeObjectRecord(r: Reader, end: number): m.ObjectRecord {
  let kind_: string = ''; let object_: Uint8Array = noBytes;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 18: object_ = r.bytes(); break;
      default: r.skip(tag, 'ObjectRecord');
    }
  }
  r.ended(end);
  return Object.freeze({ kind: kind_, object: object_ });
}

function encodeHistoryChange(w: Writer, v: m.HistoryChange): void {
  if (v.op !== undefined && v.op !== 'create') w.word(8, ActionOp, v.op);
  if (v.kind !== undefined && v.kind !== '') w.text(18, v.kind);
  if (v.object !== undefined && v.object.length > 0) w.bytes(26, v.object);
  if (v.old !== undefined) w.bytes(34, v.old);
}

const HistoryChangeObject = plain<m.HistoryChange>(function (this: Open, op_: unknown, kind_: unknown, object_: unknown, old_: unknown) {
  this.op = op_; this.kind = kind_; this.object = object_; if (old_ !== undefined) this.old = old_;
});

function decodeHistoryChange(r: Reader, end: number): m.HistoryChange {
  let op_: m.ActionOp = 'create'; let kind_: string = ''; let object_: Uint8Array = noBytes;   let old_: Uint8Array | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: op_ = r.word(ActionOp); break;
      case 18: kind_ = r.text(); break;
      case 26: object_ = r.bytes(); break;
      case 34: old_ = r.bytes(); break;
      default: r.skip(tag, 'HistoryChange');
    }
  }
  r.ended(end);
  return Object.freeze(new HistoryChangeObject(op_, kind_, object_, old_));
}

function encodeHistoryRecord(w: Writer, v: m.HistoryRecord): void {
  if (v.version !== undefined && v.version !== 0) w.int64(8, v.version);
  if (v.time !== undefined && v.time !== 0) w.int64(16, v.time);
  if (v.changes !== undefined) for (const item of v.changes) { const at = w.open(26, 167); encodeHistoryChange(w, item); w.close(at, 167); }
  if (v.actor !== undefined) w.text(34, v.actor);
  if (v.reason !== undefined) w.text(42, v.reason);
  if (v.requestId !== undefined) w.text(50, v.requestId);
  if (v.bytes !== undefined && v.bytes !== 0) w.int64(56, v.bytes);
  if (v.continued !== undefined) w.bool(64, v.continued);
  if (v.trace !== undefined) w.text(74, v.trace);
}

const HistoryRecordObject = plain<m.HistoryRecord>(function (this: Open, version_: unknown, time_: unknown, changes_: unknown, actor_: unknown, reason_: unknown, requestId_: unknown, bytes_: unknown, continued_: unknown, trace_: unknown) {
  this.version = version_; this.time = time_; this.changes = changes_; if (actor_ !== undefined) this.actor = actor_; if (reason_ !== undefined) this.reason = reason_; if (requestId_ !== undefined) this.requestId = requestId_; this.bytes = bytes_; if (continued_ !== undefined) this.continued = continued_; if (trace_ !== undefined) this.trace = trace_;
});

function decodeHistoryRecord(r: Reader, end: number): m.HistoryRecord {
  let version_: number = 0; let time_: number = 0; let changes_: m.HistoryChange[] | undefined;   let actor_: string | undefined;   let reason_: string | undefined;   let requestId_: string | undefined; let bytes_: number = 0;   let continued_: boolean | undefined;   let trace_: string | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: version_ = r.uint64(); break;
      case 16: time_ = r.int64(); break;
      case 26: (changes_ = r.list(changes_, 10000, 'changes')).push(decodeHistoryChange(r, r.part())); break;
      case 34: actor_ = r.text(); break;
      case 42: reason_ = r.text(); break;
      case 50: requestId_ = r.text(); break;
      case 56: bytes_ = r.uint64(); break;
      case 64: continued_ = r.bool(); break;
      case 74: trace_ = r.text(); break;
      default: r.skip(tag, 'HistoryRecord');
    }
  }
  r.ended(end);
  return Object.freeze(new HistoryRecordObject(version_, time_, changes_ ? frozenList(changes_) : noItems, actor_, reason_, requestId_, bytes_, continued_, trace_));
}

function encodeRequestRecord(w: Writer, v: m.RequestRecord): void {
  if (v.requestId !== undefined && v.requestId !== '') w.text(10, v.requestId);
  if (v.version !== undefined && v.version !== 0) w.int64(16, v.version);
}

function decodeRequestRecord(r: Reader, end: number): m.RequestRecord {
  let requestId_: string = ''; let version_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: requestId_ = r.text(); break;
      case 16: version_ = r.uint64(); break;
      default: r.skip(tag, 'RequestRecord');
    }
  }
  r.ended(end);
  return Object.freeze({ requestId: requestId_, version: version_ });
}

function encodeRequestRecords(w: Writer, v: m.RequestRecords): void {
  if (v.requests !== undefined) for (const item of v.requests) { const at = w.open(10, 168); encodeRequestRecord(w, item); w.close(at, 168); }
}

function decodeRequestRecords(r: Reader, end: number): m.RequestRecords {
  let requests_: m.RequestRecord[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (requests_ = r.list(requests_, 10000, 'requests')).push(decodeRequestRecord(r, r.part())); break;
      default: r.skip(tag, 'RequestRecords');
    }
  }
  r.ended(end);
  return Object.freeze({ requests: requests_ ? frozenList(requests_) : noItems });
}

function encodeSnapshotHeader(w: Writer, v: m.SnapshotHeader): void {
  if (v.format !== undefined && v.format !== 0) w.uint32(8, v.format);
  if (v.clusterId !== undefined && v.clusterId !== '') w.text(18, v.clusterId);
  if (v.lineage !== undefined && v.lineage !== '') w.text(26, v.lineage);
  if (v.version !== undefined && v.version !== 0) w.int64(32, v.version);
  if (v.time !== undefined && v.time !== 0) w.int64(40, v.time);
  if (v.members !== undefined) for (const item of v.members) { const at = w.open(50, 169); encodeMemberInfo(w, item); w.close(at, 169); }
  if (v.removed !== undefined && v.removed.length > 0) { const at = w.open(58, 170); for (const item of v.removed) w.item(item); w.close(at, 170); }
  if (v.kinds !== undefined) for (const item of v.kinds) { const at = w.open(66, 171); encodeKindDescription(w, item); w.close(at, 171); }
}

function decodeSnapshotHeader(r: Reader, end: number): m.SnapshotHeader {
  let format_: number = 0; let clusterId_: string = ''; let lineage_: string = ''; let version_: number = 0; let time_: number = 0; let members_: m.MemberInfo[] | undefined; let removed_: number[] | undefined; let kinds_: m.KindDescription[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: format_ = r.uint32(); break;
      case 18: clusterId_ = r.text(); break;
      case 26: lineage_ = r.text(); break;
      case 32: version_ = r.uint64(); break;
      case 40: time_ = r.int64(); break;
      case 50: (members_ = r.list(members_, 10000, 'members')).push(decodeMemberInfo(r, r.part())); break;
      case 56: (removed_ = r.list(removed_, 10000, 'removed')).push(r.uint64()); break;
      case 58: { const to = r.span(); while (r.at < to) (removed_ = r.list(removed_, 10000, 'removed')).push(r.uint64()); r.ended(to); break; }
      case 66: (kinds_ = r.list(kinds_, 10000, 'kinds')).push(decodeKindDescription(r, r.part())); break;
      default: r.skip(tag, 'SnapshotHeader');
    }
  }
  r.ended(end);
  return Object.freeze({ format: format_, clusterId: clusterId_, lineage: lineage_, version: version_, time: time_, members: members_ ? frozenList(members_) : noItems, removed: removed_ ? frozenList(removed_) : noItems, kinds: kinds_ ? frozenList(kinds_) : noItems });
}

function encodeSnapshotEnd(w: Writer, v: m.SnapshotEnd): void {
  if (v.records !== undefined && v.records !== 0) w.int64(8, v.records);
}

function decodeSnapshotEnd(r: Reader, end: number): m.SnapshotEnd {
  let records_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: records_ = r.uint64(); break;
      default: r.skip(tag, 'SnapshotEnd');
    }
  }
  r.ended(end);
  return Object.freeze({ records: records_ });
}

function encodeSnapshotRecord(w: Writer, v: Fields<m.SnapshotRecord>): void {
  if (v.header !== undefined) { const at = w.open(10, 172); encodeSnapshotHeader(w, v.header); w.close(at, 172); }
  if (v.object !== undefined) { const at = w.open(18, 173); encodeObjectRecord(w, v.object); w.close(at, 173); }
  if (v.history !== undefined) { const at = w.open(26, 174); encodeHistoryRecord(w, v.history); w.close(at, 174); }
  if (v.requests !== undefined) { const at = w.open(34, 175); encodeRequestRecords(w, v.requests); w.close(at, 175); }
  if (v.end !== undefined) { const at = w.open(42, 176); encodeSnapshotEnd(w, v.end); w.close(at, 176); }
}

const SnapshotRecordObject = plain<m.SnapshotRecord>(function (this: Open, header_: unknown, object_: unknown, history_: unknown, requests_: unknown, end_: unknown) {
  if (header_ !== undefined) this.header = header_; if (object_ !== undefined) this.object = object_; if (history_ !== undefined) this.history = history_; if (requests_ !== undefined) this.requests = requests_; if (end_ !== undefined) this.end = end_;
});

function decodeSnapshotRecord(r: Reader, end: number): m.SnapshotRecord {
  let header_: m.SnapshotHeader | undefined; let object_: m.ObjectRecord | undefined; let history_: m.HistoryRecord | undefined; let requests_: m.RequestRecords | undefined; let end_: m.SnapshotEnd | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: header_ = decodeSnapshotHeader(r, r.part()); break;
      case 18: object_ = decodeObjectRecord(r, r.part()); break;
      case 26: history_ = decodeHistoryRecord(r, r.part()); break;
      case 34: requests_ = decodeRequestRecords(r, r.part()); break;
      case 42: end_ = decodeSnapshotEnd(r, r.part()); break;
      default: r.skip(tag, 'SnapshotRecord');
    }
  }
  r.ended(end);
  return Object.freeze(new SnapshotRecordObject(header_, object_, history_, requests_, end_));
}

function encodeSnapshotDescriptor(w: Writer, v: m.SnapshotDescriptor): void {
  if (v.size !== undefined && v.size !== 0) w.int64(8, v.size);
  if (v.checksum !== undefined && v.checksum !== 0) w.uint32(16, v.checksum);
}

function decodeSnapshotDescriptor(r: Reader, end: number): m.SnapshotDescriptor {
  let size_: number = 0; let checksum_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: size_ = r.uint64(); break;
      case 16: checksum_ = r.uint32(); break;
      default: r.skip(tag, 'SnapshotDescriptor');
    }
  }
  r.ended(end);
  return Object.freeze({ size: size_, checksum: checksum_ });
}

function encodeEngineTarget(w: Writer, v: m.EngineTarget): void {
  if (v.engine !== undefined && v.engine !== '') w.text(10, v.engine);
  if (v.node !== undefined && v.node !== '') w.text(18, v.node);
}

function decodeEngineTarget(r: Reader, end: number): m.EngineTarget {
  let engine_: string = ''; let node_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: engine_ = r.text(); break;
      case 18: node_ = r.text(); break;
      default: r.skip(tag, 'EngineTarget');
    }
  }
  r.ended(end);
  return Object.freeze({ engine: engine_, node: node_ });
}

function encodeEngineOpened(w: Writer, v: m.EngineOpened): void {
  if (v.engine !== undefined && v.engine !== '') w.text(10, v.engine);
  if (v.addr !== undefined && v.addr !== '') w.text(18, v.addr);
}

function decodeEngineOpened(r: Reader, end: number): m.EngineOpened {
  let engine_: string = ''; let addr_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: engine_ = r.text(); break;
      case 18: addr_ = r.text(); break;
      default: r.skip(tag, 'EngineOpened');
    }
  }
  r.ended(end);
  return Object.freeze({ engine: engine_, addr: addr_ });
}

function encodeEngineEnd(w: Writer, v: m.EngineEnd): void {
}

function decodeEngineEnd(r: Reader, end: number): m.EngineEnd {
  
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      default: r.skip(tag, 'EngineEnd');
    }
  }
  r.ended(end);
  return Object.freeze({  });
}

function encodeEngineRequest(w: Writer, v: Fields<m.EngineRequest>): void {
  if (v.target !== undefined) { const at = w.open(10, 177); encodeEngineTarget(w, v.target); w.close(at, 177); }
  if (v.data !== undefined) w.bytes(18, v.data);
  if (v.end !== undefined) { const at = w.open(26, 178); encodeEngineEnd(w, v.end); w.close(at, 178); }
}

const EngineRequestObject = plain<m.EngineRequest>(function (this: Open, target_: unknown, data_: unknown, end_: unknown) {
  if (target_ !== undefined) this.target = target_; if (data_ !== undefined) this.data = data_; if (end_ !== undefined) this.end = end_;
});

function decodeEngineRequest(r: Reader, end: number): m.EngineRequest {
  let target_: m.EngineTarget | undefined;   let data_: Uint8Array | undefined; let end_: m.EngineEnd | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: target_ = decodeEngineTarget(r, r.part()); break;
      case 18: data_ = r.bytes(); break;
      case 26: end_ = decodeEngineEnd(r, r.part()); break;
      default: r.skip(tag, 'EngineRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new EngineRequestObject(target_, data_, end_));
}

function encodeEngineResponse(w: Writer, v: Fields<m.EngineResponse>): void {
  if (v.opened !== undefined) { const at = w.open(10, 179); encodeEngineOpened(w, v.opened); w.close(at, 179); }
  if (v.data !== undefined) w.bytes(18, v.data);
  if (v.end !== undefined) { const at = w.open(26, 180); encodeEngineEnd(w, v.end); w.close(at, 180); }
}

const EngineResponseObject = plain<m.EngineResponse>(function (this: Open, opened_: unknown, data_: unknown, end_: unknown) {
  if (opened_ !== undefined) this.opened = opened_; if (data_ !== undefined) this.data = data_; if (end_ !== undefined) this.end = end_;
});

function decodeEngineResponse(r: Reader, end: number): m.EngineResponse {
  let opened_: m.EngineOpened | undefined;   let data_: Uint8Array | undefined; let end_: m.EngineEnd | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: opened_ = decodeEngineOpened(r, r.part()); break;
      case 18: data_ = r.bytes(); break;
      case 26: end_ = decodeEngineEnd(r, r.part()); break;
      default: r.skip(tag, 'EngineResponse');
    }
  }
  r.ended(end);
  return Object.freeze(new EngineResponseObject(opened_, data_, end_));
}

function encodeHeldLock(w: Writer, v: m.HeldLock): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.version !== undefined && v.version !== 0) w.int64(16, v.version);
}

function decodeHeldLock(r: Reader, end: number): m.HeldLock {
  let id_: string = ''; let version_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 16: version_ = r.uint64(); break;
      default: r.skip(tag, 'HeldLock');
    }
  }
  r.ended(end);
  return Object.freeze({ id: id_, version: version_ });
}

function encodeTaskReport(w: Writer, v: m.TaskReport): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.status !== undefined) { const at = w.open(18, 181); encodeTaskStatus(w, v.status); w.close(at, 181); }
}

function decodeTaskReport(r: Reader, end: number): m.TaskReport {
  let id_: string = ''; let status_: m.TaskStatus | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 18: { const to = r.part(); status_ = r.at === to ? absent(decodeTaskStatus) : decodeTaskStatus(r, to); } break;
      default: r.skip(tag, 'TaskReport');
    }
  }
  r.ended(end);
  return Object.freeze({ id: id_, status: status_ ?? absent(decodeTaskStatus) });
}

function encodeEngineFacts(w: Writer, v: m.EngineFacts): void {
  if (v.engineId !== undefined && v.engineId !== '') w.text(10, v.engineId);
  if (v.nodeId !== undefined && v.nodeId !== '') w.text(18, v.nodeId);
  if (v.description !== undefined) { const at = w.open(26, 182); encodeNodeDescription(w, v.description); w.close(at, 182); }
  if (v.apiVersion !== undefined && v.apiVersion !== '') w.text(34, v.apiVersion);
  if (v.swarmNode !== undefined && v.swarmNode !== '') w.text(42, v.swarmNode);
  if (v.swarmControl !== undefined && v.swarmControl !== false) w.bool(48, v.swarmControl);
}

function decodeEngineFacts(r: Reader, end: number): m.EngineFacts {
  let engineId_: string = ''; let nodeId_: string = ''; let description_: m.NodeDescription | undefined; let apiVersion_: string = ''; let swarmNode_: string = ''; let swarmControl_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: engineId_ = r.text(); break;
      case 18: nodeId_ = r.text(); break;
      case 26: { const to = r.part(); description_ = r.at === to ? absent(decodeNodeDescription) : decodeNodeDescription(r, to); } break;
      case 34: apiVersion_ = r.text(); break;
      case 42: swarmNode_ = r.text(); break;
      case 48: swarmControl_ = r.bool(); break;
      default: r.skip(tag, 'EngineFacts');
    }
  }
  r.ended(end);
  return Object.freeze({ engineId: engineId_, nodeId: nodeId_, description: description_ ?? absent(decodeNodeDescription), apiVersion: apiVersion_, swarmNode: swarmNode_, swarmControl: swarmControl_ });
}

function encodeEngineMisses(w: Writer, v: m.EngineMisses): void {
  if (v.count !== undefined && v.count !== 0) w.uint32(8, v.count);
  if (v.lost !== undefined && v.lost !== false) w.bool(16, v.lost);
  if (v.error !== undefined && v.error !== '') w.text(26, v.error);
  if (v.silentMs !== undefined && v.silentMs !== 0) w.int64(32, v.silentMs);
}

function decodeEngineMisses(r: Reader, end: number): m.EngineMisses {
  let count_: number = 0; let lost_: boolean = false; let error_: string = ''; let silentMs_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: count_ = r.uint32(); break;
      case 16: lost_ = r.bool(); break;
      case 26: error_ = r.text(); break;
      case 32: silentMs_ = r.uint64(); break;
      default: r.skip(tag, 'EngineMisses');
    }
  }
  r.ended(end);
  return Object.freeze({ count: count_, lost: lost_, error: error_, silentMs: silentMs_ });
}

function encodeReportRequest(w: Writer, v: m.ReportRequest): void {
  if (v.lock !== undefined) { const at = w.open(10, 183); encodeHeldLock(w, v.lock); w.close(at, 183); }
  if (v.tasks !== undefined) for (const item of v.tasks) { const at = w.open(18, 184); encodeTaskReport(w, item); w.close(at, 184); }
  if (v.engine !== undefined) { const at = w.open(26, 185); encodeEngineFacts(w, v.engine); w.close(at, 185); }
  if (v.misses !== undefined) { const at = w.open(34, 186); encodeEngineMisses(w, v.misses); w.close(at, 186); }
}

const ReportRequestObject = plain<m.ReportRequest>(function (this: Open, lock_: unknown, tasks_: unknown, engine_: unknown, misses_: unknown) {
  this.lock = lock_; this.tasks = tasks_; if (engine_ !== undefined) this.engine = engine_; if (misses_ !== undefined) this.misses = misses_;
});

function decodeReportRequest(r: Reader, end: number): m.ReportRequest {
  let lock_: m.HeldLock | undefined; let tasks_: m.TaskReport[] | undefined; let engine_: m.EngineFacts | undefined; let misses_: m.EngineMisses | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); lock_ = r.at === to ? absent(decodeHeldLock) : decodeHeldLock(r, to); } break;
      case 18: (tasks_ = r.list(tasks_, 1000, 'tasks')).push(decodeTaskReport(r, r.part())); break;
      case 26: engine_ = decodeEngineFacts(r, r.part()); break;
      case 34: misses_ = decodeEngineMisses(r, r.part()); break;
      default: r.skip(tag, 'ReportRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new ReportRequestObject(lock_ ?? absent(decodeHeldLock), tasks_ ? frozenList(tasks_) : noItems, engine_, misses_));
}

function encodeRefusedTask(w: Writer, v: m.RefusedTask): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.why !== undefined && v.why !== 'gone') w.word(16, ReportRefusal, v.why);
}

function decodeRefusedTask(r: Reader, end: number): m.RefusedTask {
  let id_: string = ''; let why_: m.ReportRefusal = 'gone';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 16: why_ = r.word(ReportRefusal); break;
      default: r.skip(tag, 'RefusedTask');
    }
  }
  r.ended(end);
  return Object.freeze({ id: id_, why: why_ });
}

function encodeReportResponse(w: Writer, v: m.ReportResponse): void {
  if (v.refused !== undefined) for (const item of v.refused) { const at = w.open(10, 187); encodeRefusedTask(w, item); w.close(at, 187); }
  if (v.leaseMs !== undefined && v.leaseMs !== 0) w.int64(16, v.leaseMs);
  if (v.engineError !== undefined && v.engineError !== '') w.text(26, v.engineError);
}

function decodeReportResponse(r: Reader, end: number): m.ReportResponse {
  let refused_: m.RefusedTask[] | undefined; let leaseMs_: number = 0; let engineError_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (refused_ = r.list(refused_, 10000, 'refused')).push(decodeRefusedTask(r, r.part())); break;
      case 16: leaseMs_ = r.uint64(); break;
      case 26: engineError_ = r.text(); break;
      default: r.skip(tag, 'ReportResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ refused: refused_ ? frozenList(refused_) : noItems, leaseMs: leaseMs_, engineError: engineError_ });
}

function encodeResumeRequest(w: Writer, v: m.ResumeRequest): void {
  if (v.info !== undefined) { const at = w.open(10, 188); encodeWriteInfo(w, v.info); w.close(at, 188); }
}

const ResumeRequestObject = plain<m.ResumeRequest>(function (this: Open, info_: unknown) {
  if (info_ !== undefined) this.info = info_;
});

function decodeResumeRequest(r: Reader, end: number): m.ResumeRequest {
  let info_: m.WriteInfo | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: info_ = decodeWriteInfo(r, r.part()); break;
      default: r.skip(tag, 'ResumeRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new ResumeRequestObject(info_));
}

function encodeResumeResponse(w: Writer, v: m.ResumeResponse): void {
  if (v.nodes !== undefined) for (const item of v.nodes) w.text(10, item);
}

function decodeResumeResponse(r: Reader, end: number): m.ResumeResponse {
  let nodes_: string[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (nodes_ = r.list(nodes_, 10000, 'nodes')).push(r.text()); break;
      default: r.skip(tag, 'ResumeResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ nodes: nodes_ ? frozenList(nodes_) : noItems });
}

function encodeFormationBallot(w: Writer, v: m.FormationBallot): void {
  if (v.round !== undefined && v.round !== 0) w.int64(8, v.round);
  if (v.by !== undefined && v.by !== 0) w.int64(16, v.by);
}

function decodeFormationBallot(r: Reader, end: number): m.FormationBallot {
  let round_: number = 0; let by_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: round_ = r.uint64(); break;
      case 16: by_ = r.uint64(); break;
      default: r.skip(tag, 'FormationBallot');
    }
  }
  r.ended(end);
  return Object.freeze({ round: round_, by: by_ });
}

function encodeGenesis(w: Writer, v: m.Genesis): void {
  if (v.clusterId !== undefined && v.clusterId !== '') w.text(10, v.clusterId);
  if (v.lineage !== undefined && v.lineage !== '') w.text(18, v.lineage);
  if (v.members !== undefined) for (const item of v.members) { const at = w.open(26, 189); encodeMemberInfo(w, item); w.close(at, 189); }
}

function decodeGenesis(r: Reader, end: number): m.Genesis {
  let clusterId_: string = ''; let lineage_: string = ''; let members_: m.MemberInfo[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: clusterId_ = r.text(); break;
      case 18: lineage_ = r.text(); break;
      case 26: (members_ = r.list(members_, 10000, 'members')).push(decodeMemberInfo(r, r.part())); break;
      default: r.skip(tag, 'Genesis');
    }
  }
  r.ended(end);
  return Object.freeze({ clusterId: clusterId_, lineage: lineage_, members: members_ ? frozenList(members_) : noItems });
}

function encodeFormationRequest(w: Writer, v: m.FormationRequest): void {
  if (v.member !== undefined) { const at = w.open(10, 190); encodeMemberInfo(w, v.member); w.close(at, 190); }
  if (v.peers !== undefined) for (const item of v.peers) w.text(18, item);
  if (v.ballot !== undefined) { const at = w.open(26, 191); encodeFormationBallot(w, v.ballot); w.close(at, 191); }
  if (v.genesis !== undefined) { const at = w.open(34, 192); encodeGenesis(w, v.genesis); w.close(at, 192); }
}

const FormationRequestObject = plain<m.FormationRequest>(function (this: Open, member_: unknown, peers_: unknown, ballot_: unknown, genesis_: unknown) {
  this.member = member_; this.peers = peers_; if (ballot_ !== undefined) this.ballot = ballot_; if (genesis_ !== undefined) this.genesis = genesis_;
});

function decodeFormationRequest(r: Reader, end: number): m.FormationRequest {
  let member_: m.MemberInfo | undefined; let peers_: string[] | undefined; let ballot_: m.FormationBallot | undefined; let genesis_: m.Genesis | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); member_ = r.at === to ? absent(decodeMemberInfo) : decodeMemberInfo(r, to); } break;
      case 18: (peers_ = r.list(peers_, 10000, 'peers')).push(r.text()); break;
      case 26: ballot_ = decodeFormationBallot(r, r.part()); break;
      case 34: genesis_ = decodeGenesis(r, r.part()); break;
      default: r.skip(tag, 'FormationRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new FormationRequestObject(member_ ?? absent(decodeMemberInfo), peers_ ? frozenList(peers_) : noItems, ballot_, genesis_));
}

function encodeFormationAnswer(w: Writer, v: m.FormationAnswer): void {
  if (v.member !== undefined) { const at = w.open(10, 193); encodeMemberInfo(w, v.member); w.close(at, 193); }
  if (v.peers !== undefined) for (const item of v.peers) w.text(18, item);
  if (v.formed !== undefined && v.formed !== false) w.bool(24, v.formed);
  if (v.granted !== undefined && v.granted !== false) w.bool(32, v.granted);
  if (v.promised !== undefined) { const at = w.open(42, 194); encodeFormationBallot(w, v.promised); w.close(at, 194); }
  if (v.acceptedAt !== undefined) { const at = w.open(50, 195); encodeFormationBallot(w, v.acceptedAt); w.close(at, 195); }
  if (v.genesis !== undefined) { const at = w.open(58, 196); encodeGenesis(w, v.genesis); w.close(at, 196); }
}

const FormationAnswerObject = plain<m.FormationAnswer>(function (this: Open, member_: unknown, peers_: unknown, formed_: unknown, granted_: unknown, promised_: unknown, acceptedAt_: unknown, genesis_: unknown) {
  this.member = member_; this.peers = peers_; this.formed = formed_; this.granted = granted_; if (promised_ !== undefined) this.promised = promised_; if (acceptedAt_ !== undefined) this.acceptedAt = acceptedAt_; if (genesis_ !== undefined) this.genesis = genesis_;
});

function decodeFormationAnswer(r: Reader, end: number): m.FormationAnswer {
  let member_: m.MemberInfo | undefined; let peers_: string[] | undefined; let formed_: boolean = false; let granted_: boolean = false; let promised_: m.FormationBallot | undefined; let acceptedAt_: m.FormationBallot | undefined; let genesis_: m.Genesis | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); member_ = r.at === to ? absent(decodeMemberInfo) : decodeMemberInfo(r, to); } break;
      case 18: (peers_ = r.list(peers_, 10000, 'peers')).push(r.text()); break;
      case 24: formed_ = r.bool(); break;
      case 32: granted_ = r.bool(); break;
      case 42: promised_ = decodeFormationBallot(r, r.part()); break;
      case 50: acceptedAt_ = decodeFormationBallot(r, r.part()); break;
      case 58: genesis_ = decodeGenesis(r, r.part()); break;
      default: r.skip(tag, 'FormationAnswer');
    }
  }
  r.ended(end);
  return Object.freeze(new FormationAnswerObject(member_ ?? absent(decodeMemberInfo), peers_ ? frozenList(peers_) : noItems, formed_, granted_, promised_, acceptedAt_, genesis_));
}

function encodeGrantRequest(w: Writer, v: m.GrantRequest): void {
  if (v.ttlMs !== undefined && v.ttlMs !== 0) w.int64(8, v.ttlMs);
  if (v.holder !== undefined && v.holder !== '') w.text(18, v.holder);
  if (v.guarded !== undefined && v.guarded !== false) w.bool(24, v.guarded);
  if (v.info !== undefined) { const at = w.open(34, 197); encodeWriteInfo(w, v.info); w.close(at, 197); }
}

const GrantRequestObject = plain<m.GrantRequest>(function (this: Open, ttlMs_: unknown, holder_: unknown, guarded_: unknown, info_: unknown) {
  this.ttlMs = ttlMs_; this.holder = holder_; this.guarded = guarded_; if (info_ !== undefined) this.info = info_;
});

function decodeGrantRequest(r: Reader, end: number): m.GrantRequest {
  let ttlMs_: number = 0; let holder_: string = ''; let guarded_: boolean = false; let info_: m.WriteInfo | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: ttlMs_ = r.uint64(); break;
      case 18: holder_ = r.text(); break;
      case 24: guarded_ = r.bool(); break;
      case 34: info_ = decodeWriteInfo(r, r.part()); break;
      default: r.skip(tag, 'GrantRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new GrantRequestObject(ttlMs_, holder_, guarded_, info_));
}

function encodeGrantResponse(w: Writer, v: m.GrantResponse): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.version !== undefined && v.version !== 0) w.int64(16, v.version);
}

function decodeGrantResponse(r: Reader, end: number): m.GrantResponse {
  let id_: string = ''; let version_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 16: version_ = r.uint64(); break;
      default: r.skip(tag, 'GrantResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ id: id_, version: version_ });
}

function encodeKeepAliveRequest(w: Writer, v: m.KeepAliveRequest): void {
  if (v.ids !== undefined) for (const item of v.ids) w.text(10, item);
}

function decodeKeepAliveRequest(r: Reader, end: number): m.KeepAliveRequest {
  let ids_: string[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (ids_ = r.list(ids_, 1000, 'ids')).push(r.text()); break;
      default: r.skip(tag, 'KeepAliveRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ ids: ids_ ? frozenList(ids_) : noItems });
}

function encodeKeepAliveResponse(w: Writer, v: m.KeepAliveResponse): void {
  if (v.lost !== undefined) for (const item of v.lost) w.text(10, item);
}

function decodeKeepAliveResponse(r: Reader, end: number): m.KeepAliveResponse {
  let lost_: string[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (lost_ = r.list(lost_, 10000, 'lost')).push(r.text()); break;
      default: r.skip(tag, 'KeepAliveResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ lost: lost_ ? frozenList(lost_) : noItems });
}

function encodeRevokeRequest(w: Writer, v: m.RevokeRequest): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
  if (v.info !== undefined) { const at = w.open(18, 198); encodeWriteInfo(w, v.info); w.close(at, 198); }
}

const RevokeRequestObject = plain<m.RevokeRequest>(function (this: Open, id_: unknown, info_: unknown) {
  this.id = id_; if (info_ !== undefined) this.info = info_;
});

function decodeRevokeRequest(r: Reader, end: number): m.RevokeRequest {
  let id_: string = ''; let info_: m.WriteInfo | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      case 18: info_ = decodeWriteInfo(r, r.part()); break;
      default: r.skip(tag, 'RevokeRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new RevokeRequestObject(id_, info_));
}

function encodeRevokeResponse(w: Writer, v: m.RevokeResponse): void {
  if (v.version !== undefined && v.version !== 0) w.int64(8, v.version);
}

function decodeRevokeResponse(r: Reader, end: number): m.RevokeResponse {
  let version_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: version_ = r.uint64(); break;
      default: r.skip(tag, 'RevokeResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ version: version_ });
}

function encodeRaftHello(w: Writer, v: m.RaftHello): void {
  if (v.format !== undefined && v.format !== 0) w.uint32(8, v.format);
  if (v.clusterId !== undefined && v.clusterId !== '') w.text(18, v.clusterId);
  if (v.from !== undefined && v.from !== 0) w.int64(24, v.from);
  if (v.to !== undefined && v.to !== 0) w.int64(32, v.to);
  if (v.addrs !== undefined) for (const item of v.addrs) w.text(42, item);
  if (v.lastIndex !== undefined && v.lastIndex !== 0) w.int64(48, v.lastIndex);
}

function decodeRaftHello(r: Reader, end: number): m.RaftHello {
  let format_: number = 0; let clusterId_: string = ''; let from_: number = 0; let to_: number = 0; let addrs_: string[] | undefined; let lastIndex_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: format_ = r.uint32(); break;
      case 18: clusterId_ = r.text(); break;
      case 24: from_ = r.uint64(); break;
      case 32: to_ = r.uint64(); break;
      case 42: (addrs_ = r.list(addrs_, 10000, 'addrs')).push(r.text()); break;
      case 48: lastIndex_ = r.uint64(); break;
      default: r.skip(tag, 'RaftHello');
    }
  }
  r.ended(end);
  return Object.freeze({ format: format_, clusterId: clusterId_, from: from_, to: to_, addrs: addrs_ ? frozenList(addrs_) : noItems, lastIndex: lastIndex_ });
}

function encodeRaftFrame(w: Writer, v: Fields<m.RaftFrame>): void {
  if (v.hello !== undefined) { const at = w.open(10, 199); encodeRaftHello(w, v.hello); w.close(at, 199); }
  if (v.batch !== undefined) { const at = w.open(18, 200); encodeRaftBatch(w, v.batch); w.close(at, 200); }
}

const RaftFrameObject = plain<m.RaftFrame>(function (this: Open, hello_: unknown, batch_: unknown) {
  if (hello_ !== undefined) this.hello = hello_; if (batch_ !== undefined) this.batch = batch_;
});

function decodeRaftFrame(r: Reader, end: number): m.RaftFrame {
  let hello_: m.RaftHello | undefined; let batch_: m.RaftBatch | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: hello_ = decodeRaftHello(r, r.part()); break;
      case 18: batch_ = decodeRaftBatch(r, r.part()); break;
      default: r.skip(tag, 'RaftFrame');
    }
  }
  r.ended(end);
  return Object.freeze(new RaftFrameObject(hello_, batch_));
}

function encodeRaftBatch(w: Writer, v: m.RaftBatch): void {
  if (v.messages !== undefined) for (const item of v.messages) { const at = w.open(10, 201); encodeRaftMessage(w, item); w.close(at, 201); }
}

function decodeRaftBatch(r: Reader, end: number): m.RaftBatch {
  let messages_: m.RaftMessage[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (messages_ = r.list(messages_, 10000, 'messages')).push(decodeRaftMessage(r, r.part())); break;
      default: r.skip(tag, 'RaftBatch');
    }
  }
  r.ended(end);
  return Object.freeze({ messages: messages_ ? frozenList(messages_) : noItems });
}

function encodeRaftStreamEnd(w: Writer, v: m.RaftStreamEnd): void {
}

function decodeRaftStreamEnd(r: Reader, end: number): m.RaftStreamEnd {
  
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      default: r.skip(tag, 'RaftStreamEnd');
    }
  }
  r.ended(end);
  return Object.freeze({  });
}

function encodeSnapshotOpening(w: Writer, v: m.SnapshotOpening): void {
  if (v.hello !== undefined) { const at = w.open(10, 202); encodeRaftHello(w, v.hello); w.close(at, 202); }
  if (v.message !== undefined) { const at = w.open(18, 203); encodeRaftMessage(w, v.message); w.close(at, 203); }
}

function decodeSnapshotOpening(r: Reader, end: number): m.SnapshotOpening {
  let hello_: m.RaftHello | undefined; let message_: m.RaftMessage | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); hello_ = r.at === to ? absent(decodeRaftHello) : decodeRaftHello(r, to); } break;
      case 18: { const to = r.part(); message_ = r.at === to ? absent(decodeRaftMessage) : decodeRaftMessage(r, to); } break;
      default: r.skip(tag, 'SnapshotOpening');
    }
  }
  r.ended(end);
  return Object.freeze({ hello: hello_ ?? absent(decodeRaftHello), message: message_ ?? absent(decodeRaftMessage) });
}

function encodeSnapshotFrame(w: Writer, v: Fields<m.SnapshotFrame>): void {
  if (v.opening !== undefined) { const at = w.open(10, 204); encodeSnapshotOpening(w, v.opening); w.close(at, 204); }
  if (v.chunk !== undefined) w.bytes(18, v.chunk);
}

const SnapshotFrameObject = plain<m.SnapshotFrame>(function (this: Open, opening_: unknown, chunk_: unknown) {
  if (opening_ !== undefined) this.opening = opening_; if (chunk_ !== undefined) this.chunk = chunk_;
});

function decodeSnapshotFrame(r: Reader, end: number): m.SnapshotFrame {
  let opening_: m.SnapshotOpening | undefined;   let chunk_: Uint8Array | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: opening_ = decodeSnapshotOpening(r, r.part()); break;
      case 18: chunk_ = r.bytes(); break;
      default: r.skip(tag, 'SnapshotFrame');
    }
  }
  r.ended(end);
  return Object.freeze(new SnapshotFrameObject(opening_, chunk_));
}

function encodeConfChangeOp(w: Writer, v: m.ConfChangeOp): void {
  if (v.type !== undefined && v.type !== 'addVoter') w.word(8, ConfChangeOpType, v.type);
  if (v.nodeId !== undefined && v.nodeId !== 0) w.int64(16, v.nodeId);
}

function decodeConfChangeOp(r: Reader, end: number): m.ConfChangeOp {
  let type_: m.ConfChangeOpType = 'addVoter'; let nodeId_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: type_ = r.word(ConfChangeOpType); break;
      case 16: nodeId_ = r.uint64(); break;
      default: r.skip(tag, 'ConfChangeOp');
    }
  }
  r.ended(end);
  return Object.freeze({ type: type_, nodeId: nodeId_ });
}

function encodeConfChange(w: Writer, v: m.ConfChange): void {
  if (v.transition !== undefined && v.transition !== 'auto') w.word(8, ConfChangeTransition, v.transition);
  if (v.changes !== undefined) for (const item of v.changes) { const at = w.open(18, 205); encodeConfChangeOp(w, item); w.close(at, 205); }
  if (v.context !== undefined) w.bytes(26, v.context);
}

const ConfChangeObject = plain<m.ConfChange>(function (this: Open, transition_: unknown, changes_: unknown, context_: unknown) {
  this.transition = transition_; this.changes = changes_; if (context_ !== undefined) this.context = context_;
});

function decodeConfChange(r: Reader, end: number): m.ConfChange {
  let transition_: m.ConfChangeTransition = 'auto'; let changes_: m.ConfChangeOp[] | undefined;   let context_: Uint8Array | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: transition_ = r.word(ConfChangeTransition); break;
      case 18: (changes_ = r.list(changes_, 10000, 'changes')).push(decodeConfChangeOp(r, r.part())); break;
      case 26: context_ = r.bytes(); break;
      default: r.skip(tag, 'ConfChange');
    }
  }
  r.ended(end);
  return Object.freeze(new ConfChangeObject(transition_, changes_ ? frozenList(changes_) : noItems, context_));
}

function encodeEntry(w: Writer, v: m.Entry): void {
  if (v.term !== undefined && v.term !== 0) w.int64(8, v.term);
  if (v.index !== undefined && v.index !== 0) w.int64(16, v.index);
  if (v.data !== undefined && v.data.length > 0) w.bytes(26, v.data);
  if (v.change !== undefined) { const at = w.open(34, 206); encodeConfChange(w, v.change); w.close(at, 206); }
}

const EntryObject = plain<m.Entry>(function (this: Open, term_: unknown, index_: unknown, data_: unknown, change_: unknown) {
  this.term = term_; this.index = index_; this.data = data_; if (change_ !== undefined) this.change = change_;
});

function decodeEntry(r: Reader, end: number): m.Entry {
  let term_: number = 0; let index_: number = 0; let data_: Uint8Array = noBytes; let change_: m.ConfChange | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: term_ = r.uint64(); break;
      case 16: index_ = r.uint64(); break;
      case 26: data_ = r.bytes(); break;
      case 34: change_ = decodeConfChange(r, r.part()); break;
      default: r.skip(tag, 'Entry');
    }
  }
  r.ended(end);
  return Object.freeze(new EntryObject(term_, index_, data_, change_));
}

function encodeConfState(w: Writer, v: m.ConfState): void {
  if (v.voters !== undefined && v.voters.length > 0) { const at = w.open(10, 207); for (const item of v.voters) w.item(item); w.close(at, 207); }
  if (v.learners !== undefined && v.learners.length > 0) { const at = w.open(18, 208); for (const item of v.learners) w.item(item); w.close(at, 208); }
  if (v.votersOutgoing !== undefined && v.votersOutgoing.length > 0) { const at = w.open(26, 209); for (const item of v.votersOutgoing) w.item(item); w.close(at, 209); }
  if (v.learnersNext !== undefined && v.learnersNext.length > 0) { const at = w.open(34, 210); for (const item of v.learnersNext) w.item(item); w.close(at, 210); }
  if (v.autoLeave !== undefined && v.autoLeave !== false) w.bool(40, v.autoLeave);
}

function decodeConfState(r: Reader, end: number): m.ConfState {
  let voters_: number[] | undefined; let learners_: number[] | undefined; let votersOutgoing_: number[] | undefined; let learnersNext_: number[] | undefined; let autoLeave_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: (voters_ = r.list(voters_, 10000, 'voters')).push(r.uint64()); break;
      case 10: { const to = r.span(); while (r.at < to) (voters_ = r.list(voters_, 10000, 'voters')).push(r.uint64()); r.ended(to); break; }
      case 16: (learners_ = r.list(learners_, 10000, 'learners')).push(r.uint64()); break;
      case 18: { const to = r.span(); while (r.at < to) (learners_ = r.list(learners_, 10000, 'learners')).push(r.uint64()); r.ended(to); break; }
      case 24: (votersOutgoing_ = r.list(votersOutgoing_, 10000, 'votersOutgoing')).push(r.uint64()); break;
      case 26: { const to = r.span(); while (r.at < to) (votersOutgoing_ = r.list(votersOutgoing_, 10000, 'votersOutgoing')).push(r.uint64()); r.ended(to); break; }
      case 32: (learnersNext_ = r.list(learnersNext_, 10000, 'learnersNext')).push(r.uint64()); break;
      case 34: { const to = r.span(); while (r.at < to) (learnersNext_ = r.list(learnersNext_, 10000, 'learnersNext')).push(r.uint64()); r.ended(to); break; }
      case 40: autoLeave_ = r.bool(); break;
      default: r.skip(tag, 'ConfState');
    }
  }
  r.ended(end);
  return Object.freeze({ voters: voters_ ? frozenList(voters_) : noItems, learners: learners_ ? frozenList(learners_) : noItems, votersOutgoing: votersOutgoing_ ? frozenList(votersOutgoing_) : noItems, learnersNext: learnersNext_ ? frozenList(learnersNext_) : noItems, autoLeave: autoLeave_ });
}

function encodeSnapshotMetadata(w: Writer, v: m.SnapshotMetadata): void {
  if (v.index !== undefined && v.index !== 0) w.int64(8, v.index);
  if (v.term !== undefined && v.term !== 0) w.int64(16, v.term);
  if (v.confState !== undefined) { const at = w.open(26, 211); encodeConfState(w, v.confState); w.close(at, 211); }
}

function decodeSnapshotMetadata(r: Reader, end: number): m.SnapshotMetadata {
  let index_: number = 0; let term_: number = 0; let confState_: m.ConfState | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: index_ = r.uint64(); break;
      case 16: term_ = r.uint64(); break;
      case 26: { const to = r.part(); confState_ = r.at === to ? absent(decodeConfState) : decodeConfState(r, to); } break;
      default: r.skip(tag, 'SnapshotMetadata');
    }
  }
  r.ended(end);
  return Object.freeze({ index: index_, term: term_, confState: confState_ ?? absent(decodeConfState) });
}

function encodeSnapshot(w: Writer, v: m.Snapshot): void {
  if (v.metadata !== undefined) { const at = w.open(10, 212); encodeSnapshotMetadata(w, v.metadata); w.close(at, 212); }
  if (v.data !== undefined && v.data.length > 0) w.bytes(18, v.data);
}

function decodeSnapshot(r: Reader, end: number): m.Snapshot {
  let metadata_: m.SnapshotMetadata | undefined; let data_: Uint8Array = noBytes;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); metadata_ = r.at === to ? absent(decodeSnapshotMetadata) : decodeSnapshotMetadata(r, to); } break;
      case 18: data_ = r.bytes(); break;
      default: r.skip(tag, 'Snapshot');
    }
  }
  r.ended(end);
  return Object.freeze({ metadata: metadata_ ?? absent(decodeSnapshotMetadata), data: data_ });
}

function encodeAppendEntries(w: Writer, v: m.AppendEntries): void {
  if (v.prevLogIndex !== undefined && v.prevLogIndex !== 0) w.int64(8, v.prevLogIndex);
  if (v.prevLogTerm !== undefined && v.prevLogTerm !== 0) w.int64(16, v.prevLogTerm);
  if (v.entries !== undefined) for (const item of v.entries) { const at = w.open(26, 213); encodeEntry(w, item); w.close(at, 213); }
  if (v.leaderCommit !== undefined && v.leaderCommit !== 0) w.int64(32, v.leaderCommit);
}

function decodeAppendEntries(r: Reader, end: number): m.AppendEntries {
  let prevLogIndex_: number = 0; let prevLogTerm_: number = 0; let entries_: m.Entry[] | undefined; let leaderCommit_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: prevLogIndex_ = r.uint64(); break;
      case 16: prevLogTerm_ = r.uint64(); break;
      case 26: (entries_ = r.list(entries_, 10000, 'entries')).push(decodeEntry(r, r.part())); break;
      case 32: leaderCommit_ = r.uint64(); break;
      default: r.skip(tag, 'AppendEntries');
    }
  }
  r.ended(end);
  return Object.freeze({ prevLogIndex: prevLogIndex_, prevLogTerm: prevLogTerm_, entries: entries_ ? frozenList(entries_) : noItems, leaderCommit: leaderCommit_ });
}

function encodeAppendEntriesResponse(w: Writer, v: m.AppendEntriesResponse): void {
  if (v.index !== undefined && v.index !== 0) w.int64(8, v.index);
  if (v.rejected !== undefined && v.rejected !== false) w.bool(16, v.rejected);
  if (v.hintIndex !== undefined) w.int64(24, v.hintIndex);
  if (v.hintTerm !== undefined) w.int64(32, v.hintTerm);
}

const AppendEntriesResponseObject = plain<m.AppendEntriesResponse>(function (this: Open, index_: unknown, rejected_: unknown, hintIndex_: unknown, hintTerm_: unknown) {
  this.index = index_; this.rejected = rejected_; if (hintIndex_ !== undefined) this.hintIndex = hintIndex_; if (hintTerm_ !== undefined) this.hintTerm = hintTerm_;
});

function decodeAppendEntriesResponse(r: Reader, end: number): m.AppendEntriesResponse {
  let index_: number = 0; let rejected_: boolean = false;   let hintIndex_: number | undefined;   let hintTerm_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: index_ = r.uint64(); break;
      case 16: rejected_ = r.bool(); break;
      case 24: hintIndex_ = r.uint64(); break;
      case 32: hintTerm_ = r.uint64(); break;
      default: r.skip(tag, 'AppendEntriesResponse');
    }
  }
  r.ended(end);
  return Object.freeze(new AppendEntriesResponseObject(index_, rejected_, hintIndex_, hintTerm_));
}

function encodeRequestVote(w: Writer, v: m.RequestVote): void {
  if (v.lastLogIndex !== undefined && v.lastLogIndex !== 0) w.int64(8, v.lastLogIndex);
  if (v.lastLogTerm !== undefined && v.lastLogTerm !== 0) w.int64(16, v.lastLogTerm);
  if (v.leadershipTransfer !== undefined) w.bool(24, v.leadershipTransfer);
}

const RequestVoteObject = plain<m.RequestVote>(function (this: Open, lastLogIndex_: unknown, lastLogTerm_: unknown, leadershipTransfer_: unknown) {
  this.lastLogIndex = lastLogIndex_; this.lastLogTerm = lastLogTerm_; if (leadershipTransfer_ !== undefined) this.leadershipTransfer = leadershipTransfer_;
});

function decodeRequestVote(r: Reader, end: number): m.RequestVote {
  let lastLogIndex_: number = 0; let lastLogTerm_: number = 0;   let leadershipTransfer_: boolean | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: lastLogIndex_ = r.uint64(); break;
      case 16: lastLogTerm_ = r.uint64(); break;
      case 24: leadershipTransfer_ = r.bool(); break;
      default: r.skip(tag, 'RequestVote');
    }
  }
  r.ended(end);
  return Object.freeze(new RequestVoteObject(lastLogIndex_, lastLogTerm_, leadershipTransfer_));
}

function encodeRequestVoteResponse(w: Writer, v: m.RequestVoteResponse): void {
  if (v.granted !== undefined && v.granted !== false) w.bool(8, v.granted);
  if (v.commitIndex !== undefined) w.int64(16, v.commitIndex);
  if (v.commitTerm !== undefined) w.int64(24, v.commitTerm);
}

const RequestVoteResponseObject = plain<m.RequestVoteResponse>(function (this: Open, granted_: unknown, commitIndex_: unknown, commitTerm_: unknown) {
  this.granted = granted_; if (commitIndex_ !== undefined) this.commitIndex = commitIndex_; if (commitTerm_ !== undefined) this.commitTerm = commitTerm_;
});

function decodeRequestVoteResponse(r: Reader, end: number): m.RequestVoteResponse {
  let granted_: boolean = false;   let commitIndex_: number | undefined;   let commitTerm_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: granted_ = r.bool(); break;
      case 16: commitIndex_ = r.uint64(); break;
      case 24: commitTerm_ = r.uint64(); break;
      default: r.skip(tag, 'RequestVoteResponse');
    }
  }
  r.ended(end);
  return Object.freeze(new RequestVoteResponseObject(granted_, commitIndex_, commitTerm_));
}

function encodeHeartbeat(w: Writer, v: m.Heartbeat): void {
  if (v.leaderCommit !== undefined && v.leaderCommit !== 0) w.int64(8, v.leaderCommit);
  if (v.context !== undefined) w.bytes(18, v.context);
}

const HeartbeatObject = plain<m.Heartbeat>(function (this: Open, leaderCommit_: unknown, context_: unknown) {
  this.leaderCommit = leaderCommit_; if (context_ !== undefined) this.context = context_;
});

function decodeHeartbeat(r: Reader, end: number): m.Heartbeat {
  let leaderCommit_: number = 0;   let context_: Uint8Array | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: leaderCommit_ = r.uint64(); break;
      case 18: context_ = r.bytes(); break;
      default: r.skip(tag, 'Heartbeat');
    }
  }
  r.ended(end);
  return Object.freeze(new HeartbeatObject(leaderCommit_, context_));
}

function encodeHeartbeatResponse(w: Writer, v: m.HeartbeatResponse): void {
  if (v.context !== undefined) w.bytes(10, v.context);
}

const HeartbeatResponseObject = plain<m.HeartbeatResponse>(function (this: Open, context_: unknown) {
  if (context_ !== undefined) this.context = context_;
});

function decodeHeartbeatResponse(r: Reader, end: number): m.HeartbeatResponse {
    let context_: Uint8Array | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: context_ = r.bytes(); break;
      default: r.skip(tag, 'HeartbeatResponse');
    }
  }
  r.ended(end);
  return Object.freeze(new HeartbeatResponseObject(context_));
}

function encodeInstallSnapshot(w: Writer, v: m.InstallSnapshot): void {
  if (v.snapshot !== undefined) { const at = w.open(10, 214); encodeSnapshot(w, v.snapshot); w.close(at, 214); }
}

function decodeInstallSnapshot(r: Reader, end: number): m.InstallSnapshot {
  let snapshot_: m.Snapshot | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); snapshot_ = r.at === to ? absent(decodeSnapshot) : decodeSnapshot(r, to); } break;
      default: r.skip(tag, 'InstallSnapshot');
    }
  }
  r.ended(end);
  return Object.freeze({ snapshot: snapshot_ ?? absent(decodeSnapshot) });
}

function encodeTimeoutNow(w: Writer, v: m.TimeoutNow): void {
}

function decodeTimeoutNow(r: Reader, end: number): m.TimeoutNow {
  
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      default: r.skip(tag, 'TimeoutNow');
    }
  }
  r.ended(end);
  return Object.freeze({  });
}

function encodeForwardedTransfer(w: Writer, v: m.ForwardedTransfer): void {
  if (v.transferee !== undefined && v.transferee !== 0) w.int64(8, v.transferee);
}

function decodeForwardedTransfer(r: Reader, end: number): m.ForwardedTransfer {
  let transferee_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: transferee_ = r.uint64(); break;
      default: r.skip(tag, 'ForwardedTransfer');
    }
  }
  r.ended(end);
  return Object.freeze({ transferee: transferee_ });
}

function encodeReadIndex(w: Writer, v: m.ReadIndex): void {
  if (v.context !== undefined && v.context.length > 0) w.bytes(10, v.context);
}

function decodeReadIndex(r: Reader, end: number): m.ReadIndex {
  let context_: Uint8Array = noBytes;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: context_ = r.bytes(); break;
      default: r.skip(tag, 'ReadIndex');
    }
  }
  r.ended(end);
  return Object.freeze({ context: context_ });
}

function encodeReadIndexResponse(w: Writer, v: m.ReadIndexResponse): void {
  if (v.index !== undefined && v.index !== 0) w.int64(8, v.index);
  if (v.context !== undefined && v.context.length > 0) w.bytes(18, v.context);
}

function decodeReadIndexResponse(r: Reader, end: number): m.ReadIndexResponse {
  let index_: number = 0; let context_: Uint8Array = noBytes;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: index_ = r.uint64(); break;
      case 18: context_ = r.bytes(); break;
      default: r.skip(tag, 'ReadIndexResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ index: index_, context: context_ });
}

function encodeRaftMessage(w: Writer, v: m.RaftMessage): void {
  if (v.from !== undefined && v.from !== 0) w.int64(8, v.from);
  if (v.to !== undefined && v.to !== 0) w.int64(16, v.to);
  if (v.term !== undefined && v.term !== 0) w.int64(24, v.term);
  if (v.appendEntries !== undefined) { const at = w.open(34, 215); encodeAppendEntries(w, v.appendEntries); w.close(at, 215); }
  if (v.appendEntriesResponse !== undefined) { const at = w.open(42, 216); encodeAppendEntriesResponse(w, v.appendEntriesResponse); w.close(at, 216); }
  if (v.requestVote !== undefined) { const at = w.open(50, 217); encodeRequestVote(w, v.requestVote); w.close(at, 217); }
  if (v.preVote !== undefined) { const at = w.open(58, 218); encodeRequestVote(w, v.preVote); w.close(at, 218); }
  if (v.requestVoteResponse !== undefined) { const at = w.open(66, 219); encodeRequestVoteResponse(w, v.requestVoteResponse); w.close(at, 219); }
  if (v.preVoteResponse !== undefined) { const at = w.open(74, 220); encodeRequestVoteResponse(w, v.preVoteResponse); w.close(at, 220); }
  if (v.heartbeat !== undefined) { const at = w.open(82, 221); encodeHeartbeat(w, v.heartbeat); w.close(at, 221); }
  if (v.heartbeatResponse !== undefined) { const at = w.open(90, 222); encodeHeartbeatResponse(w, v.heartbeatResponse); w.close(at, 222); }
  if (v.installSnapshot !== undefined) { const at = w.open(98, 223); encodeInstallSnapshot(w, v.installSnapshot); w.close(at, 223); }
  if (v.timeoutNow !== undefined) { const at = w.open(106, 224); encodeTimeoutNow(w, v.timeoutNow); w.close(at, 224); }
  if (v.transferLeader !== undefined) { const at = w.open(114, 225); encodeForwardedTransfer(w, v.transferLeader); w.close(at, 225); }
  if (v.readIndex !== undefined) { const at = w.open(122, 226); encodeReadIndex(w, v.readIndex); w.close(at, 226); }
  if (v.readIndexResponse !== undefined) { const at = w.open(130, 227); encodeReadIndexResponse(w, v.readIndexResponse); w.close(at, 227); }
}

const RaftMessageObject = plain<m.RaftMessage>(function (this: Open, from_: unknown, to_: unknown, term_: unknown, appendEntries_: unknown, appendEntriesResponse_: unknown, requestVote_: unknown, preVote_: unknown, requestVoteResponse_: unknown, preVoteResponse_: unknown, heartbeat_: unknown, heartbeatResponse_: unknown, installSnapshot_: unknown, timeoutNow_: unknown, transferLeader_: unknown, readIndex_: unknown, readIndexResponse_: unknown) {
  this.from = from_; this.to = to_; this.term = term_; if (appendEntries_ !== undefined) this.appendEntries = appendEntries_; if (appendEntriesResponse_ !== undefined) this.appendEntriesResponse = appendEntriesResponse_; if (requestVote_ !== undefined) this.requestVote = requestVote_; if (preVote_ !== undefined) this.preVote = preVote_; if (requestVoteResponse_ !== undefined) this.requestVoteResponse = requestVoteResponse_; if (preVoteResponse_ !== undefined) this.preVoteResponse = preVoteResponse_; if (heartbeat_ !== undefined) this.heartbeat = heartbeat_; if (heartbeatResponse_ !== undefined) this.heartbeatResponse = heartbeatResponse_; if (installSnapshot_ !== undefined) this.installSnapshot = installSnapshot_; if (timeoutNow_ !== undefined) this.timeoutNow = timeoutNow_; if (transferLeader_ !== undefined) this.transferLeader = transferLeader_; if (readIndex_ !== undefined) this.readIndex = readIndex_; if (readIndexResponse_ !== undefined) this.readIndexResponse = readIndexResponse_;
});

function decodeRaftMessage(r: Reader, end: number): m.RaftMessage {
  let from_: number = 0; let to_: number = 0; let term_: number = 0; let appendEntries_: m.AppendEntries | undefined; let appendEntriesResponse_: m.AppendEntriesResponse | undefined; let requestVote_: m.RequestVote | undefined; let preVote_: m.RequestVote | undefined; let requestVoteResponse_: m.RequestVoteResponse | undefined; let preVoteResponse_: m.RequestVoteResponse | undefined; let heartbeat_: m.Heartbeat | undefined; let heartbeatResponse_: m.HeartbeatResponse | undefined; let installSnapshot_: m.InstallSnapshot | undefined; let timeoutNow_: m.TimeoutNow | undefined; let transferLeader_: m.ForwardedTransfer | undefined; let readIndex_: m.ReadIndex | undefined; let readIndexResponse_: m.ReadIndexResponse | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: from_ = r.uint64(); break;
      case 16: to_ = r.uint64(); break;
      case 24: term_ = r.uint64(); break;
      case 34: appendEntries_ = decodeAppendEntries(r, r.part()); break;
      case 42: appendEntriesResponse_ = decodeAppendEntriesResponse(r, r.part()); break;
      case 50: requestVote_ = decodeRequestVote(r, r.part()); break;
      case 58: preVote_ = decodeRequestVote(r, r.part()); break;
      case 66: requestVoteResponse_ = decodeRequestVoteResponse(r, r.part()); break;
      case 74: preVoteResponse_ = decodeRequestVoteResponse(r, r.part()); break;
      case 82: heartbeat_ = decodeHeartbeat(r, r.part()); break;
      case 90: heartbeatResponse_ = decodeHeartbeatResponse(r, r.part()); break;
      case 98: installSnapshot_ = decodeInstallSnapshot(r, r.part()); break;
      case 106: timeoutNow_ = decodeTimeoutNow(r, r.part()); break;
      case 114: transferLeader_ = decodeForwardedTransfer(r, r.part()); break;
      case 122: readIndex_ = decodeReadIndex(r, r.part()); break;
      case 130: readIndexResponse_ = decodeReadIndexResponse(r, r.part()); break;
      default: r.skip(tag, 'RaftMessage');
    }
  }
  r.ended(end);
  return Object.freeze(new RaftMessageObject(from_, to_, term_, appendEntries_, appendEntriesResponse_, requestVote_, preVote_, requestVoteResponse_, preVoteResponse_, heartbeat_, heartbeatResponse_, installSnapshot_, timeoutNow_, transferLeader_, readIndex_, readIndexResponse_));
}

function encodeJoinRequest(w: Writer, v: m.JoinRequest): void {
  if (v.member !== undefined) { const at = w.open(10, 228); encodeMemberInfo(w, v.member); w.close(at, 228); }
  if (v.replaces !== undefined && v.replaces !== false) w.bool(16, v.replaces);
}

function decodeJoinRequest(r: Reader, end: number): m.JoinRequest {
  let member_: m.MemberInfo | undefined; let replaces_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: { const to = r.part(); member_ = r.at === to ? absent(decodeMemberInfo) : decodeMemberInfo(r, to); } break;
      case 16: replaces_ = r.bool(); break;
      default: r.skip(tag, 'JoinRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ member: member_ ?? absent(decodeMemberInfo), replaces: replaces_ });
}

function encodeJoinResponse(w: Writer, v: m.JoinResponse): void {
  if (v.clusterId !== undefined && v.clusterId !== '') w.text(10, v.clusterId);
  if (v.lineage !== undefined && v.lineage !== '') w.text(18, v.lineage);
  if (v.members !== undefined) for (const item of v.members) { const at = w.open(26, 229); encodeMemberInfo(w, item); w.close(at, 229); }
}

function decodeJoinResponse(r: Reader, end: number): m.JoinResponse {
  let clusterId_: string = ''; let lineage_: string = ''; let members_: m.MemberInfo[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: clusterId_ = r.text(); break;
      case 18: lineage_ = r.text(); break;
      case 26: (members_ = r.list(members_, 10000, 'members')).push(decodeMemberInfo(r, r.part())); break;
      default: r.skip(tag, 'JoinResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ clusterId: clusterId_, lineage: lineage_, members: members_ ? frozenList(members_) : noItems });
}

function encodeRemoveMemberRequest(w: Writer, v: m.RemoveMemberRequest): void {
  if (v.member !== undefined && v.member !== '') w.text(10, v.member);
  if (v.force !== undefined && v.force !== false) w.bool(16, v.force);
}

function decodeRemoveMemberRequest(r: Reader, end: number): m.RemoveMemberRequest {
  let member_: string = ''; let force_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: member_ = r.text(); break;
      case 16: force_ = r.bool(); break;
      default: r.skip(tag, 'RemoveMemberRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ member: member_, force: force_ });
}

function encodeRemoveMemberResponse(w: Writer, v: m.RemoveMemberResponse): void {
}

function decodeRemoveMemberResponse(r: Reader, end: number): m.RemoveMemberResponse {
  
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      default: r.skip(tag, 'RemoveMemberResponse');
    }
  }
  r.ended(end);
  return Object.freeze({  });
}

function encodeSetMemberRoleRequest(w: Writer, v: m.SetMemberRoleRequest): void {
  if (v.member !== undefined && v.member !== '') w.text(10, v.member);
  if (v.role !== undefined && v.role !== 'voter') w.word(16, MemberRole, v.role);
  if (v.force !== undefined && v.force !== false) w.bool(24, v.force);
}

function decodeSetMemberRoleRequest(r: Reader, end: number): m.SetMemberRoleRequest {
  let member_: string = ''; let role_: m.MemberRole = 'voter'; let force_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: member_ = r.text(); break;
      case 16: role_ = r.word(MemberRole); break;
      case 24: force_ = r.bool(); break;
      default: r.skip(tag, 'SetMemberRoleRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ member: member_, role: role_, force: force_ });
}

function encodeSetMemberRoleResponse(w: Writer, v: m.SetMemberRoleResponse): void {
}

function decodeSetMemberRoleResponse(r: Reader, end: number): m.SetMemberRoleResponse {
  
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      default: r.skip(tag, 'SetMemberRoleResponse');
    }
  }
  r.ended(end);
  return Object.freeze({  });
}

function encodeTransferLeadershipRequest(w: Writer, v: m.TransferLeadershipRequest): void {
  if (v.to !== undefined) w.text(10, v.to);
}

const TransferLeadershipRequestObject = plain<m.TransferLeadershipRequest>(function (this: Open, to_: unknown) {
  if (to_ !== undefined) this.to = to_;
});

function decodeTransferLeadershipRequest(r: Reader, end: number): m.TransferLeadershipRequest {
    let to_: string | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: to_ = r.text(); break;
      default: r.skip(tag, 'TransferLeadershipRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new TransferLeadershipRequestObject(to_));
}

function encodeTransferLeadershipResponse(w: Writer, v: m.TransferLeadershipResponse): void {
  if (v.leader !== undefined && v.leader !== '') w.text(10, v.leader);
}

function decodeTransferLeadershipResponse(r: Reader, end: number): m.TransferLeadershipResponse {
  let leader_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: leader_ = r.text(); break;
      default: r.skip(tag, 'TransferLeadershipResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ leader: leader_ });
}

function encodeLocalStatusRequest(w: Writer, v: m.LocalStatusRequest): void {
}

function decodeLocalStatusRequest(r: Reader, end: number): m.LocalStatusRequest {
  
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      default: r.skip(tag, 'LocalStatusRequest');
    }
  }
  r.ended(end);
  return Object.freeze({  });
}

function encodeMemberStatus(w: Writer, v: m.MemberStatus): void {
  if (v.name !== undefined && v.name !== '') w.text(10, v.name);
  if (v.id !== undefined && v.id !== '') w.text(18, v.id);
  if (v.addr !== undefined && v.addr !== '') w.text(26, v.addr);
  if (v.role !== undefined && v.role !== 'voter') w.word(32, MemberRole, v.role);
  if (v.leader !== undefined && v.leader !== false) w.bool(40, v.leader);
  if (v.reachable !== undefined && v.reachable !== false) w.bool(48, v.reachable);
  if (v.version !== undefined) w.int64(56, v.version);
  if (v.lastIndex !== undefined) w.int64(64, v.lastIndex);
  if (v.appliedIndex !== undefined) w.int64(72, v.appliedIndex);
}

const MemberStatusObject = plain<m.MemberStatus>(function (this: Open, name_: unknown, id_: unknown, addr_: unknown, role_: unknown, leader_: unknown, reachable_: unknown, version_: unknown, lastIndex_: unknown, appliedIndex_: unknown) {
  this.name = name_; this.id = id_; this.addr = addr_; this.role = role_; this.leader = leader_; this.reachable = reachable_; if (version_ !== undefined) this.version = version_; if (lastIndex_ !== undefined) this.lastIndex = lastIndex_; if (appliedIndex_ !== undefined) this.appliedIndex = appliedIndex_;
});

function decodeMemberStatus(r: Reader, end: number): m.MemberStatus {
  let name_: string = ''; let id_: string = ''; let addr_: string = ''; let role_: m.MemberRole = 'voter'; let leader_: boolean = false; let reachable_: boolean = false;   let version_: number | undefined;   let lastIndex_: number | undefined;   let appliedIndex_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: name_ = r.text(); break;
      case 18: id_ = r.ownText(); break;
      case 26: addr_ = r.text(); break;
      case 32: role_ = r.word(MemberRole); break;
      case 40: leader_ = r.bool(); break;
      case 48: reachable_ = r.bool(); break;
      case 56: version_ = r.uint64(); break;
      case 64: lastIndex_ = r.uint64(); break;
      case 72: appliedIndex_ = r.uint64(); break;
      default: r.skip(tag, 'MemberStatus');
    }
  }
  r.ended(end);
  return Object.freeze(new MemberStatusObject(name_, id_, addr_, role_, leader_, reachable_, version_, lastIndex_, appliedIndex_));
}

function encodeLocalStatus(w: Writer, v: m.LocalStatus): void {
  if (v.clusterId !== undefined && v.clusterId !== '') w.text(10, v.clusterId);
  if (v.lineage !== undefined && v.lineage !== '') w.text(18, v.lineage);
  if (v.name !== undefined && v.name !== '') w.text(26, v.name);
  if (v.id !== undefined && v.id !== '') w.text(34, v.id);
  if (v.term !== undefined && v.term !== 0) w.int64(40, v.term);
  if (v.leader !== undefined) w.text(50, v.leader);
  if (v.version !== undefined && v.version !== 0) w.int64(56, v.version);
  if (v.lastIndex !== undefined && v.lastIndex !== 0) w.int64(64, v.lastIndex);
  if (v.appliedIndex !== undefined && v.appliedIndex !== 0) w.int64(72, v.appliedIndex);
  if (v.members !== undefined) for (const item of v.members) { const at = w.open(82, 230); encodeMemberStatus(w, item); w.close(at, 230); }
  if (v.use !== undefined) { const at = w.open(90, 231); encodeStoreUse(w, v.use); w.close(at, 231); }
}

const LocalStatusObject = plain<m.LocalStatus>(function (this: Open, clusterId_: unknown, lineage_: unknown, name_: unknown, id_: unknown, term_: unknown, leader_: unknown, version_: unknown, lastIndex_: unknown, appliedIndex_: unknown, members_: unknown, use_: unknown) {
  this.clusterId = clusterId_; this.lineage = lineage_; this.name = name_; this.id = id_; this.term = term_; if (leader_ !== undefined) this.leader = leader_; this.version = version_; this.lastIndex = lastIndex_; this.appliedIndex = appliedIndex_; this.members = members_; this.use = use_;
});

function decodeLocalStatus(r: Reader, end: number): m.LocalStatus {
  let clusterId_: string = ''; let lineage_: string = ''; let name_: string = ''; let id_: string = ''; let term_: number = 0;   let leader_: string | undefined; let version_: number = 0; let lastIndex_: number = 0; let appliedIndex_: number = 0; let members_: m.MemberStatus[] | undefined; let use_: m.StoreUse | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: clusterId_ = r.text(); break;
      case 18: lineage_ = r.text(); break;
      case 26: name_ = r.text(); break;
      case 34: id_ = r.ownText(); break;
      case 40: term_ = r.uint64(); break;
      case 50: leader_ = r.text(); break;
      case 56: version_ = r.uint64(); break;
      case 64: lastIndex_ = r.uint64(); break;
      case 72: appliedIndex_ = r.uint64(); break;
      case 82: (members_ = r.list(members_, 10000, 'members')).push(decodeMemberStatus(r, r.part())); break;
      case 90: { const to = r.part(); use_ = r.at === to ? absent(decodeStoreUse) : decodeStoreUse(r, to); } break;
      default: r.skip(tag, 'LocalStatus');
    }
  }
  r.ended(end);
  return Object.freeze(new LocalStatusObject(clusterId_, lineage_, name_, id_, term_, leader_, version_, lastIndex_, appliedIndex_, members_ ? frozenList(members_) : noItems, use_ ?? absent(decodeStoreUse)));
}

function encodeStoreUse(w: Writer, v: m.StoreUse): void {
  if (v.kinds !== undefined) for (const item of v.kinds) { const at = w.open(10, 232); encodeKindAmount(w, item); w.close(at, 232); }
  if (v.history !== undefined) { const at = w.open(18, 233); encodeHistoryUse(w, v.history); w.close(at, 233); }
  if (v.watches !== undefined && v.watches !== 0) w.uint32(24, v.watches);
}

function decodeStoreUse(r: Reader, end: number): m.StoreUse {
  let kinds_: m.KindAmount[] | undefined; let history_: m.HistoryUse | undefined; let watches_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (kinds_ = r.list(kinds_, 10000, 'kinds')).push(decodeKindAmount(r, r.part())); break;
      case 18: { const to = r.part(); history_ = r.at === to ? absent(decodeHistoryUse) : decodeHistoryUse(r, to); } break;
      case 24: watches_ = r.uint32(); break;
      default: r.skip(tag, 'StoreUse');
    }
  }
  r.ended(end);
  return Object.freeze({ kinds: kinds_ ? frozenList(kinds_) : noItems, history: history_ ?? absent(decodeHistoryUse), watches: watches_ });
}

function encodeKindAmount(w: Writer, v: m.KindAmount): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.objects !== undefined && v.objects !== 0) w.int64(16, v.objects);
  if (v.bytes !== undefined && v.bytes !== 0) w.int64(24, v.bytes);
  if (v.objectsMax !== undefined) w.int64(32, v.objectsMax);
  if (v.bytesMax !== undefined) w.int64(40, v.bytesMax);
}

const KindAmountObject = plain<m.KindAmount>(function (this: Open, kind_: unknown, objects_: unknown, bytes_: unknown, objectsMax_: unknown, bytesMax_: unknown) {
  this.kind = kind_; this.objects = objects_; this.bytes = bytes_; if (objectsMax_ !== undefined) this.objectsMax = objectsMax_; if (bytesMax_ !== undefined) this.bytesMax = bytesMax_;
});

function decodeKindAmount(r: Reader, end: number): m.KindAmount {
  let kind_: string = ''; let objects_: number = 0; let bytes_: number = 0;   let objectsMax_: number | undefined;   let bytesMax_: number | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 16: objects_ = r.uint64(); break;
      case 24: bytes_ = r.uint64(); break;
      case 32: objectsMax_ = r.uint64(); break;
      case 40: bytesMax_ = r.uint64(); break;
      default: r.skip(tag, 'KindAmount');
    }
  }
  r.ended(end);
  return Object.freeze(new KindAmountObject(kind_, objects_, bytes_, objectsMax_, bytesMax_));
}

function encodeHistoryUse(w: Writer, v: m.HistoryUse): void {
  if (v.transactions !== undefined && v.transactions !== 0) w.int64(8, v.transactions);
  if (v.bytes !== undefined && v.bytes !== 0) w.int64(16, v.bytes);
  if (v.reachesBackTo !== undefined && v.reachesBackTo !== 0) w.int64(24, v.reachesBackTo);
}

function decodeHistoryUse(r: Reader, end: number): m.HistoryUse {
  let transactions_: number = 0; let bytes_: number = 0; let reachesBackTo_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: transactions_ = r.uint64(); break;
      case 16: bytes_ = r.uint64(); break;
      case 24: reachesBackTo_ = r.uint64(); break;
      default: r.skip(tag, 'HistoryUse');
    }
  }
  r.ended(end);
  return Object.freeze({ transactions: transactions_, bytes: bytes_, reachesBackTo: reachesBackTo_ });
}

function encodeClusterStatusRequest(w: Writer, v: m.ClusterStatusRequest): void {
}

function decodeClusterStatusRequest(r: Reader, end: number): m.ClusterStatusRequest {
  
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      default: r.skip(tag, 'ClusterStatusRequest');
    }
  }
  r.ended(end);
  return Object.freeze({  });
}

function encodeClusterStatus(w: Writer, v: m.ClusterStatus): void {
  if (v.clusterId !== undefined && v.clusterId !== '') w.text(10, v.clusterId);
  if (v.lineage !== undefined && v.lineage !== '') w.text(18, v.lineage);
  if (v.leader !== undefined) w.text(26, v.leader);
  if (v.term !== undefined && v.term !== 0) w.int64(32, v.term);
  if (v.version !== undefined && v.version !== 0) w.int64(40, v.version);
  if (v.members !== undefined) for (const item of v.members) { const at = w.open(50, 234); encodeMemberStatus(w, item); w.close(at, 234); }
  if (v.use !== undefined) { const at = w.open(58, 235); encodeStoreUse(w, v.use); w.close(at, 235); }
  if (v.security !== undefined && v.security !== '') w.text(66, v.security);
}

const ClusterStatusObject = plain<m.ClusterStatus>(function (this: Open, clusterId_: unknown, lineage_: unknown, leader_: unknown, term_: unknown, version_: unknown, members_: unknown, use_: unknown, security_: unknown) {
  this.clusterId = clusterId_; this.lineage = lineage_; if (leader_ !== undefined) this.leader = leader_; this.term = term_; this.version = version_; this.members = members_; this.use = use_; this.security = security_;
});

function decodeClusterStatus(r: Reader, end: number): m.ClusterStatus {
  let clusterId_: string = ''; let lineage_: string = '';   let leader_: string | undefined; let term_: number = 0; let version_: number = 0; let members_: m.MemberStatus[] | undefined; let use_: m.StoreUse | undefined; let security_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: clusterId_ = r.text(); break;
      case 18: lineage_ = r.text(); break;
      case 26: leader_ = r.text(); break;
      case 32: term_ = r.uint64(); break;
      case 40: version_ = r.uint64(); break;
      case 50: (members_ = r.list(members_, 10000, 'members')).push(decodeMemberStatus(r, r.part())); break;
      case 58: { const to = r.part(); use_ = r.at === to ? absent(decodeStoreUse) : decodeStoreUse(r, to); } break;
      case 66: security_ = r.text(); break;
      default: r.skip(tag, 'ClusterStatus');
    }
  }
  r.ended(end);
  return Object.freeze(new ClusterStatusObject(clusterId_, lineage_, leader_, term_, version_, members_ ? frozenList(members_) : noItems, use_ ?? absent(decodeStoreUse), security_));
}

function encodeGetRootCaRequest(w: Writer, v: m.GetRootCaRequest): void {
}

function decodeGetRootCaRequest(r: Reader, end: number): m.GetRootCaRequest {
  
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      default: r.skip(tag, 'GetRootCaRequest');
    }
  }
  r.ended(end);
  return Object.freeze({  });
}

function encodeGetRootCaResponse(w: Writer, v: m.GetRootCaResponse): void {
  if (v.domain !== undefined && v.domain !== '') w.text(10, v.domain);
  if (v.roots !== undefined) for (const item of v.roots) w.text(18, item);
}

function decodeGetRootCaResponse(r: Reader, end: number): m.GetRootCaResponse {
  let domain_: string = ''; let roots_: string[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: domain_ = r.text(); break;
      case 18: (roots_ = r.list(roots_, 10000, 'roots')).push(r.text()); break;
      default: r.skip(tag, 'GetRootCaResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ domain: domain_, roots: roots_ ? frozenList(roots_) : noItems });
}

function encodeIssueRequest(w: Writer, v: m.IssueRequest): void {
  if (v.token !== undefined && v.token !== '') w.text(10, v.token);
  if (v.request !== undefined && v.request.length > 0) w.bytes(18, v.request);
  if (v.member !== undefined && v.member !== '') w.text(26, v.member);
}

function decodeIssueRequest(r: Reader, end: number): m.IssueRequest {
  let token_: string = ''; let request_: Uint8Array = noBytes; let member_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: token_ = r.text(); break;
      case 18: request_ = r.bytes(); break;
      case 26: member_ = r.text(); break;
      default: r.skip(tag, 'IssueRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ token: token_, request: request_, member: member_ });
}

function encodeIssueResponse(w: Writer, v: m.IssueResponse): void {
  if (v.domain !== undefined && v.domain !== '') w.text(10, v.domain);
  if (v.certificate !== undefined && v.certificate !== '') w.text(18, v.certificate);
  if (v.roots !== undefined) for (const item of v.roots) w.text(26, item);
  if (v.identity !== undefined && v.identity !== '') w.text(34, v.identity);
}

function decodeIssueResponse(r: Reader, end: number): m.IssueResponse {
  let domain_: string = ''; let certificate_: string = ''; let roots_: string[] | undefined; let identity_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: domain_ = r.text(); break;
      case 18: certificate_ = r.text(); break;
      case 26: (roots_ = r.list(roots_, 10000, 'roots')).push(r.text()); break;
      case 34: identity_ = r.text(); break;
      default: r.skip(tag, 'IssueResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ domain: domain_, certificate: certificate_, roots: roots_ ? frozenList(roots_) : noItems, identity: identity_ });
}

function encodeRenewRequest(w: Writer, v: m.RenewRequest): void {
  if (v.request !== undefined && v.request.length > 0) w.bytes(10, v.request);
}

function decodeRenewRequest(r: Reader, end: number): m.RenewRequest {
  let request_: Uint8Array = noBytes;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: request_ = r.bytes(); break;
      default: r.skip(tag, 'RenewRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ request: request_ });
}

function encodeWhoAmIRequest(w: Writer, v: m.WhoAmIRequest): void {
}

function decodeWhoAmIRequest(r: Reader, end: number): m.WhoAmIRequest {
  
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      default: r.skip(tag, 'WhoAmIRequest');
    }
  }
  r.ended(end);
  return Object.freeze({  });
}

function encodeWhoAmIResponse(w: Writer, v: m.WhoAmIResponse): void {
  if (v.identity !== undefined && v.identity !== '') w.text(10, v.identity);
  if (v.roles !== undefined) for (const item of v.roles) w.text(18, item);
  if (v.why !== undefined && v.why !== '') w.text(26, v.why);
  if (v.domain !== undefined && v.domain !== '') w.text(34, v.domain);
}

function decodeWhoAmIResponse(r: Reader, end: number): m.WhoAmIResponse {
  let identity_: string = ''; let roles_: string[] | undefined; let why_: string = ''; let domain_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: identity_ = r.text(); break;
      case 18: (roles_ = r.list(roles_, 10000, 'roles')).push(r.text()); break;
      case 26: why_ = r.text(); break;
      case 34: domain_ = r.text(); break;
      default: r.skip(tag, 'WhoAmIResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ identity: identity_, roles: roles_ ? frozenList(roles_) : noItems, why: why_, domain: domain_ });
}

function encodeCanRequest(w: Writer, v: m.CanRequest): void {
  if (v.user !== undefined && v.user !== '') w.text(10, v.user);
  if (v.verb !== undefined && v.verb !== '') w.text(18, v.verb);
  if (v.kind !== undefined && v.kind !== '') w.text(26, v.kind);
  if (v.name !== undefined && v.name !== '') w.text(34, v.name);
}

function decodeCanRequest(r: Reader, end: number): m.CanRequest {
  let user_: string = ''; let verb_: string = ''; let kind_: string = ''; let name_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: user_ = r.text(); break;
      case 18: verb_ = r.text(); break;
      case 26: kind_ = r.text(); break;
      case 34: name_ = r.text(); break;
      default: r.skip(tag, 'CanRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ user: user_, verb: verb_, kind: kind_, name: name_ });
}

function encodeCanResponse(w: Writer, v: m.CanResponse): void {
  if (v.allowed !== undefined && v.allowed !== false) w.bool(8, v.allowed);
  if (v.because !== undefined && v.because !== '') w.text(18, v.because);
}

function decodeCanResponse(r: Reader, end: number): m.CanResponse {
  let allowed_: boolean = false; let because_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: allowed_ = r.bool(); break;
      case 18: because_ = r.text(); break;
      default: r.skip(tag, 'CanResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ allowed: allowed_, because: because_ });
}

function encodeCreateTokenRequest(w: Writer, v: m.CreateTokenRequest): void {
  if (v.use !== undefined && v.use !== '') w.text(10, v.use);
  if (v.user !== undefined && v.user !== '') w.text(18, v.user);
  if (v.ttlMs !== undefined && v.ttlMs !== 0) w.int64(24, v.ttlMs);
  if (v.uses !== undefined && v.uses !== 0) w.uint32(32, v.uses);
  if (v.note !== undefined && v.note !== '') w.text(42, v.note);
}

function decodeCreateTokenRequest(r: Reader, end: number): m.CreateTokenRequest {
  let use_: string = ''; let user_: string = ''; let ttlMs_: number = 0; let uses_: number = 0; let note_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: use_ = r.text(); break;
      case 18: user_ = r.text(); break;
      case 24: ttlMs_ = r.uint64(); break;
      case 32: uses_ = r.uint32(); break;
      case 42: note_ = r.text(); break;
      default: r.skip(tag, 'CreateTokenRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ use: use_, user: user_, ttlMs: ttlMs_, uses: uses_, note: note_ });
}

function encodeCreateTokenResponse(w: Writer, v: m.CreateTokenResponse): void {
  if (v.token !== undefined && v.token !== '') w.text(10, v.token);
  if (v.id !== undefined && v.id !== '') w.text(18, v.id);
  if (v.expiresAt !== undefined && v.expiresAt !== 0) w.int64(24, v.expiresAt);
}

function decodeCreateTokenResponse(r: Reader, end: number): m.CreateTokenResponse {
  let token_: string = ''; let id_: string = ''; let expiresAt_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: token_ = r.text(); break;
      case 18: id_ = r.ownText(); break;
      case 24: expiresAt_ = r.uint64(); break;
      default: r.skip(tag, 'CreateTokenResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ token: token_, id: id_, expiresAt: expiresAt_ });
}

function encodeRemoveTokenRequest(w: Writer, v: m.RemoveTokenRequest): void {
  if (v.id !== undefined && v.id !== '') w.text(10, v.id);
}

function decodeRemoveTokenRequest(r: Reader, end: number): m.RemoveTokenRequest {
  let id_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: id_ = r.ownText(); break;
      default: r.skip(tag, 'RemoveTokenRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ id: id_ });
}

function encodePutUserRequest(w: Writer, v: m.PutUserRequest): void {
  if (v.name !== undefined && v.name !== '') w.text(10, v.name);
  if (v.roles !== undefined) for (const item of v.roles) w.text(18, item);
  if (v.disabled !== undefined && v.disabled !== false) w.bool(24, v.disabled);
}

function decodePutUserRequest(r: Reader, end: number): m.PutUserRequest {
  let name_: string = ''; let roles_: string[] | undefined; let disabled_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: name_ = r.text(); break;
      case 18: (roles_ = r.list(roles_, 10000, 'roles')).push(r.text()); break;
      case 24: disabled_ = r.bool(); break;
      default: r.skip(tag, 'PutUserRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ name: name_, roles: roles_ ? frozenList(roles_) : noItems, disabled: disabled_ });
}

function encodeRemoveUserRequest(w: Writer, v: m.RemoveUserRequest): void {
  if (v.name !== undefined && v.name !== '') w.text(10, v.name);
}

function decodeRemoveUserRequest(r: Reader, end: number): m.RemoveUserRequest {
  let name_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: name_ = r.text(); break;
      default: r.skip(tag, 'RemoveUserRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ name: name_ });
}

function encodePutRoleRequest(w: Writer, v: m.PutRoleRequest): void {
  if (v.name !== undefined && v.name !== '') w.text(10, v.name);
  if (v.rules !== undefined) for (const item of v.rules) w.text(18, item);
  if (v.rate !== undefined && v.rate !== 0) w.uint32(24, v.rate);
}

function decodePutRoleRequest(r: Reader, end: number): m.PutRoleRequest {
  let name_: string = ''; let rules_: string[] | undefined; let rate_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: name_ = r.text(); break;
      case 18: (rules_ = r.list(rules_, 10000, 'rules')).push(r.text()); break;
      case 24: rate_ = r.uint32(); break;
      default: r.skip(tag, 'PutRoleRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ name: name_, rules: rules_ ? frozenList(rules_) : noItems, rate: rate_ });
}

function encodeRemoveRoleRequest(w: Writer, v: m.RemoveRoleRequest): void {
  if (v.name !== undefined && v.name !== '') w.text(10, v.name);
}

function decodeRemoveRoleRequest(r: Reader, end: number): m.RemoveRoleRequest {
  let name_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: name_ = r.text(); break;
      default: r.skip(tag, 'RemoveRoleRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ name: name_ });
}

function encodeRevokeCertificateRequest(w: Writer, v: m.RevokeCertificateRequest): void {
  if (v.serial !== undefined && v.serial !== '') w.text(10, v.serial);
}

function decodeRevokeCertificateRequest(r: Reader, end: number): m.RevokeCertificateRequest {
  let serial_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: serial_ = r.text(); break;
      default: r.skip(tag, 'RevokeCertificateRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ serial: serial_ });
}

function encodeAnchorRequest(w: Writer, v: m.AnchorRequest): void {
  if (v.member !== undefined && v.member !== '') w.text(10, v.member);
  if (v.line !== undefined && v.line !== 0) w.int64(16, v.line);
  if (v.hash !== undefined && v.hash !== '') w.text(26, v.hash);
}

function decodeAnchorRequest(r: Reader, end: number): m.AnchorRequest {
  let member_: string = ''; let line_: number = 0; let hash_: string = '';
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: member_ = r.text(); break;
      case 16: line_ = r.uint64(); break;
      case 26: hash_ = r.text(); break;
      default: r.skip(tag, 'AnchorRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ member: member_, line: line_, hash: hash_ });
}

function encodeAccessWritten(w: Writer, v: m.AccessWritten): void {
  if (v.version !== undefined && v.version !== 0) w.int64(8, v.version);
}

function decodeAccessWritten(r: Reader, end: number): m.AccessWritten {
  let version_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: version_ = r.uint64(); break;
      default: r.skip(tag, 'AccessWritten');
    }
  }
  r.ended(end);
  return Object.freeze({ version: version_ });
}

function encodeSelector(w: Writer, v: m.Selector): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.actions !== undefined && v.actions.length > 0) { const at = w.open(18, 236); for (const item of v.actions) w.item(EventAction.numberOf(item)); w.close(at, 236); }
  if (v.ids !== undefined) for (const item of v.ids) w.text(26, item);
  if (v.idPrefixes !== undefined) for (const item of v.idPrefixes) w.text(34, item);
  if (v.names !== undefined) for (const item of v.names) w.text(42, item);
  if (v.namePrefixes !== undefined) for (const item of v.namePrefixes) w.text(50, item);
  if (v.nodeIds !== undefined) for (const item of v.nodeIds) w.text(58, item);
  if (v.serviceIds !== undefined) for (const item of v.serviceIds) w.text(66, item);
  if (v.slots !== undefined) for (const item of v.slots) { const at = w.open(74, 237); encodeSlotFilter(w, item); w.close(at, 237); }
  if (v.desiredStates !== undefined && v.desiredStates.length > 0) { const at = w.open(82, 238); for (const item of v.desiredStates) w.item(TaskState.numberOf(item)); w.close(at, 238); }
  if (v.stateGreaterThan !== undefined) w.word(88, TaskState, v.stateGreaterThan);
  if (v.roles !== undefined && v.roles.length > 0) { const at = w.open(98, 239); for (const item of v.roles) w.item(NodeRole.numberOf(item)); w.close(at, 239); }
  if (v.memberships !== undefined && v.memberships.length > 0) { const at = w.open(106, 240); for (const item of v.memberships) w.item(NodeMembership.numberOf(item)); w.close(at, 240); }
  if (v.states !== undefined && v.states.length > 0) { const at = w.open(114, 241); for (const item of v.states) w.item(NodeState.numberOf(item)); w.close(at, 241); }
  if (v.custom !== undefined) for (const item of v.custom) { const at = w.open(122, 242); encodeIndexEntry(w, item); w.close(at, 242); }
  if (v.customPrefixes !== undefined) for (const item of v.customPrefixes) { const at = w.open(130, 243); encodeIndexEntry(w, item); w.close(at, 243); }
  if (v.indexes !== undefined) for (const item of v.indexes) { const at = w.open(138, 244); encodeIndexFilter(w, item); w.close(at, 244); }
}

const SelectorObject = plain<m.Selector>(function (this: Open, kind_: unknown, actions_: unknown, ids_: unknown, idPrefixes_: unknown, names_: unknown, namePrefixes_: unknown, nodeIds_: unknown, serviceIds_: unknown, slots_: unknown, desiredStates_: unknown, stateGreaterThan_: unknown, roles_: unknown, memberships_: unknown, states_: unknown, custom_: unknown, customPrefixes_: unknown, indexes_: unknown) {
  this.kind = kind_; this.actions = actions_; this.ids = ids_; this.idPrefixes = idPrefixes_; this.names = names_; this.namePrefixes = namePrefixes_; this.nodeIds = nodeIds_; this.serviceIds = serviceIds_; this.slots = slots_; this.desiredStates = desiredStates_; if (stateGreaterThan_ !== undefined) this.stateGreaterThan = stateGreaterThan_; this.roles = roles_; this.memberships = memberships_; this.states = states_; this.custom = custom_; this.customPrefixes = customPrefixes_; this.indexes = indexes_;
});

function decodeSelector(r: Reader, end: number): m.Selector {
  let kind_: string = ''; let actions_: m.EventAction[] | undefined; let ids_: string[] | undefined; let idPrefixes_: string[] | undefined; let names_: string[] | undefined; let namePrefixes_: string[] | undefined; let nodeIds_: string[] | undefined; let serviceIds_: string[] | undefined; let slots_: m.SlotFilter[] | undefined; let desiredStates_: m.TaskState[] | undefined;   let stateGreaterThan_: m.TaskState | undefined; let roles_: m.NodeRole[] | undefined; let memberships_: m.NodeMembership[] | undefined; let states_: m.NodeState[] | undefined; let custom_: m.IndexEntry[] | undefined; let customPrefixes_: m.IndexEntry[] | undefined; let indexes_: m.IndexFilter[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 16: (actions_ = r.list(actions_, 64, 'actions')).push(r.word(EventAction)); break;
      case 18: { const to = r.span(); while (r.at < to) (actions_ = r.list(actions_, 64, 'actions')).push(r.word(EventAction)); r.ended(to); break; }
      case 26: (ids_ = r.list(ids_, 1000, 'ids')).push(r.text()); break;
      case 34: (idPrefixes_ = r.list(idPrefixes_, 10000, 'idPrefixes')).push(r.text()); break;
      case 42: (names_ = r.list(names_, 10000, 'names')).push(r.text()); break;
      case 50: (namePrefixes_ = r.list(namePrefixes_, 10000, 'namePrefixes')).push(r.text()); break;
      case 58: (nodeIds_ = r.list(nodeIds_, 1000, 'nodeIds')).push(r.text()); break;
      case 66: (serviceIds_ = r.list(serviceIds_, 1000, 'serviceIds')).push(r.text()); break;
      case 74: (slots_ = r.list(slots_, 10000, 'slots')).push(decodeSlotFilter(r, r.part())); break;
      case 80: (desiredStates_ = r.list(desiredStates_, 10000, 'desiredStates')).push(r.word(TaskState)); break;
      case 82: { const to = r.span(); while (r.at < to) (desiredStates_ = r.list(desiredStates_, 10000, 'desiredStates')).push(r.word(TaskState)); r.ended(to); break; }
      case 88: stateGreaterThan_ = r.word(TaskState); break;
      case 96: (roles_ = r.list(roles_, 10000, 'roles')).push(r.word(NodeRole)); break;
      case 98: { const to = r.span(); while (r.at < to) (roles_ = r.list(roles_, 10000, 'roles')).push(r.word(NodeRole)); r.ended(to); break; }
      case 104: (memberships_ = r.list(memberships_, 10000, 'memberships')).push(r.word(NodeMembership)); break;
      case 106: { const to = r.span(); while (r.at < to) (memberships_ = r.list(memberships_, 10000, 'memberships')).push(r.word(NodeMembership)); r.ended(to); break; }
      case 112: (states_ = r.list(states_, 10000, 'states')).push(r.word(NodeState)); break;
      case 114: { const to = r.span(); while (r.at < to) (states_ = r.list(states_, 10000, 'states')).push(r.word(NodeState)); r.ended(to); break; }
      case 122: (custom_ = r.list(custom_, 10000, 'custom')).push(decodeIndexEntry(r, r.part())); break;
      case 130: (customPrefixes_ = r.list(customPrefixes_, 10000, 'customPrefixes')).push(decodeIndexEntry(r, r.part())); break;
      case 138: (indexes_ = r.list(indexes_, 10000, 'indexes')).push(decodeIndexFilter(r, r.part())); break;
      default: r.skip(tag, 'Selector');
    }
  }
  r.ended(end);
  return Object.freeze(new SelectorObject(kind_, actions_ ? frozenList(actions_) : noItems, ids_ ? frozenList(ids_) : noItems, idPrefixes_ ? frozenList(idPrefixes_) : noItems, names_ ? frozenList(names_) : noItems, namePrefixes_ ? frozenList(namePrefixes_) : noItems, nodeIds_ ? frozenList(nodeIds_) : noItems, serviceIds_ ? frozenList(serviceIds_) : noItems, slots_ ? frozenList(slots_) : noItems, desiredStates_ ? frozenList(desiredStates_) : noItems, stateGreaterThan_, roles_ ? frozenList(roles_) : noItems, memberships_ ? frozenList(memberships_) : noItems, states_ ? frozenList(states_) : noItems, custom_ ? frozenList(custom_) : noItems, customPrefixes_ ? frozenList(customPrefixes_) : noItems, indexes_ ? frozenList(indexes_) : noItems));
}

function encodeSlotFilter(w: Writer, v: m.SlotFilter): void {
  if (v.serviceId !== undefined && v.serviceId !== '') w.text(10, v.serviceId);
  if (v.slot !== undefined && v.slot !== 0) w.int64(16, v.slot);
}

function decodeSlotFilter(r: Reader, end: number): m.SlotFilter {
  let serviceId_: string = ''; let slot_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: serviceId_ = r.text(); break;
      case 16: slot_ = r.uint64(); break;
      default: r.skip(tag, 'SlotFilter');
    }
  }
  r.ended(end);
  return Object.freeze({ serviceId: serviceId_, slot: slot_ });
}

function encodeWatchRequest(w: Writer, v: m.WatchRequest): void {
  if (v.selectors !== undefined) for (const item of v.selectors) { const at = w.open(10, 245); encodeSelector(w, item); w.close(at, 245); }
  if (v.resumeFrom !== undefined) w.int64(16, v.resumeFrom);
  if (v.lineage !== undefined) w.text(26, v.lineage);
  if (v.matchEither !== undefined && v.matchEither !== false) w.bool(32, v.matchEither);
  if (v.bookmarkMs !== undefined && v.bookmarkMs !== 0) w.uint32(40, v.bookmarkMs);
  if (v.snapshot !== undefined && v.snapshot !== false) w.bool(48, v.snapshot);
  if (v.wait !== undefined && v.wait !== false) w.bool(56, v.wait);
}

const WatchRequestObject = plain<m.WatchRequest>(function (this: Open, selectors_: unknown, resumeFrom_: unknown, lineage_: unknown, matchEither_: unknown, bookmarkMs_: unknown, snapshot_: unknown, wait_: unknown) {
  this.selectors = selectors_; if (resumeFrom_ !== undefined) this.resumeFrom = resumeFrom_; if (lineage_ !== undefined) this.lineage = lineage_; this.matchEither = matchEither_; this.bookmarkMs = bookmarkMs_; this.snapshot = snapshot_; this.wait = wait_;
});

function decodeWatchRequest(r: Reader, end: number): m.WatchRequest {
  let selectors_: m.Selector[] | undefined;   let resumeFrom_: number | undefined;   let lineage_: string | undefined; let matchEither_: boolean = false; let bookmarkMs_: number = 0; let snapshot_: boolean = false; let wait_: boolean = false;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (selectors_ = r.list(selectors_, 1000, 'selectors')).push(decodeSelector(r, r.part())); break;
      case 16: resumeFrom_ = r.uint64(); break;
      case 26: lineage_ = r.text(); break;
      case 32: matchEither_ = r.bool(); break;
      case 40: bookmarkMs_ = r.uint32(); break;
      case 48: snapshot_ = r.bool(); break;
      case 56: wait_ = r.bool(); break;
      default: r.skip(tag, 'WatchRequest');
    }
  }
  r.ended(end);
  return Object.freeze(new WatchRequestObject(selectors_ ? frozenList(selectors_) : noItems, resumeFrom_, lineage_, matchEither_, bookmarkMs_, snapshot_, wait_));
}

function encodeWatchEvent(w: Writer, v: m.WatchEvent): void {
  if (v.action !== undefined && v.action !== 'create') w.word(8, EventAction, v.action);
  if (v.kind !== undefined && v.kind !== '') w.text(18, v.kind);
  if (v.object !== undefined) { const at = w.open(26, 246); encodeAnyObject(w, v.object); w.close(at, 246); }
  if (v.old !== undefined) { const at = w.open(34, 247); encodeAnyObject(w, v.old); w.close(at, 247); }
}

const WatchEventObject = plain<m.WatchEvent>(function (this: Open, action_: unknown, kind_: unknown, object_: unknown, old_: unknown) {
  this.action = action_; this.kind = kind_; if (object_ !== undefined) this.object = object_; if (old_ !== undefined) this.old = old_;
});

function decodeWatchEvent(r: Reader, end: number): m.WatchEvent {
  let action_: m.EventAction = 'create'; let kind_: string = ''; let object_: m.AnyObject | undefined; let old_: m.AnyObject | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: action_ = r.word(EventAction); break;
      case 18: kind_ = r.text(); break;
      case 26: object_ = decodeAnyObject(r, r.part()); break;
      case 34: old_ = decodeAnyObject(r, r.part()); break;
      default: r.skip(tag, 'WatchEvent');
    }
  }
  r.ended(end);
  return Object.freeze(new WatchEventObject(action_, kind_, object_, old_));
}

function encodeSynced(w: Writer, v: m.Synced): void {
  if (v.version !== undefined && v.version !== 0) w.int64(8, v.version);
}

function decodeSynced(r: Reader, end: number): m.Synced {
  let version_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: version_ = r.uint64(); break;
      default: r.skip(tag, 'Synced');
    }
  }
  r.ended(end);
  return Object.freeze({ version: version_ });
}

function encodeWatchTransaction(w: Writer, v: m.WatchTransaction): void {
  if (v.version !== undefined && v.version !== 0) w.int64(8, v.version);
  if (v.time !== undefined && v.time !== 0) w.int64(16, v.time);
  if (v.events !== undefined) for (const item of v.events) { const at = w.open(26, 248); encodeWatchEvent(w, item); w.close(at, 248); }
  if (v.actor !== undefined) w.text(34, v.actor);
  if (v.reason !== undefined) w.text(42, v.reason);
  if (v.requestId !== undefined) w.text(50, v.requestId);
  if (v.continued !== undefined) w.bool(56, v.continued);
  if (v.trace !== undefined) w.text(66, v.trace);
}

const WatchTransactionObject = plain<m.WatchTransaction>(function (this: Open, version_: unknown, time_: unknown, events_: unknown, actor_: unknown, reason_: unknown, requestId_: unknown, continued_: unknown, trace_: unknown) {
  this.version = version_; this.time = time_; this.events = events_; if (actor_ !== undefined) this.actor = actor_; if (reason_ !== undefined) this.reason = reason_; if (requestId_ !== undefined) this.requestId = requestId_; if (continued_ !== undefined) this.continued = continued_; if (trace_ !== undefined) this.trace = trace_;
});

function decodeWatchTransaction(r: Reader, end: number): m.WatchTransaction {
  let version_: number = 0; let time_: number = 0; let events_: m.WatchEvent[] | undefined;   let actor_: string | undefined;   let reason_: string | undefined;   let requestId_: string | undefined;   let continued_: boolean | undefined;   let trace_: string | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: version_ = r.uint64(); break;
      case 16: time_ = r.int64(); break;
      case 26: (events_ = r.list(events_, 10000, 'events')).push(decodeWatchEvent(r, r.part())); break;
      case 34: actor_ = r.text(); break;
      case 42: reason_ = r.text(); break;
      case 50: requestId_ = r.text(); break;
      case 56: continued_ = r.bool(); break;
      case 66: trace_ = r.text(); break;
      default: r.skip(tag, 'WatchTransaction');
    }
  }
  r.ended(end);
  return Object.freeze(new WatchTransactionObject(version_, time_, events_ ? frozenList(events_) : noItems, actor_, reason_, requestId_, continued_, trace_));
}

function encodeBookmark(w: Writer, v: m.Bookmark): void {
  if (v.version !== undefined && v.version !== 0) w.int64(8, v.version);
}

function decodeBookmark(r: Reader, end: number): m.Bookmark {
  let version_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: version_ = r.uint64(); break;
      default: r.skip(tag, 'Bookmark');
    }
  }
  r.ended(end);
  return Object.freeze({ version: version_ });
}

function encodeResync(w: Writer, v: m.Resync): void {
  if (v.reason !== undefined && v.reason !== '') w.text(10, v.reason);
  if (v.version !== undefined && v.version !== 0) w.int64(16, v.version);
}

function decodeResync(r: Reader, end: number): m.Resync {
  let reason_: string = ''; let version_: number = 0;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: reason_ = r.text(); break;
      case 16: version_ = r.uint64(); break;
      default: r.skip(tag, 'Resync');
    }
  }
  r.ended(end);
  return Object.freeze({ reason: reason_, version: version_ });
}

function encodeWatchSnapshot(w: Writer, v: m.WatchSnapshot): void {
  if (v.version !== undefined && v.version !== 0) w.int64(8, v.version);
  if (v.objects !== undefined) for (const item of v.objects) { const at = w.open(18, 249); encodeKindObject(w, item); w.close(at, 249); }
}

function decodeWatchSnapshot(r: Reader, end: number): m.WatchSnapshot {
  let version_: number = 0; let objects_: m.KindObject[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: version_ = r.uint64(); break;
      case 18: (objects_ = r.list(objects_, 10000, 'objects')).push(decodeKindObject(r, r.part())); break;
      default: r.skip(tag, 'WatchSnapshot');
    }
  }
  r.ended(end);
  return Object.freeze({ version: version_, objects: objects_ ? frozenList(objects_) : noItems });
}

function encodeKindObject(w: Writer, v: m.KindObject): void {
  if (v.kind !== undefined && v.kind !== '') w.text(10, v.kind);
  if (v.object !== undefined) { const at = w.open(18, 250); encodeAnyObject(w, v.object); w.close(at, 250); }
}

const KindObjectObject = plain<m.KindObject>(function (this: Open, kind_: unknown, object_: unknown) {
  this.kind = kind_; if (object_ !== undefined) this.object = object_;
});

function decodeKindObject(r: Reader, end: number): m.KindObject {
  let kind_: string = ''; let object_: m.AnyObject | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: kind_ = r.text(); break;
      case 18: object_ = decodeAnyObject(r, r.part()); break;
      default: r.skip(tag, 'KindObject');
    }
  }
  r.ended(end);
  return Object.freeze(new KindObjectObject(kind_, object_));
}

function encodeWatchResponse(w: Writer, v: m.WatchResponse): void {
  if (v.lineage !== undefined && v.lineage !== '') w.text(10, v.lineage);
  if (v.synced !== undefined) { const at = w.open(18, 251); encodeSynced(w, v.synced); w.close(at, 251); }
  if (v.transaction !== undefined) { const at = w.open(26, 252); encodeWatchTransaction(w, v.transaction); w.close(at, 252); }
  if (v.bookmark !== undefined) { const at = w.open(34, 253); encodeBookmark(w, v.bookmark); w.close(at, 253); }
  if (v.resync !== undefined) { const at = w.open(42, 254); encodeResync(w, v.resync); w.close(at, 254); }
  if (v.snapshot !== undefined) { const at = w.open(50, 255); encodeWatchSnapshot(w, v.snapshot); w.close(at, 255); }
}

const WatchResponseObject = plain<m.WatchResponse>(function (this: Open, lineage_: unknown, synced_: unknown, transaction_: unknown, bookmark_: unknown, resync_: unknown, snapshot_: unknown) {
  this.lineage = lineage_; if (synced_ !== undefined) this.synced = synced_; if (transaction_ !== undefined) this.transaction = transaction_; if (bookmark_ !== undefined) this.bookmark = bookmark_; if (resync_ !== undefined) this.resync = resync_; if (snapshot_ !== undefined) this.snapshot = snapshot_;
});

function decodeWatchResponse(r: Reader, end: number): m.WatchResponse {
  let lineage_: string = ''; let synced_: m.Synced | undefined; let transaction_: m.WatchTransaction | undefined; let bookmark_: m.Bookmark | undefined; let resync_: m.Resync | undefined; let snapshot_: m.WatchSnapshot | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: lineage_ = r.text(); break;
      case 18: synced_ = decodeSynced(r, r.part()); break;
      case 26: transaction_ = decodeWatchTransaction(r, r.part()); break;
      case 34: bookmark_ = decodeBookmark(r, r.part()); break;
      case 42: resync_ = decodeResync(r, r.part()); break;
      case 50: snapshot_ = decodeWatchSnapshot(r, r.part()); break;
      default: r.skip(tag, 'WatchResponse');
    }
  }
  r.ended(end);
  return Object.freeze(new WatchResponseObject(lineage_, synced_, transaction_, bookmark_, resync_, snapshot_));
}

function encodeWatchesRequest(w: Writer, v: m.WatchesRequest): void {
  if (v.begun !== undefined) for (const item of v.begun) { const at = w.open(10, 256); encodeWatchBegin(w, item); w.close(at, 256); }
  if (v.ended !== undefined && v.ended.length > 0) { const at = w.open(18, 257); for (const item of v.ended) w.item(item); w.close(at, 257); }
  if (v.paused !== undefined && v.paused.length > 0) { const at = w.open(26, 258); for (const item of v.paused) w.item(item); w.close(at, 258); }
  if (v.resumed !== undefined && v.resumed.length > 0) { const at = w.open(34, 259); for (const item of v.resumed) w.item(item); w.close(at, 259); }
}

function decodeWatchesRequest(r: Reader, end: number): m.WatchesRequest {
  let begun_: m.WatchBegin[] | undefined; let ended_: number[] | undefined; let paused_: number[] | undefined; let resumed_: number[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (begun_ = r.list(begun_, 10000, 'begun')).push(decodeWatchBegin(r, r.part())); break;
      case 16: (ended_ = r.list(ended_, 10000, 'ended')).push(r.uint64()); break;
      case 18: { const to = r.span(); while (r.at < to) (ended_ = r.list(ended_, 10000, 'ended')).push(r.uint64()); r.ended(to); break; }
      case 24: (paused_ = r.list(paused_, 10000, 'paused')).push(r.uint64()); break;
      case 26: { const to = r.span(); while (r.at < to) (paused_ = r.list(paused_, 10000, 'paused')).push(r.uint64()); r.ended(to); break; }
      case 32: (resumed_ = r.list(resumed_, 10000, 'resumed')).push(r.uint64()); break;
      case 34: { const to = r.span(); while (r.at < to) (resumed_ = r.list(resumed_, 10000, 'resumed')).push(r.uint64()); r.ended(to); break; }
      default: r.skip(tag, 'WatchesRequest');
    }
  }
  r.ended(end);
  return Object.freeze({ begun: begun_ ? frozenList(begun_) : noItems, ended: ended_ ? frozenList(ended_) : noItems, paused: paused_ ? frozenList(paused_) : noItems, resumed: resumed_ ? frozenList(resumed_) : noItems });
}

function encodeWatchBegin(w: Writer, v: m.WatchBegin): void {
  if (v.id !== undefined && v.id !== 0) w.int64(8, v.id);
  if (v.request !== undefined) { const at = w.open(18, 260); encodeWatchRequest(w, v.request); w.close(at, 260); }
}

function decodeWatchBegin(r: Reader, end: number): m.WatchBegin {
  let id_: number = 0; let request_: m.WatchRequest | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: id_ = r.uint64(); break;
      case 18: { const to = r.part(); request_ = r.at === to ? absent(decodeWatchRequest) : decodeWatchRequest(r, to); } break;
      default: r.skip(tag, 'WatchBegin');
    }
  }
  r.ended(end);
  return Object.freeze({ id: id_, request: request_ ?? absent(decodeWatchRequest) });
}

function encodeWatchesResponse(w: Writer, v: m.WatchesResponse): void {
  if (v.deliveries !== undefined) for (const item of v.deliveries) { const at = w.open(10, 261); encodeWatchDelivery(w, item); w.close(at, 261); }
}

function decodeWatchesResponse(r: Reader, end: number): m.WatchesResponse {
  let deliveries_: m.WatchDelivery[] | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 10: (deliveries_ = r.list(deliveries_, 10000, 'deliveries')).push(decodeWatchDelivery(r, r.part())); break;
      default: r.skip(tag, 'WatchesResponse');
    }
  }
  r.ended(end);
  return Object.freeze({ deliveries: deliveries_ ? frozenList(deliveries_) : noItems });
}

function encodeWatchDelivery(w: Writer, v: m.WatchDelivery): void {
  if (v.watches !== undefined && v.watches.length > 0) { const at = w.open(10, 262); for (const item of v.watches) w.item(item); w.close(at, 262); }
  if (v.response !== undefined && v.response.length > 0) w.bytes(18, v.response);
  if (v.end !== undefined) { const at = w.open(26, 263); encodeCallError(w, v.end); w.close(at, 263); }
}

const WatchDeliveryObject = plain<m.WatchDelivery>(function (this: Open, watches_: unknown, response_: unknown, end_: unknown) {
  this.watches = watches_; this.response = response_; if (end_ !== undefined) this.end = end_;
});

function decodeWatchDelivery(r: Reader, end: number): m.WatchDelivery {
  let watches_: number[] | undefined; let response_: Uint8Array = noBytes; let end_: m.CallError | undefined;
  while (r.at < end) {
    const tag = r.uint32();
    switch (tag) {
      case 8: (watches_ = r.list(watches_, 10000, 'watches')).push(r.uint64()); break;
      case 10: { const to = r.span(); while (r.at < to) (watches_ = r.list(watches_, 10000, 'watches')).push(r.uint64()); r.ended(to); break; }
      case 18: response_ = r.bytes(); break;
      case 26: end_ = decodeCallError(r, r.part()); break;
      default: r.skip(tag, 'WatchDelivery');
    }
  }
  r.ended(end);
  return Object.freeze(new WatchDeliveryObject(watches_ ? frozenList(watches_) : noItems, response_, end_));
}

/** Encoder and decoder of every message by its name. */
export const codecs: Codecs = {
  SaveRequest: [encodeSaveRequest, decodeSaveRequest],
  SaveResponse: [encodeSaveResponse, decodeSaveResponse],
  RestoreRequest: [encodeRestoreRequest, decodeRestoreRequest],
  RestoreResponse: [encodeRestoreResponse, decodeRestoreResponse],
  MultiplexRequest: [encodeMultiplexRequest, decodeMultiplexRequest],
  Call: [encodeCall, decodeCall],
  MultiplexResponse: [encodeMultiplexResponse, decodeMultiplexResponse],
  CallAnswer: [encodeCallAnswer, decodeCallAnswer],
  CallError: [encodeCallError, decodeCallError],
  CatalogInstance: [encodeCatalogInstance, decodeCatalogInstance],
  CatalogRegisterRequest: [encodeCatalogRegisterRequest, decodeCatalogRegisterRequest],
  CatalogRegisterResponse: [encodeCatalogRegisterResponse, decodeCatalogRegisterResponse],
  CatalogRenewRequest: [encodeCatalogRenewRequest, decodeCatalogRenewRequest],
  CatalogRenewResponse: [encodeCatalogRenewResponse, decodeCatalogRenewResponse],
  CatalogDeregisterRequest: [encodeCatalogDeregisterRequest, decodeCatalogDeregisterRequest],
  CatalogDeregisterResponse: [encodeCatalogDeregisterResponse, decodeCatalogDeregisterResponse],
  CatalogListRequest: [encodeCatalogListRequest, decodeCatalogListRequest],
  CatalogListResponse: [encodeCatalogListResponse, decodeCatalogListResponse],
  CatalogWatchRequest: [encodeCatalogWatchRequest, decodeCatalogWatchRequest],
  CatalogChange: [encodeCatalogChange, decodeCatalogChange],
  CatalogWatchResponse: [encodeCatalogWatchResponse, decodeCatalogWatchResponse],
  Filter: [encodeFilter, decodeFilter],
  WriteInfo: [encodeWriteInfo, decodeWriteInfo],
  Change: [encodeChange, decodeChange],
  ApplyRequest: [encodeApplyRequest, decodeApplyRequest],
  LookupCondition: [encodeLookupCondition, decodeLookupCondition],
  Condition: [encodeCondition, decodeCondition],
  ApplyResponse: [encodeApplyResponse, decodeApplyResponse],
  PlannedChange: [encodePlannedChange, decodePlannedChange],
  FieldChange: [encodeFieldChange, decodeFieldChange],
  GetRequest: [encodeGetRequest, decodeGetRequest],
  GetResponse: [encodeGetResponse, decodeGetResponse],
  CreateRequest: [encodeCreateRequest, decodeCreateRequest],
  CreateResponse: [encodeCreateResponse, decodeCreateResponse],
  UpdateRequest: [encodeUpdateRequest, decodeUpdateRequest],
  UpdateResponse: [encodeUpdateResponse, decodeUpdateResponse],
  RemoveRequest: [encodeRemoveRequest, decodeRemoveRequest],
  RemoveResponse: [encodeRemoveResponse, decodeRemoveResponse],
  ListRequest: [encodeListRequest, decodeListRequest],
  ListResponse: [encodeListResponse, decodeListResponse],
  HistoryRequest: [encodeHistoryRequest, decodeHistoryRequest],
  HistoryEntry: [encodeHistoryEntry, decodeHistoryEntry],
  HistoryResponse: [encodeHistoryResponse, decodeHistoryResponse],
  KindsRequest: [encodeKindsRequest, decodeKindsRequest],
  KindUse: [encodeKindUse, decodeKindUse],
  KindsResponse: [encodeKindsResponse, decodeKindsResponse],
  Meta: [encodeMeta, decodeMeta],
  IndexEntry: [encodeIndexEntry, decodeIndexEntry],
  Annotations: [encodeAnnotations, decodeAnnotations],
  Driver: [encodeDriver, decodeDriver],
  GenericResource: [encodeGenericResource, decodeGenericResource],
  Resources: [encodeResources, decodeResources],
  PortConfig: [encodePortConfig, decodePortConfig],
  EndpointSpec: [encodeEndpointSpec, decodeEndpointSpec],
  VirtualIp: [encodeVirtualIp, decodeVirtualIp],
  Endpoint: [encodeEndpoint, decodeEndpoint],
  NetworkAttachment: [encodeNetworkAttachment, decodeNetworkAttachment],
  IpamConfig: [encodeIpamConfig, decodeIpamConfig],
  Ipam: [encodeIpam, decodeIpam],
  BindOptions: [encodeBindOptions, decodeBindOptions],
  VolumeOptions: [encodeVolumeOptions, decodeVolumeOptions],
  TmpfsOptions: [encodeTmpfsOptions, decodeTmpfsOptions],
  Mount: [encodeMount, decodeMount],
  Healthcheck: [encodeHealthcheck, decodeHealthcheck],
  DnsConfig: [encodeDnsConfig, decodeDnsConfig],
  FileTarget: [encodeFileTarget, decodeFileTarget],
  SecretReference: [encodeSecretReference, decodeSecretReference],
  ConfigReference: [encodeConfigReference, decodeConfigReference],
  Ulimit: [encodeUlimit, decodeUlimit],
  CredentialSpec: [encodeCredentialSpec, decodeCredentialSpec],
  Seccomp: [encodeSeccomp, decodeSeccomp],
  Privileges: [encodePrivileges, decodePrivileges],
  ContainerSpec: [encodeContainerSpec, decodeContainerSpec],
  ResourceRequirements: [encodeResourceRequirements, decodeResourceRequirements],
  RestartPolicy: [encodeRestartPolicy, decodeRestartPolicy],
  PlacementPreference: [encodePlacementPreference, decodePlacementPreference],
  Platform: [encodePlatform, decodePlatform],
  Placement: [encodePlacement, decodePlacement],
  TaskSpec: [encodeTaskSpec, decodeTaskSpec],
  UpdateConfig: [encodeUpdateConfig, decodeUpdateConfig],
  NodeSpec: [encodeNodeSpec, decodeNodeSpec],
  EnginePlugin: [encodeEnginePlugin, decodeEnginePlugin],
  EngineDescription: [encodeEngineDescription, decodeEngineDescription],
  NodeDescription: [encodeNodeDescription, decodeNodeDescription],
  NodeStatus: [encodeNodeStatus, decodeNodeStatus],
  ManagerStatus: [encodeManagerStatus, decodeManagerStatus],
  NodeEngine: [encodeNodeEngine, decodeNodeEngine],
  Node: [encodeNode, decodeNode],
  ReplicatedMode: [encodeReplicatedMode, decodeReplicatedMode],
  GlobalMode: [encodeGlobalMode, decodeGlobalMode],
  ReplicatedJobMode: [encodeReplicatedJobMode, decodeReplicatedJobMode],
  GlobalJobMode: [encodeGlobalJobMode, decodeGlobalJobMode],
  ServiceMode: [encodeServiceMode, decodeServiceMode],
  ServiceSpec: [encodeServiceSpec, decodeServiceSpec],
  UpdateStatus: [encodeUpdateStatus, decodeUpdateStatus],
  Service: [encodeService, decodeService],
  ContainerStatus: [encodeContainerStatus, decodeContainerStatus],
  TaskStatus: [encodeTaskStatus, decodeTaskStatus],
  TaskNetwork: [encodeTaskNetwork, decodeTaskNetwork],
  Task: [encodeTask, decodeTask],
  NetworkSpec: [encodeNetworkSpec, decodeNetworkSpec],
  Network: [encodeNetwork, decodeNetwork],
  OrchestrationConfig: [encodeOrchestrationConfig, decodeOrchestrationConfig],
  RaftConfig: [encodeRaftConfig, decodeRaftConfig],
  DispatcherConfig: [encodeDispatcherConfig, decodeDispatcherConfig],
  TaskDefaults: [encodeTaskDefaults, decodeTaskDefaults],
  EncryptionConfig: [encodeEncryptionConfig, decodeEncryptionConfig],
  ClusterSpec: [encodeClusterSpec, decodeClusterSpec],
  Cluster: [encodeCluster, decodeCluster],
  SecretSpec: [encodeSecretSpec, decodeSecretSpec],
  Secret: [encodeSecret, decodeSecret],
  ConfigSpec: [encodeConfigSpec, decodeConfigSpec],
  Config: [encodeConfig, decodeConfig],
  VolumeAccessMode: [encodeVolumeAccessMode, decodeVolumeAccessMode],
  VolumeSecret: [encodeVolumeSecret, decodeVolumeSecret],
  Topology: [encodeTopology, decodeTopology],
  TopologyRequirement: [encodeTopologyRequirement, decodeTopologyRequirement],
  CapacityRange: [encodeCapacityRange, decodeCapacityRange],
  VolumeSpec: [encodeVolumeSpec, decodeVolumeSpec],
  VolumePublishStatus: [encodeVolumePublishStatus, decodeVolumePublishStatus],
  VolumeInfo: [encodeVolumeInfo, decodeVolumeInfo],
  Volume: [encodeVolume, decodeVolume],
  CustomObject: [encodeCustomObject, decodeCustomObject],
  AnyObject: [encodeAnyObject, decodeAnyObject],
  IndexValue: [encodeIndexValue, decodeIndexValue],
  IndexFilter: [encodeIndexFilter, decodeIndexFilter],
  Action: [encodeAction, decodeAction],
  Transaction: [encodeTransaction, decodeTransaction],
  RestoreStep: [encodeRestoreStep, decodeRestoreStep],
  RestoreBegin: [encodeRestoreBegin, decodeRestoreBegin],
  RestoreRows: [encodeRestoreRows, decodeRestoreRows],
  RestoreCommit: [encodeRestoreCommit, decodeRestoreCommit],
  RestoreAbort: [encodeRestoreAbort, decodeRestoreAbort],
  KindDescription: [encodeKindDescription, decodeKindDescription],
  MemberInfo: [encodeMemberInfo, decodeMemberInfo],
  MembershipContext: [encodeMembershipContext, decodeMembershipContext],
  ObjectRecord: [encodeObjectRecord, decodeObjectRecord],
  HistoryChange: [encodeHistoryChange, decodeHistoryChange],
  HistoryRecord: [encodeHistoryRecord, decodeHistoryRecord],
  RequestRecord: [encodeRequestRecord, decodeRequestRecord],
  RequestRecords: [encodeRequestRecords, decodeRequestRecords],
  SnapshotHeader: [encodeSnapshotHeader, decodeSnapshotHeader],
  SnapshotEnd: [encodeSnapshotEnd, decodeSnapshotEnd],
  SnapshotRecord: [encodeSnapshotRecord, decodeSnapshotRecord],
  SnapshotDescriptor: [encodeSnapshotDescriptor, decodeSnapshotDescriptor],
  EngineTarget: [encodeEngineTarget, decodeEngineTarget],
  EngineOpened: [encodeEngineOpened, decodeEngineOpened],
  EngineEnd: [encodeEngineEnd, decodeEngineEnd],
  EngineRequest: [encodeEngineRequest, decodeEngineRequest],
  EngineResponse: [encodeEngineResponse, decodeEngineResponse],
  HeldLock: [encodeHeldLock, decodeHeldLock],
  TaskReport: [encodeTaskReport, decodeTaskReport],
  EngineFacts: [encodeEngineFacts, decodeEngineFacts],
  EngineMisses: [encodeEngineMisses, decodeEngineMisses],
  ReportRequest: [encodeReportRequest, decodeReportRequest],
  RefusedTask: [encodeRefusedTask, decodeRefusedTask],
  ReportResponse: [encodeReportResponse, decodeReportResponse],
  ResumeRequest: [encodeResumeRequest, decodeResumeRequest],
  ResumeResponse: [encodeResumeResponse, decodeResumeResponse],
  FormationBallot: [encodeFormationBallot, decodeFormationBallot],
  Genesis: [encodeGenesis, decodeGenesis],
  FormationRequest: [encodeFormationRequest, decodeFormationRequest],
  FormationAnswer: [encodeFormationAnswer, decodeFormationAnswer],
  GrantRequest: [encodeGrantRequest, decodeGrantRequest],
  GrantResponse: [encodeGrantResponse, decodeGrantResponse],
  KeepAliveRequest: [encodeKeepAliveRequest, decodeKeepAliveRequest],
  KeepAliveResponse: [encodeKeepAliveResponse, decodeKeepAliveResponse],
  RevokeRequest: [encodeRevokeRequest, decodeRevokeRequest],
  RevokeResponse: [encodeRevokeResponse, decodeRevokeResponse],
  RaftHello: [encodeRaftHello, decodeRaftHello],
  RaftFrame: [encodeRaftFrame, decodeRaftFrame],
  RaftBatch: [encodeRaftBatch, decodeRaftBatch],
  RaftStreamEnd: [encodeRaftStreamEnd, decodeRaftStreamEnd],
  SnapshotOpening: [encodeSnapshotOpening, decodeSnapshotOpening],
  SnapshotFrame: [encodeSnapshotFrame, decodeSnapshotFrame],
  ConfChangeOp: [encodeConfChangeOp, decodeConfChangeOp],
  ConfChange: [encodeConfChange, decodeConfChange],
  Entry: [encodeEntry, decodeEntry],
  ConfState: [encodeConfState, decodeConfState],
  SnapshotMetadata: [encodeSnapshotMetadata, decodeSnapshotMetadata],
  Snapshot: [encodeSnapshot, decodeSnapshot],
  AppendEntries: [encodeAppendEntries, decodeAppendEntries],
  AppendEntriesResponse: [encodeAppendEntriesResponse, decodeAppendEntriesResponse],
  RequestVote: [encodeRequestVote, decodeRequestVote],
  RequestVoteResponse: [encodeRequestVoteResponse, decodeRequestVoteResponse],
  Heartbeat: [encodeHeartbeat, decodeHeartbeat],
  HeartbeatResponse: [encodeHeartbeatResponse, decodeHeartbeatResponse],
  InstallSnapshot: [encodeInstallSnapshot, decodeInstallSnapshot],
  TimeoutNow: [encodeTimeoutNow, decodeTimeoutNow],
  ForwardedTransfer: [encodeForwardedTransfer, decodeForwardedTransfer],
  ReadIndex: [encodeReadIndex, decodeReadIndex],
  ReadIndexResponse: [encodeReadIndexResponse, decodeReadIndexResponse],
  RaftMessage: [encodeRaftMessage, decodeRaftMessage],
  JoinRequest: [encodeJoinRequest, decodeJoinRequest],
  JoinResponse: [encodeJoinResponse, decodeJoinResponse],
  RemoveMemberRequest: [encodeRemoveMemberRequest, decodeRemoveMemberRequest],
  RemoveMemberResponse: [encodeRemoveMemberResponse, decodeRemoveMemberResponse],
  SetMemberRoleRequest: [encodeSetMemberRoleRequest, decodeSetMemberRoleRequest],
  SetMemberRoleResponse: [encodeSetMemberRoleResponse, decodeSetMemberRoleResponse],
  TransferLeadershipRequest: [encodeTransferLeadershipRequest, decodeTransferLeadershipRequest],
  TransferLeadershipResponse: [encodeTransferLeadershipResponse, decodeTransferLeadershipResponse],
  LocalStatusRequest: [encodeLocalStatusRequest, decodeLocalStatusRequest],
  MemberStatus: [encodeMemberStatus, decodeMemberStatus],
  LocalStatus: [encodeLocalStatus, decodeLocalStatus],
  StoreUse: [encodeStoreUse, decodeStoreUse],
  KindAmount: [encodeKindAmount, decodeKindAmount],
  HistoryUse: [encodeHistoryUse, decodeHistoryUse],
  ClusterStatusRequest: [encodeClusterStatusRequest, decodeClusterStatusRequest],
  ClusterStatus: [encodeClusterStatus, decodeClusterStatus],
  GetRootCaRequest: [encodeGetRootCaRequest, decodeGetRootCaRequest],
  GetRootCaResponse: [encodeGetRootCaResponse, decodeGetRootCaResponse],
  IssueRequest: [encodeIssueRequest, decodeIssueRequest],
  IssueResponse: [encodeIssueResponse, decodeIssueResponse],
  RenewRequest: [encodeRenewRequest, decodeRenewRequest],
  WhoAmIRequest: [encodeWhoAmIRequest, decodeWhoAmIRequest],
  WhoAmIResponse: [encodeWhoAmIResponse, decodeWhoAmIResponse],
  CanRequest: [encodeCanRequest, decodeCanRequest],
  CanResponse: [encodeCanResponse, decodeCanResponse],
  CreateTokenRequest: [encodeCreateTokenRequest, decodeCreateTokenRequest],
  CreateTokenResponse: [encodeCreateTokenResponse, decodeCreateTokenResponse],
  RemoveTokenRequest: [encodeRemoveTokenRequest, decodeRemoveTokenRequest],
  PutUserRequest: [encodePutUserRequest, decodePutUserRequest],
  RemoveUserRequest: [encodeRemoveUserRequest, decodeRemoveUserRequest],
  PutRoleRequest: [encodePutRoleRequest, decodePutRoleRequest],
  RemoveRoleRequest: [encodeRemoveRoleRequest, decodeRemoveRoleRequest],
  RevokeCertificateRequest: [encodeRevokeCertificateRequest, decodeRevokeCertificateRequest],
  AnchorRequest: [encodeAnchorRequest, decodeAnchorRequest],
  AccessWritten: [encodeAccessWritten, decodeAccessWritten],
  Selector: [encodeSelector, decodeSelector],
  SlotFilter: [encodeSlotFilter, decodeSlotFilter],
  WatchRequest: [encodeWatchRequest, decodeWatchRequest],
  WatchEvent: [encodeWatchEvent, decodeWatchEvent],
  Synced: [encodeSynced, decodeSynced],
  WatchTransaction: [encodeWatchTransaction, decodeWatchTransaction],
  Bookmark: [encodeBookmark, decodeBookmark],
  Resync: [encodeResync, decodeResync],
  WatchSnapshot: [encodeWatchSnapshot, decodeWatchSnapshot],
  KindObject: [encodeKindObject, decodeKindObject],
  WatchResponse: [encodeWatchResponse, decodeWatchResponse],
  WatchesRequest: [encodeWatchesRequest, decodeWatchesRequest],
  WatchBegin: [encodeWatchBegin, decodeWatchBegin],
  WatchesResponse: [encodeWatchesResponse, decodeWatchesResponse],
  WatchDelivery: [encodeWatchDelivery, decodeWatchDelivery],
};
