// Many Docker engines as one.
export { FleetError } from './fleet.js';
export type {
  ClusterEvent,
  Container,
  CreateOptions,
  EngineHandle,
  EngineState,
  Fleet,
  FleetErrorCode,
  Image,
  OnProgress,
  RunState,
} from './fleet.js';
export type * from './engine/types.js';
