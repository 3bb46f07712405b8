/** Code points from the first to the last of them. */
export type Range = readonly [from: number, to: number];

/** Tells whether a code point is in the set. */
export type CharacterSet = (code: number) => boolean;

/** Ranges in order, which do not overlap; or all but them. */
export interface RangeSet {
  readonly ranges: readonly Range[];
  readonly negated: boolean;
}

const digits: Range = [0x30, 0x39];
const uppers: Range = [0x41, 0x5a];
const lowers: Range = [0x61, 0x7a];
const underscore: Range = [0x5f, 0x5f];
const space: readonly Range[] = [
  [0x09, 0x0a],
  [0x0c, 0x0d],
  [0x20, 0x20],
];
const word: readonly Range[] = [digits, uppers, underscore, lowers];

export const classes = {
  any: [[0, 0x10_ffff]],
  noNewline: [
    [0, 0x09],
    [0x0b, 0x10_ffff],
  ],
} as const satisfies Record<string, readonly Range[]>;

/** Sets that a backslash names. */
export const escapedSets: Readonly<Record<string, RangeSet>> = {
  d: { ranges: [digits], negated: false },
  D: { ranges: [digits], negated: true },
  w: { ranges: word, negated: false },
  W: { ranges: word, negated: true },
  s: { ranges: space, negated: false },
  S: { ranges: space, negated: true },
};

const posix = new Map<string, readonly Range[]>([
  ['alnum', [digits, uppers, lowers]],
  ['alpha', [uppers, lowers]],
  ['ascii', [[0, 0x7f]]],
  [
    'blank',
    [
      [0x09, 0x09],
      [0x20, 0x20],
    ],
  ],
  [
    'cntrl',
    [
      [0, 0x1f],
      [0x7f, 0x7f],
    ],
  ],
  ['digit', [digits]],
  ['graph', [[0x21, 0x7e]]],
  ['lower', [lowers]],
  ['print', [[0x20, 0x7e]]],
  [
    'punct',
    [
      [0x21, 0x2f],
      [0x3a, 0x40],
      [0x5b, 0x60],
      [0x7b, 0x7e],
    ],
  ],
  [
    'space',
    [
      [0x09, 0x0d],
      [0x20, 0x20],
    ],
  ],
  ['upper', [uppers]],
  ['word', word],
  ['xdigit', [digits, [0x41, 0x46], [0x61, 0x66]]],
]);

/** Returns the set of a POSIX name, `alpha` or `^alpha`. */
export function posixSets(name: string): RangeSet | undefined {
  const negated = name.startsWith('^');
  const ranges = posix.get(negated ? name.slice(1) : name);
  return ranges && { ranges, negated };
}

/** Makes a set of ranges, in which a character is also its other case when that is to be ignored. */
export function foldedSet(ranges: readonly Range[], negated: boolean, ignoreCase: boolean): CharacterSet {
  const inRanges = (code: number) => {
    for (const [from, to] of ranges) if (code >= from && code <= to) return true;
    return false;
  };
  if (!ignoreCase) return (code) => inRanges(code) !== negated;
  return (code) => {
    const character = String.fromCodePoint(code);
    const others = [character.toLowerCase(), character.toUpperCase()].map((other) => other.codePointAt(0) ?? code);
    return (inRanges(code) || others.some(inRanges)) !== negated;
  };
}

export const isWordCode = (code: number) => word.some(([from, to]) => code >= from && code <= to);
