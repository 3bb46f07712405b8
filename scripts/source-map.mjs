// Source maps without the parts that no reader needs.

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digits = new Map([...letters].map((letter, i) => [letter, i]));

/**
 * Leaves out the mappings of sources for which `keeps` is false: their lines are told as they are in the file, which has
 * them unchanged. Returns a map with the other sources alone. The names stay out, too: nothing is renamed.
 */
export function mapOf({ version, file, sources, sourcesContent, mappings }, keeps) {
  const places = new Map();
  sources.forEach((source, i) => keeps(source) && places.set(i, places.size));
  const kept = [...places.keys()];
  return {
    version,
    file,
    names: [],
    sources: kept.map((i) => sources[i]),
    sourcesContent: kept.map((i) => sourcesContent[i]),
    mappings: encoded(decoded(mappings), places),
  };
}

/** Segments by line: column, then source, line and column there. */
function decoded(mappings) {
  const at = [0, 0, 0, 0, 0];
  return mappings.split(';').map((line) => {
    at[0] = 0;
    if (line === '') return [];
    return line.split(',').map((segment) => {
      const steps = numbersIn(segment);
      steps.forEach((step, i) => (at[i] += step));
      return at.slice(0, Math.min(steps.length, 4));
    });
  });
}

function encoded(lines, places) {
  const at = [0, 0, 0, 0];
  const textOf = (segment) => {
    const text = segment.map((value, i) => digitsOf(value - at[i])).join('');
    segment.forEach((value, i) => (at[i] = value));
    return text;
  };
  return lines
    .map((segments) => {
      at[0] = 0;
      const texts = [];
      let mapped = false;
      for (const [column, source, ...place] of segments) {
        const to = places.get(source);
        if (to !== undefined) texts.push(textOf([column, to, ...place]));
        else if (mapped) texts.push(textOf([column])); // ends the part before
        mapped = to !== undefined;
      }
      return texts.join(',');
    })
    .join(';');
}

/** Reads the numbers of a segment: base 64, five bits each, the sign in the lowest bit of the first. */
function numbersIn(segment) {
  const found = [];
  let value = 0;
  let shift = 0;
  for (const letter of segment) {
    const digit = digits.get(letter);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    found.push(value & 1 ? -(value >>> 1) : value >>> 1);
    value = shift = 0;
  }
  return found;
}

function digitsOf(number) {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let text = '';
  do {
    const more = rest > 31 ? 32 : 0;
    text += letters[(rest & 31) | more];
    rest >>>= 5;
  } while (rest > 0);
  return text;
}
