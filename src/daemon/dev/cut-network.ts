import { StoreError } from '../../base/store-error.js';
import type { Message } from '../../raft/index.js';
import type { Network, NetworkHandler } from '../../replica/index.js';

/** Switch in the network of a member: while it is cut, raft messages neither leave nor arrive. */
export class Cut {
  active = false;

  /** Returns a network with the switch in it. */
  around(network: Network): Network {
    const lost = () => Promise.reject(new StoreError('NOT_LEADER', 'this member is cut off'));
    return {
      start: (handler) => network.start(this.#heard(handler)),
      setMembers: (members) => network.setMembers(members),
      send: (messages) => {
        if (!this.active) network.send(messages);
      },
      sendSnapshot: (message, chunks) => (this.active ? lost() : network.sendSnapshot(message, chunks)),
      close: () => network.close(),
    };
  }

  #heard(handler: NetworkHandler): NetworkHandler {
    return {
      onMessages: (messages: readonly Message[]) => {
        if (!this.active) handler.onMessages(messages);
      },
      onSnapshot: (message, chunks) =>
        this.active
          ? Promise.reject(new StoreError('NOT_LEADER', 'this member is cut off'))
          : handler.onSnapshot(message, chunks),
      onUnreachable: (id) => handler.onUnreachable(id),
      onRemoved: () => handler.onRemoved(),
      isMember: (id) => handler.isMember(id),
      wasRemoved: (id) => handler.wasRemoved(id),
      lastIndex: () => handler.lastIndex(),
      acknowledged: (id) => handler.acknowledged(id),
      onAcknowledged: (reached) => handler.onAcknowledged(reached),
    };
  }
}
