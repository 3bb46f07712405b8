import type { StoredObject } from '../definition.js';
import { annotations, driver, ipam } from '../parts.js';
import { flag, type Infer, object, optional } from '../schema.js';

export const networkBody = object({
  spec: object({
    annotations,
    driverConfig: optional(driver),
    ipv6Enabled: flag(),
    /** Without a way out. */
    internal: flag(),
    /** Containers outside of services may join. */
    attachable: flag(),
    ingress: flag(),
    ipam: optional(ipam),
  }),
  /** State that the driver made from the spec. */
  driverState: optional(driver),
  ipam: optional(ipam),
});

/** A network that connects tasks. */
export interface Network extends StoredObject, Infer<typeof networkBody> {}
