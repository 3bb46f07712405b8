import protobuf from 'protobufjs';
import { itemsMax, listLimits } from '../../src/wire/limits.js';
import { partFieldsMax } from '../../src/wire/writer.js';
import { isUnion, words } from './names.js';

// Straight code between bytes and our plain objects: for each message a function that encodes it and one that decodes it.

/** Code that writes and reads a scalar of proto/. */
interface Scalar {
  readonly wireType: number;
  readonly type: string;
  /** Its zero, as code. */
  readonly zero: string;
  readonly write: (tag: number, value: string) => string;
  readonly read: string;
}

function scalar(method: string, wireType: number, type: string, zero: string): Scalar {
  return {
    wireType,
    type,
    zero,
    write: (tag, value) => `w.${method}(${tag}, ${value})`,
    read: `r.${method}()`,
  };
}

const scalars: Readonly<Record<string, Scalar>> = {
  string: scalar('text', 2, 'string', "''"),
  bytes: scalar('bytes', 2, 'Uint8Array', 'noBytes'),
  bool: scalar('bool', 0, 'boolean', 'false'),
  uint32: scalar('uint32', 0, 'number', '0'),
  uint64: { ...scalar('int64', 0, 'number', '0'), read: 'r.uint64()' },
  int64: scalar('int64', 0, 'number', '0'),
  double: scalar('double', 1, 'number', '0'),
};

function scalarOf(field: protobuf.Field): Scalar | undefined {
  const { resolvedType, type } = field;
  if (!(resolvedType instanceof protobuf.Enum)) return scalars[type];
  const { name } = resolvedType;
  const zero = words(resolvedType).find(({ number }) => number === 0);
  if (!zero) throw new TypeError(`the enum ${name} has no value 0; add one`);
  return {
    wireType: 0,
    type: `m.${name}`,
    zero: `'${zero.word}'`,
    write: (tag, value) => `w.word(${tag}, ${name}, ${value})`,
    read: `r.word(${name})`,
  };
}

/** The code of one field. */
interface FieldCode {
  readonly name: string;
  /** May it be left out of a decoded object? */
  readonly optional: boolean;
  readonly encode: string;
  /** Local variables of the decoder. */
  readonly locals: string;
  readonly cases: string;
  /** The value in the decoded object. */
  readonly value: string;
}

