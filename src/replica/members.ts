import { addressRule, isAddress } from '../base/host-port.js';
import { isMemberId, memberIdMax } from '../base/ids.js';
import { isMemberName, memberNameRule } from '../base/names.js';
import { StoreError } from '../base/store-error.js';
import type { ConfChange } from '../raft/index.js';
import { messageCodec } from '../wire/index.js';
import type { MemberInfo } from './status.js';

const contextCodec = messageCodec('MembershipContext');

/** Most addresses that a member may have, and most characters of one: a name of DNS has 253, a port five. */
export const addressesMax = 16;
const addressCharactersMax = 300;

const isOwnAddress = (addr: string) => addr.length <= addressCharactersMax && isAddress(addr);

/**
 * Refuses what no member can be: asked before it is proposed, because every member applies what the log says.
 * @throws {StoreError} `INVALID_OBJECT`, which names the field.
 */
export function checkMember({ id, name, addrs }: MemberInfo): void {
  if (!isMemberId(id)) refuse('id', `must be a whole number from 1 to ${memberIdMax}, is ${id}`);
  if (!isMemberName(name)) refuse('name', `is ${JSON.stringify(name)}: ${memberNameRule}`);
  if (addrs.length === 0 || addrs.length > addressesMax)
    refuse('addrs', `must be 1 to ${addressesMax} addresses, are ${addrs.length}`);
  for (const addr of addrs) if (!isOwnAddress(addr)) refuse('addrs', addressRule(addr));
}

function refuse(path: string, says: string): never {
  throw new StoreError('INVALID_OBJECT', `member: ${path} ${says}`, { path });
}

/**
 * The part of `told` that can be so. It may come from a log or a snapshot of a version that checked less, and is applied
 * all the same: the configuration holds the id already, and a member without a name can only be removed by its id.
 */
function credible(told: MemberInfo): MemberInfo {
  const { id, name } = told;
  const addrs = told.addrs.filter(isOwnAddress).slice(0, addressesMax);
  if (isMemberName(name) && addrs.length === told.addrs.length) return told;
  return { ...told, name: isMemberName(name) ? name : `member-${id}`, addrs };
}

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

  /** Finds a member by name, or by id in decimal digits. */
  find(nameOrId: string): MemberInfo | undefined {
    return this.list().find(({ id, name }) => name === nameOrId || String(id) === nameOrId);
  }

  wasRemoved(id: number): boolean {
    return this.#removed.has(id);
  }

  /** Takes over what a membership change says of those that it is about. Never throws: what makes no sense is left out. */
  apply({ changes, context }: ConfChange): void {
    const told = context && memberIn(context);
    if (told && told.id > 0 && changes.some(({ nodeId }) => nodeId === told.id))
      this.#members.set(told.id, credible(told));
    for (const { type, nodeId } of changes) {
      if (type !== 'remove') continue;
      this.#members.delete(nodeId);
      this.#removed.add(nodeId);
    }
  }

  reset(members: readonly MemberInfo[], removed: readonly number[]): void {
    this.#members = new Map(members.filter(({ id }) => id > 0).map((member) => [member.id, credible(member)]));
    this.#removed = new Set(removed);
  }
}

function memberIn(context: Uint8Array): MemberInfo | undefined {
  try {
    return contextCodec.decode(context).member;
  } catch {
    return undefined; // the reason would help no reader
  }
}

/** Encodes the context of a membership change: every member learns name and addresses from it. */
export function contextOf(member: MemberInfo): Uint8Array {
  return contextCodec.encode({ member });
}
