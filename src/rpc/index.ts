export { Channel, written } from './channel.js';
export type { CallOptions } from './channel.js';
export { methodOf, services } from './definitions.js';
export { GrpcNetwork } from './network.js';
export { ApiServer } from './server.js';
export { connectionLost, fromStatus, neverSent, notServed, timedOut } from './status.js';
export type { ServerStream } from './channel.js';
export { joinCluster } from './join.js';
export { checkName } from './names.js';
