// Managers and engines: who drives which, and how they are.
export { fleetLoop, type FleetLoopPorts } from './leader.js';
export type { ManagerMember } from './place.js';
export type { DriveEngine, Driving, EngineLink, SessionClient, SessionPorts, TaskUpdate } from './ports.js';
export { DriverSession, type DriverSessionOptions } from './session.js';
