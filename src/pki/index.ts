export { type DerivedRoot, deriveRoot } from './derived.js';
export { type Authority, issue, makeRoot, type Wanted } from './issue.js';
export { newPrivateKey, publicKeyOf, readPublicKey } from './keys.js';
export { claimedIdentity, domainOfRoot, readCertificate, readIssued, type Side, timesOf } from './read.js';
export { makeRequest, readRequest } from './request.js';
