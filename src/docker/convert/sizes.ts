const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** A size in Docker's words, four digits at most: `1.021 GiB`, `0 B`. */
export function bytesText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1_024 && unit < units.length - 1) {
    size /= 1_024;
    unit += 1;
  }
  return `${String(Number(size.toPrecision(4)))} ${units[unit] ?? ''}`;
}
