/**
 * About how many bytes a plain value takes: the length of its texts and eight for every number. For a store without a
 * proposer, which has no encoding to ask.
 */
export function roughSize(value: unknown): number {
  switch (typeof value) {
    case 'string':
      return value.length;
    case 'object': {
      if (value === null) return 0;
      let size = 2;
      for (const key in value) size += key.length + roughSize((value as Record<string, unknown>)[key]);
      return size;
    }
    default:
      return 8;
  }
}
