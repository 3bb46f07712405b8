import { StoreError } from '../base/store-error.js';
import { isKindName } from '../kinds/index.js';

/** @throws {StoreError} `INVALID_OBJECT` for what no kind can be called. */
export function checkedKind(kind: string): string {
  if (isKindName(kind)) return kind;
  throw new StoreError('INVALID_OBJECT', `"${kind}" is no name of a kind: node, service, … or a custom one`, {
    path: 'kind',
  });
}
