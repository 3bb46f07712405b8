// Clusters for the tests of users.
export { testCluster } from './test-cluster.js';
export type { TestCluster, TestClusterMember, TestClusterOptions } from './test-cluster.js';
export { simulate, SimulationError } from './simulate.js';
export type { SimulateOptions, SimulateResult } from './simulate.js';
export type { Controller, ProcessView, World } from './world.js';
export type { Scenario } from './run.js';
export { faultKinds } from './faults.js';
export type { FaultKind } from './faults.js';
export { Violation } from './raft-invariants.js';
export { FakeEngine, FakeEngineError, openFakeEngine } from './fake-engine/index.js';
export type {
  FakeCallMatch,
  FakeContainerBody,
  FakeEngineFaults,
  FakeEngineOptions,
  FakeEngineServer,
  FakeEvent,
  FakeHealth,
  FakeHostConfig,
  FakeRegistry,
  FakeRegistryImage,
  OpenFakeEngineOptions,
} from './fake-engine/index.js';
