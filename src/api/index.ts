export { checkName } from './rules.js';
export { ApiServer } from './server.js';
export { storeReport } from './fleet.js';
