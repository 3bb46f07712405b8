export { type DialedConnection, type EngineDialer, type EngineRoutes } from './engine-routes.js';
export { checkName } from './rules.js';
export type { CallMeter } from './metered.js';
export { ApiServer } from './server.js';
export { giveUpHeld, storeReport } from './fleet.js';
export { directoryOf } from './directory.js';
export type { ServerSecurity } from './entrance.js';
export { socketPathMax } from './control-socket.js';
