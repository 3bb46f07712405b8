export { TableBuilder } from './table-builder.js';
export { TableEditor, emptyTable, lookupHolds, readTable, redefineTable } from './table.js';
export type { IdSpan, IndexDefinition, Lookup, TableDefinition, TableReader, TableRoot, Visit } from './table.js';
