export { TableEditor, emptyTable, readTable } from './table.js';
export type { IndexDefinition, Lookup, TableDefinition, TableReader, TableRoot } from './table.js';
