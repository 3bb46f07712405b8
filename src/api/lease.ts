import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Caller } from '../identity/index.js';
import { leases } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import { methodOf } from '../rpc/index.js';
import type { messages } from '../wire/index.js';
import { type Forwarder, forwardingHandler } from './forward.js';
import { Rights } from './rights.js';

/** The `Lease` service. Only the leader keeps time: everything goes there. */
export function leaseService(replica: Replica, forwarder: Forwarder): UntypedServiceImplementation {
  const onLeader = <Req>(
    name: string,
    run: (request: Req, timeoutMs: number, caller: Caller | undefined) => Promise<unknown>,
  ) => forwardingHandler(methodOf('lease', name), { replica, forwarder }, run);
  const madeBefore = ({ info }: { info?: messages.WriteInfo }) => {
    const version = replica.store.versionOfRequest(info?.requestId ?? '') ?? replica.store.version;
    return { version, id: replica.store.transaction(version)?.events[0]?.object.id ?? '' };
  };
  return {
    Grant: onLeader('Grant', async (request: messages.GrantRequest, timeoutMs, caller) => {
      const { ttlMs, holder, guarded, info } = request;
      const { owner } = replica.store.view((tx) => Rights.in(tx, replica.store.kinds, caller));
      const terms = { ttlMs, holder, guarded, ...(owner !== undefined && { owner }) };
      return (await replica.grantLease(terms, { ...info, timeoutMs })) ?? madeBefore(request);
    }),
    KeepAlive: onLeader('KeepAlive', async ({ ids }: messages.KeepAliveRequest, _timeoutMs, caller) => {
      checkLeases(replica, ids, caller);
      return { lost: await replica.keepAlive(ids) };
    }),
    Revoke: onLeader('Revoke', async (request: messages.RevokeRequest, timeoutMs, caller) => {
      // An owner never changes, and no id comes again: what is checked here is true when the lease ends.
      checkLeases(replica, [request.id], caller);
      const version = await replica.revokeLease(request.id, { ...request.info, timeoutMs });
      return { version: version ?? madeBefore(request).version };
    }),
  };
}

/** Throws `DENIED` where one of these leases is another identity's. */
export function checkLeases({ store }: Replica, ids: readonly string[], caller: Caller | undefined): void {
  store.view((tx) => {
    const rights = Rights.in(tx, store.kinds, caller);
    if (!rights.limited) return;
    for (const id of ids) {
      const lease = tx.kind(leases).get(id);
      if (lease) rights.checkOwner(leases.name, lease);
    }
  });
}
