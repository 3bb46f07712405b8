// Most items that the lists and maps of a request may have. Counted while the request is read, so that one that holds more
// is given up there; a message of 16 MiB has room for millions. Each number keeps the work for one request, at most so
// many items of its kind, well under 200 ms.

/** Of any list or map that is not named below: the labels of an object, the values of a filter. */
export const itemsMax = 10_000;

/** Of the changes of one transaction over the network. */
export const changesMax = 4_000;

/** Of all lists and maps of one request together. */
export const itemsTotalMax = 50_000;

/** Most characters of an object of a custom kind as JSON: no transaction takes more. */
export const bodyCharactersMax = 4 * 1024 * 1024;

/**
 * Of the values in all selectors of a watch, counted once for each kind and action that they may select: each is an entry in
 * the queue of watches, or is compared with each object.
 */
export const selectedMax = 20_000;

/** By message and field, as proto/ calls them. */
export const listLimits: Readonly<Record<string, number>> = {
  // Each selector is looked at for each event.
  'WatchRequest.selectors': 1_000,
  // There are four.
  'Selector.actions': 64,
  // Each makes an entry of its own in the queue of watches.
  'Selector.ids': 1_000,
  'Selector.node_ids': 1_000,
  'Selector.service_ids': 1_000,
  'Filter.ids': 1_000,
  'Filter.id_prefixes': 1_000,
  'Filter.names': 1_000,
  'Filter.name_prefixes': 1_000,
  'KeepAliveRequest.ids': 1_000,
  'CatalogRenewRequest.sessions': 1_000,
  'CatalogDeregisterRequest.ids': 1_000,
  // They are made in slices, but a transaction is read, and applied by members that follow, in one go: 10 µs a change.
  'ApplyRequest.changes': changesMax,
  'ApplyRequest.conditions': 1_000,
  // Each is looked up anew.
  'ApplyRequest.lookups': 100,
  'ReportRequest.tasks': 1_000,
};