function limitOf({ name, parent }: protobuf.FieldBase): number {
  const place = `${parent?.name}.${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
  return listLimits[place] ?? itemsMax;
}

function tagOf(field: protobuf.FieldBase, wireType: number): number {
  if (field.id >= 2048)
    throw new TypeError(`${field.fullName} has a number that takes three bytes; choose a lower one`);
  return (field.id << 3) | wireType;
}

function messageOf(field: protobuf.Field): protobuf.Type {
  if (field.resolvedType instanceof protobuf.Type) return field.resolvedType;
  throw new TypeError(`${field.fullName} has the type ${field.type}, which is not supported; choose another`);
}

/** Fields so far that hold parts: the writer knows each by a number. 0 is all maps. */
let parts = 0;

/** Code that writes a part of a message. */
function partCode(tag: number, content: string): string {
  if (++parts >= partFieldsMax)
    throw new TypeError(`more than ${partFieldsMax} fields hold parts; raise partFieldsMax`);
  return `const at = w.open(${tag}, ${parts}); ${content} w.close(at, ${parts});`;
}

/** The variable of a field in a decoder: some fields have names that the language took. */
const local = (name: string) => `${name}_`;

function mapField(field: protobuf.MapField): FieldCode {
  const { name } = field;
  if (field.keyType !== 'string' || field.type !== 'string')
    throw new TypeError(`${field.fullName} must be a map of strings to strings; others are not supported`);
  const it = local(name);
  const read = `r.entry(${it}, ${it}count++, ${limitOf(field)}, '${name}')`;
  return {
    name,
    optional: false,
    encode: `  if (v.${name} !== undefined) w.map(${tagOf(field, 2)}, v.${name});`,
    locals: `let ${it}: Record<string, string> | undefined, ${it}count = 0;`,
    cases: `      case ${tagOf(field, 2)}: ${it} = ${read}; break;`,
    value: `${it} ? Object.freeze(${it}) : noEntries`,
  };
}

function listField(field: protobuf.Field, item: Scalar | undefined): FieldCode {
  const { name } = field;
  const it = local(name);
  const more = `${it} = r.list(${it}, ${limitOf(field)}, '${name}')`;
  const read = item?.read ?? `decode${messageOf(field).name}(r, r.part())`;
  const type = item?.type ?? `m.${messageOf(field).name}`;
  const tag = tagOf(field, item?.wireType ?? 2);
  const packed = item !== undefined && item.wireType !== 2;
  let encode: string;
  if (!item) {
    const each = `${partCode(tag, `encode${type.slice(2)}(w, item);`)}`;
    encode = `  if (v.${name} !== undefined) for (const item of v.${name}) { ${each} }`;
  } else if (!packed)
    encode = `  if (v.${name} !== undefined) for (const item of v.${name}) ${item.write(tag, 'item')};`;
  else {
    const number = type.startsWith('m.') ? `${type.slice(2)}.numberOf(item)` : 'item';
    if (type === 'boolean' || item.wireType !== 0)
      throw new TypeError(`${field.fullName} is a list of ${field.type}, which is not supported; choose another type`);
    const items = partCode(tagOf(field, 2), `for (const item of v.${name}) w.item(${number});`);
    encode = `  if (v.${name} !== undefined && v.${name}.length > 0) { ${items} }`;
  }
  const cases = [`      case ${tag}: (${more}).push(${read}); break;`];
  if (packed) {
    const each = `while (r.at < to) (${more}).push(${read})`;
    cases.push(`      case ${tagOf(field, 2)}: { const to = r.span(); ${each}; r.ended(to); break; }`);
  }
  return {
    name,
    optional: false,
    encode,
    locals: `let ${it}: ${type}[] | undefined;`,
    cases: cases.join('\n'),
    value: `${it} ? frozenList(${it}) : noItems`,
  };
}

/** Fields that the store hides in an object's meta are sent as a separate field. */
const metaName = 'Meta';

/** Fields whose content many objects have alike: the tasks of a service have its spec. */
const alike = new Set(['Task.spec', 'Task.serviceAnnotations', 'NodeDescription.engine']);

function messageField(field: protobuf.Field): FieldCode {
  const { name } = field;
  const it = local(name);
  const type = messageOf(field);
  const tag = tagOf(field, 2);
  const optional = field.partOf !== null || isUnion(type);
  const decode = `decode${type.name}`;
  const part = `const to = r.part(); ${it} = r.at === to ? absent(${decode})`;
  let read = `${it} = ${decode}(r, r.part());`;
  if (alike.has(`${field.parent?.name}.${name}`)) read = `{ ${part} : r.alike(to, ${decode}); }`;
  else if (!optional && type.name !== metaName) read = `{ ${part} : ${decode}(r, to); }`;
  return {
    name,
    optional,
    encode: `  if (v.${name} !== undefined) { ${partCode(tag, `encode${type.name}(w, v.${name});`)} }`,
    locals: `let ${it}: m.${type.name} | undefined;`,
    cases: `      case ${tag}: ${read} break;`,
    value: optional ? it : `${it} ?? absent(decode${type.name})`,
  };
}

function scalarField(field: protobuf.Field, { wireType, type, zero, write, read }: Scalar): FieldCode {
  const { name } = field;
  const it = local(name);
  const optional = field.partOf !== null;
  const tag = tagOf(field, wireType);
  const given = zero === 'noBytes' ? `v.${name}.length > 0` : `v.${name} !== ${zero}`;
  return {
    name,
    optional,
    encode: `  if (v.${name} !== undefined${optional ? '' : ` && ${given}`}) ${write(tag, `v.${name}`)};`,
    locals: optional ? `  let ${it}: ${type} | undefined;` : `let ${it}: ${type} = ${zero};`,
    cases: `      case ${tag}: ${it} = ${name === 'id' && type === 'string' ? 'r.ownText()' : read}; break;`,
    value: it,
  };
}

function fieldCode(field: protobuf.Field): FieldCode {
  if (field instanceof protobuf.MapField) return mapField(field);
  const item = scalarOf(field);
  if (field.repeated) return listField(field, item);
  return item ? scalarField(field, item) : messageField(field);
}

/** A constructor of plain objects, where some fields may be left out: their memory is laid out at once. */
function constructorCode(name: string, fields: readonly FieldCode[]): string {
  const sets = fields.map(({ name: field, optional }) => {
    const set = `this.${field} = ${local(field)};`;
    return optional ? `if (${local(field)} !== undefined) ${set}` : set;
  });
  const parameters = fields.map(({ name: field }) => `${local(field)}: unknown`).join(', ');
  return `const ${name}Object = plain<m.${name}>(function (this: Open, ${parameters}) {\n  ${sets.join(' ')}\n});\n\n`;
}

function resultCode(name: string, fields: readonly FieldCode[]): string {
  if (name === metaName)
    return 'storedMeta({ version: version_, createdAt: createdAt_, updatedAt: updatedAt_ }, specVersion_)';
  if (fields.some(({ optional }) => optional))
    return `Object.freeze(new ${name}Object(${fields.map(({ value }) => value).join(', ')}))`;
  return `Object.freeze({ ${fields.map(({ name: field, value }) => `${field}: ${value}`).join(', ')} })`;
}

function messageCode(type: protobuf.Type): string {
  const { name } = type;
  const fields = type.fieldsArray.map((field) => fieldCode(field.resolve()));
  const given = isUnion(type) ? `Fields<m.${name}>` : `m.${name}`;
  const lines = fields.map(({ encode }) =>
    name === metaName ? encode.replaceAll('v.specVersion', 'specVersion') : encode,
  );
  if (name === metaName) lines.unshift('  const specVersion = sentSpecVersion(v);');
  const encoder = `function encode${name}(w: Writer, v: ${given}): void {\n${lines.map((line) => `${line}\n`).join('')}}\n`;
  const optional = name !== metaName && fields.some((field) => field.optional);
  const shape = optional ? constructorCode(name, fields) : '';
  const cases = fields.map((field) => `${field.cases}\n`).join('');
  const decoder = [
    `function decode${name}(r: Reader, end: number): m.${name} {`,
    `  ${fields.map(({ locals }) => locals).join(' ')}`,
    '  while (r.at < end) {',
    '    const tag = r.uint32();',
    '    switch (tag) {',
    `${cases}      default: r.skip(tag, '${name}');`,
    '    }',
    '  }',
    '  r.ended(end);',
    `  return ${resultCode(name, fields)};`,
    '}\n',
  ];
  return `${encoder}\n${shape}${decoder.join('\n')}`;
}

function wordsCode(type: protobuf.Enum): string {
  const list: string[] = [];
  for (const { word, number } of words(type)) {
    if (number < 0 || number > 127)
      throw new TypeError(`the enum ${type.name} has the value ${number}; choose one from 0 to 127`);
    while (list.length < number) list.push('undefined');
    list.push(`'${word}'`);
  }
  return `const ${type.name} = new Words<m.${type.name}>('${type.name}', [${list.join(', ')}]);\n`;
}

const head = `import { storedMeta } from '../../kinds/index.js';
import { absent, type Codecs, type Fields, frozenList, noBytes, noEntries, noItems, type Open, plain, sentSpecVersion } from '../generated-support.js';
import type { Reader } from '../reader.js';
import { Words } from '../words.js';
import type { Writer } from '../writer.js';
import type * as m from './messages.js';
`;

/** Makes the module with the code of every message. */
export function codecsModule(namespace: protobuf.Namespace): string {
  const enums = namespace.nestedArray.filter((item) => item instanceof protobuf.Enum);
  const types = namespace.nestedArray.filter((item) => item instanceof protobuf.Type);
  const table = types.map(({ name }) => `  ${name}: [encode${name}, decode${name}],\n`).join('');
  const parts = [
    head,
    enums.map(wordsCode).join(''),
    ...types.map(messageCode),
    `/** Encoder and decoder of every message by its name. */\nexport const codecs: Codecs = {\n${table}};\n`,
  ];
  return parts.join('\n');
}
