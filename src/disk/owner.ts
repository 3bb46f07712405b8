/**
 * Owner of the files. The number of the directory is drawn once, when it is made for one member of one cluster. Every
 * file carries it, so that files of another member, cluster or disk are recognized.
 */
export interface Owner {
  readonly directory: number;
  readonly memberId: number;
}

/** Returns the mismatch when `found`, read from `part`, is not the owner. */
export function foreign(part: string, found: Owner, owner: Owner | undefined): string | undefined {
  if (!owner || (found.directory === owner.directory && found.memberId === owner.memberId)) return undefined;
  return found.memberId === owner.memberId
    ? `${part} comes from another directory of member ${owner.memberId}`
    : `${part} belongs to member ${found.memberId} and the directory to member ${owner.memberId}`;
}
