import type { Caller } from '../identity/index.js';

/** Groups of callers. Each has a gRPC server of its own: a service that is not for a group is not there for it. */
export const audiences = ['anonymous', 'bearer', 'api', 'members', 'local'] as const;
export type Audience = (typeof audiences)[number];

/** Describes what a caller may do. A change of it ends the connection: its watches would go on with rights that are gone. */
export function standingOf(caller: Caller): string {
  return JSON.stringify([audienceOf(caller), caller.as === 'user' ? caller.roles : []]);
}

/** Group of a caller that a certificate has proved, or nothing. */
export function audienceOf({ as }: Caller): Audience {
  switch (as) {
    case 'member':
    case 'newcomer':
      return 'members';
    case 'user':
    case 'worker':
      return 'api';
    case 'local':
      return 'local';
    case 'anonymous':
    case 'expired':
      return 'anonymous';
  }
}
