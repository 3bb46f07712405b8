const barWidth = 20;

/** Draws how much of a whole is done. Nothing wanted is all done. */
export function barOf(done: number, wanted: number): string {
  const share = wanted <= 0 ? 1 : Math.min(1, Math.max(0, done / wanted));
  const full = Math.floor(share * barWidth);
  return `[${'█'.repeat(full)}${'░'.repeat(barWidth - full)}]`;
}
