import { YamlDocument } from './document.js';
import { extendedServices } from './extends.js';
import { includesOf } from './include.js';
import { merged } from './merge.js';
import { Reader } from './reader.js';
import { mapValue, rootValue, type Surroundings, type Value } from './value.js';

/** A file of a model: its name for messages, and its text. */
export interface FileText {
  readonly file: string;
  readonly text: string;
}

/** Most files that include or extend one another in a row. */
const chainMax = 50;

/**
 * Loads files into one value: includes are imported into the file that names them, later files are merged over earlier
 * ones, and then services that extend others are completed.
 * @param chain files that led here, for messages about a circle.
 */
export function modelOf(files: readonly FileText[], around: Surroundings, chain: readonly string[] = []): Value {
  let model: Value | undefined;
  for (const { file, text } of files) {
    const document = YamlDocument.parse(text, file);
    for (const warning of document.warnings) around.warnings.add(warning);
    const root = rootValue({ ...around, document });
    const reader = new Reader(root);
    if (chain.length > chainMax) reader.fail(`more than ${chainMax} files include or extend one another`);
    const whole = root.kind === 'map' ? includesOf(reader, chain, modelOf) : root;
    model = model ? merged(model, whole, []) : whole;
  }
  if (!model) throw new RangeError('a model needs a file');
  if (model.kind !== 'map') return model;
  const entries = new Map(model.entries(''));
  const services = entries.get('services');
  if (services)
    entries.set('services', {
      origin: services.origin,
      read: (path) => extendedServices(services.read(path), { path, chain, load: modelOf }),
    });
  return mapValue(model.origin, entries);
}
