// The HTTP endpoint of a member: JSON, events, metrics, health and the web page.
export { LeaderLog } from './leader-log.js';
export type { ShownMember } from './member.js';
export { MemberMeter } from './metrics/meter.js';
export { HttpError } from './answer.js';
export type { Gate, Reader } from './reader.js';
export { type HttpEndpoint, type HttpOptions, openHttp } from './server.js';
