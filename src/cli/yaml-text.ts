import { stringify } from 'yaml';

/** Writes a value as YAML, without folded lines and anchors. */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
