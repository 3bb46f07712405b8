import protobuf from 'protobufjs';

function wordOf(value: string): string {
  return value.toLowerCase().replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Enum values as words, with their numbers, in order: `UPDATE_ORDER_STOP_FIRST` of `UpdateOrder` is `stopFirst`. */
export function words(type: protobuf.Enum): { readonly word: string; readonly number: number }[] {
  const prefix = type.name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase() + '_';
  return Object.entries(type.values)
    .sort(([, a], [, b]) => a - b)
    .map(([value, number]) => ({ word: wordOf(value.slice(prefix.length)), number }));
}

/** Tells whether a message holds exactly one of several. (An `optional` field makes a oneof of its own, which does not count.) */
export function isUnion(type: protobuf.Type): boolean {
  return type.oneofsArray.some((oneof) => !oneof.isProto3Optional) && type.fieldsArray.every(({ partOf }) => partOf);
}
