import type { ConfChange } from '../raft/index.js';
import { messageCodec } from '../wire/index.js';
import type { MemberInfo } from './ports.js';

const contextCodec = messageCodec('MembershipContext');

/** Names and addresses of the members, and which ids were members once. Replicated: changed only by applied entries. */
export class Members {
  #members = new Map<number, MemberInfo>();
  #removed = new Set<number>();

  list(): MemberInfo[] {
    return [...this.#members.values()].sort((a, b) => a.id - b.id);
  }

  removed(): number[] {
    return [...this.#removed].sort((a, b) => a - b);
  }

  get(id: number): MemberInfo | undefined {
    return this.#members.get(id);
  }

  /** By name, or by id in decimal digits. */
  find(nameOrId: string): MemberInfo | undefined {
    return this.list().find(({ id, name }) => name === nameOrId || String(id) === nameOrId);
  }

  wasRemoved(id: number): boolean {
    return this.#removed.has(id);
  }

  /** Takes over what a membership change says of those that it is about. */
  apply({ changes, context }: ConfChange): void {
    const told = context && contextCodec.decode(context).member;
    if (told) this.#members.set(told.id, told);
    for (const { type, nodeId } of changes) {
      if (type !== 'remove') continue;
      this.#members.delete(nodeId);
      this.#removed.add(nodeId);
    }
  }

  reset(members: readonly MemberInfo[], removed: readonly number[]): void {
    this.#members = new Map(members.map((member) => [member.id, member]));
    this.#removed = new Set(removed);
  }
}

/** What a membership change carries so that every member learns name and addresses. */
export function contextOf(member: MemberInfo): Uint8Array {
  return contextCodec.encode({ member });
}
