export { IngressProxy, type IngressProxyOptions } from './proxy.js';
export { followIngress } from './follow.js';
export { type IngressPort, ingressPorts, type Target } from './targets.js';
