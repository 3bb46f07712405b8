import type { Clock } from '../../base/clock.js';
import type { Logger } from '../../base/log.js';
import { drivers, engines, type Specifier, specifierFor } from '../../kinds/index.js';
import { type LeadershipSource, type LoopStore, PassLoop } from '../../orchestrate/loop/index.js';
import { applyFleetChange, type FleetChange, fleetPass } from './pass.js';
import type { ManagerMember } from './place.js';

/** Ports of {@link fleetLoop}. */
export interface FleetLoopPorts {
  readonly store: LoopStore;
  readonly leadership: LeadershipSource;
  /** The members of the cluster as this one knows them now. */
  readonly members: () => readonly ManagerMember[];
  readonly clock: Clock;
  readonly logger: Logger;
}

const nodeEvents: Specifier[] = (['create', 'update', 'delete'] as const).map((action) => specifierFor(action, 'node', undefined)); // prettier-ignore

/** Makes the loop that assigns engines to drivers and judges nodes for as long as this member leads. */
export function fleetLoop({ members, ...ports }: FleetLoopPorts): PassLoop<FleetChange> {
  return new PassLoop({
    ...ports,
    work: {
      name: 'fleet',
      events: [
        ...nodeEvents,
        ...[engines.created(), engines.updated(), engines.deleted()],
        ...[drivers.created(), drivers.updated(), drivers.deleted()],
      ],
      pass: (view, now) => fleetPass(view, now, members()),
      apply: applyFleetChange,
      unitOf: ({ kind, object }) => `${kind}/${object.id}`,
    },
  });
}
