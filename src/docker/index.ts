// The HTTP API of Docker, in front of a fleet.
export { openDockerApi } from './server.js';
export { ApiError } from './answers.js';
export type { Need } from './needs.js';
export type { Admission, ClientTls, DockerApi, DockerApiOptions, Replication, Role, ServerTls } from './options.js';
export type { SwarmBackend, SwarmChange, SwarmCluster, SwarmMember, TaskLogOptions } from './swarm/backend.js';
export { storeBackend, type StoreBackendOptions } from './swarm/store-backend.js';
