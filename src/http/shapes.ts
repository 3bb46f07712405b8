// JSON of the HTTP endpoint, for the server and for the page. Types only: a browser loads nothing of it.

/** Member of the cluster, as the others see it. */
export interface MemberShape {
  readonly name: string;
  readonly id: string;
  readonly addr: string;
  readonly role: string;
  readonly leader: boolean;
  /** True: it answered the member that was asked. */
  readonly reachable: boolean;
  /** Version that it has applied; `null` when it did not answer. */
  readonly version: number | null;
  /** Transactions between that version and the newest; `null` when it did not answer. */
  readonly lag: number | null;
  readonly lastIndex: number | null;
  readonly appliedIndex: number | null;
}

/** A change of the leader, as the answering member learned of it. */
export interface LeaderShape {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly term: number;
  /** Name of the leader; `null` while there is none. */
  readonly leader: string | null;
}

/** `GET /api/status` */
export interface StatusShape {
  readonly clusterId: string;
  readonly lineage: string;
  readonly leader: string | null;
  readonly term: number;
  readonly version: number;
  readonly members: readonly MemberShape[];
  /** Name of the member that answers. */
  readonly answeredBy: string;
  /** Leaders since that member started, newest first. */
  readonly leaders: readonly LeaderShape[];
  /** Oldest version that history reaches back to. */
  readonly historyFrom: number;
}

/** A kind of objects. */
export interface KindShape {
  readonly kind: string;
  readonly plural: string;
  readonly builtIn: boolean;
  readonly indexes: readonly string[];
  readonly objects: number;
  readonly bytes: number;
}

/** `GET /api/kinds` */
export interface KindsShape {
  readonly version: number;
  readonly kinds: readonly KindShape[];
}

/** An object with its name; `''` is none. */
export interface ItemShape {
  readonly name: string;
  readonly object: ObjectShape;
}

/** An object as it may leave the store. */
export interface ObjectShape {
  readonly id: string;
  readonly meta: { readonly version: number; readonly createdAt: number; readonly updatedAt: number };
  readonly [field: string]: unknown;
}

/** `GET /api/objects/KIND` */
export interface ObjectsShape {
  readonly version: number;
  readonly kind: string;
  readonly items: readonly ItemShape[];
  /** Give it as `after` for the next page; absent on the last one. */
  readonly next?: string;
}

/** `GET /api/objects/KIND/ID` */
export interface ObjectAnswerShape extends ItemShape {
  readonly version: number;
  readonly kind: string;
}

/** A field that differs. */
export interface FieldShape {
  readonly path: string;
  /** Absent where there was none, or where it is not shown. */
  readonly old?: unknown;
  readonly new?: unknown;
  /** True: the values are too long to be shown. */
  readonly tooLong?: boolean;
}

/** Change of one object. */
export interface EntryShape {
  readonly version: number;
  readonly time: number;
  readonly action: 'create' | 'update' | 'delete';
  readonly actor?: string;
  readonly reason?: string;
  readonly fields: readonly FieldShape[];
  /** Number of fields that are not shown because there are too many. */
  readonly fieldsLeftOut: number;
}

/** `GET /api/history/KIND/ID` */
export interface ObjectHistoryShape {
  readonly version: number;
  readonly historyFrom: number;
  /** Newest first. */
  readonly entries: readonly EntryShape[];
}

/** Change in a transaction. */
export interface ChangeShape {
  readonly action: 'create' | 'update' | 'delete';
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

/** Transaction of the timeline. */
export interface TransactionShape {
  readonly version: number;
  readonly time: number;
  readonly actor?: string;
  readonly reason?: string;
  readonly changes: readonly ChangeShape[];
  /** Number of changes that are not shown because there are too many. */
  readonly changesLeftOut: number;
}

/** `GET /api/history` */
export interface TimelineShape {
  readonly version: number;
  readonly historyFrom: number;
  /** Newest first. */
  readonly transactions: readonly TransactionShape[];
  /** Give it as `before` for older ones; absent when there are none. */
  readonly next?: number;
}

/** Change on the stream, with the object. */
export interface StreamChangeShape extends ChangeShape {
  /** The object after the change; the one that went for `delete`. */
  readonly object: ObjectShape;
  /** The object before an update. */
  readonly old?: ObjectShape;
}

/** Data of the event `transaction` of `GET /api/events`. */
export interface StreamTransactionShape {
  readonly version: number;
  readonly time?: number;
  readonly actor?: string;
  readonly reason?: string;
  readonly changes: readonly StreamChangeShape[];
}

/** Data of the events `ready` and `bookmark`: everything up to this version has been sent. */
export interface StreamPlaceShape {
  readonly member: string;
  readonly version: number;
}

/** Data of the event `resync`: read the state again. The stream goes on after this version. */
export interface StreamResyncShape extends StreamPlaceShape {
  readonly code: string;
  readonly message: string;
}

/** A lease, and the objects that are removed with it. */
export interface LeaseShape {
  readonly id: string;
  readonly holder: string;
  readonly ttlMs: number;
  readonly lost: boolean;
  readonly createdAt: number;
  readonly holds: readonly { readonly kind: string; readonly id: string; readonly name: string }[];
}

/** `GET /api/leases` */
export interface LeasesShape {
  readonly version: number;
  readonly leases: readonly LeaseShape[];
  readonly next?: string;
}

/** Instance of a service in the catalogue. */
export interface InstanceShape {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly health: string;
  readonly tags: readonly string[];
  readonly agent: string;
  /** True: its agent is not heard from, and so many others are not either that it stays for a while. */
  readonly lost: boolean;
}

/** `GET /api/catalogue` */
export interface CatalogueShape {
  readonly version: number;
  readonly services: readonly {
    readonly name: string;
    readonly passing: number;
    readonly instances: readonly InstanceShape[];
  }[];
}

/** Answer of a node to a task that waits for one. */
export interface NodeAnswerShape {
  readonly node: string;
  readonly fits: boolean;
  /** Reason, and by how much. */
  readonly text?: string;
}

/** Task of a service. */
export interface TaskShape {
  readonly id: string;
  readonly name: string;
  readonly slot: number;
  readonly node: string;
  readonly state: string;
  readonly desiredState: string;
  readonly since: number;
  readonly message: string;
  readonly error: string;
  /** Reason for which no node takes it; absent when it does not wait for one. */
  readonly waits?: string;
  readonly help?: string;
  readonly nodes?: readonly NodeAnswerShape[];
}

/** Service with its tasks. */
export interface ServiceShape {
  readonly id: string;
  readonly name: string;
  readonly mode: string;
  readonly image: string;
  /** Number of tasks that there should be; `null` is one on each node that fits. */
  readonly wanted: number | null;
  readonly running: number;
  readonly update: string;
  readonly tasks: readonly TaskShape[];
}

/** `GET /api/services` */
export interface ServicesShape {
  readonly version: number;
  readonly services: readonly ServiceShape[];
  readonly nodes: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: string;
    readonly availability: string;
    readonly message: string;
  }[];
  readonly next?: string;
}

/** `GET /api/watches` */
export interface WatchesShape {
  /** Name of the member that has them. */
  readonly member: string;
  readonly version: number;
  readonly watches: readonly {
    /** Empty for all kinds. */
    readonly kinds: readonly string[];
    /** Events that wait for its reader; `null` for a subscriber, which has no buffer. */
    readonly waiting: number | null;
    readonly waitingBytes: number | null;
    readonly limit: number | null;
  }[];
}

/** Body of every answer that is no success. */
export interface ErrorShape {
  readonly error: { readonly code: string; readonly message: string };
}
