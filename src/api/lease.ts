import type { UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Replica } from '../replica/index.js';
import { methodOf } from '../rpc/index.js';
import type { messages } from '../wire/index.js';
import { type Forwarder, forwardingHandler } from './forward.js';

/** The `Lease` service. Only the leader keeps time: everything goes there. */
export function leaseService(replica: Replica, forwarder: Forwarder): UntypedServiceImplementation {
  const onLeader = <Req>(name: string, run: (request: Req, timeoutMs: number) => Promise<unknown>) =>
    forwardingHandler(methodOf('lease', name), { replica, forwarder }, run);
  const madeBefore = ({ info }: { info?: messages.WriteInfo }) => {
    const version = replica.store.versionOfRequest(info?.requestId ?? '') ?? replica.store.version;
    return { version, id: replica.store.transaction(version)?.events[0]?.object.id ?? '' };
  };
  return {
    Grant: onLeader('Grant', async (request: messages.GrantRequest, timeoutMs) => {
      const { ttlMs, holder, guarded, info } = request;
      return (await replica.grantLease({ ttlMs, holder, guarded }, { ...info, timeoutMs })) ?? madeBefore(request);
    }),
    KeepAlive: onLeader('KeepAlive', async ({ ids }: messages.KeepAliveRequest) => ({
      lost: await replica.keepAlive(ids),
    })),
    Revoke: onLeader('Revoke', async (request: messages.RevokeRequest, timeoutMs) => {
      const version = await replica.revokeLease(request.id, { ...request.info, timeoutMs });
      return { version: version ?? madeBefore(request).version };
    }),
  };
}
