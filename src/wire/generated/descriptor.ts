// Made by scripts/generate.ts from proto/. Do not edit.

export const descriptor: object = {
 "nested": {
  "skep": {
   "nested": {
    "v1": {
     "nested": {
      "Backup": {
       "methods": {
        "Save": {
         "requestType": "SaveRequest",
         "responseType": "SaveResponse",
         "responseStream": true
        },
        "Restore": {
         "requestType": "RestoreRequest",
         "requestStream": true,
         "responseType": "RestoreResponse"
        }
       }
      },
      "SaveRequest": {
       "fields": {
        "stale": {
         "type": "bool",
         "id": 1
        }
       }
      },
      "SaveResponse": {
       "fields": {
        "chunk": {
         "type": "bytes",
         "id": 1
        }
       }
      },
      "RestoreRequest": {
       "fields": {
        "chunk": {
         "type": "bytes",
         "id": 1
        }
       }
      },
      "RestoreResponse": {
       "fields": {
        "version": {
         "type": "uint64",
         "id": 1
        },
        "objects": {
         "type": "uint64",
         "id": 2
        }
       }
      },
      "Catalog": {
       "methods": {
        "Register": {
         "requestType": "CatalogRegisterRequest",
         "responseType": "CatalogRegisterResponse"
        },
        "Renew": {
         "requestType": "CatalogRenewRequest",
         "responseType": "CatalogRenewResponse"
        },
        "Deregister": {
         "requestType": "CatalogDeregisterRequest",
         "responseType": "CatalogDeregisterResponse"
        },
        "List": {
         "requestType": "CatalogListRequest",
         "responseType": "CatalogListResponse"
        },
        "Watch": {
         "requestType": "CatalogWatchRequest",
         "responseType": "CatalogWatchResponse",
         "responseStream": true
        }
       }
      },
      "CatalogHealth": {
       "values": {
        "CATALOG_HEALTH_PASSING": 0,
        "CATALOG_HEALTH_WARNING": 1,
        "CATALOG_HEALTH_CRITICAL": 2,
        "CATALOG_HEALTH_MAINTENANCE": 3
       }
      },
      "CatalogInstance": {
       "oneofs": {
        "_weight": {
         "oneof": [
          "weight"
         ]
        }
       },
       "fields": {
        "id": {
         "type": "string",
         "id": 1
        },
        "name": {
         "type": "string",
         "id": 2
        },
        "host": {
         "type": "string",
         "id": 3
        },
        "port": {
         "type": "uint32",
         "id": 4
        },
        "tags": {
         "rule": "repeated",
         "type": "string",
         "id": 5
        },
        "metadata": {
         "keyType": "string",
         "type": "string",
         "id": 6
        },
        "weight": {
         "type": "uint32",
         "id": 7,
         "options": {
          "proto3_optional": true
         }
        },
        "health": {
         "type": "CatalogHealth",
         "id": 8
        },
        "agent": {
         "type": "string",
         "id": 9
        },
        "lost": {
         "type": "bool",
         "id": 10
        }
       }
      },
      "CatalogRegisterRequest": {
       "oneofs": {
        "_info": {
         "oneof": [
          "info"
         ]
        }
       },
       "fields": {
        "instance": {
         "type": "CatalogInstance",
         "id": 1
        },
        "session": {
         "type": "string",
         "id": 2
        },
        "ttlMs": {
         "type": "uint64",
         "id": 3
        },
        "info": {
         "type": "WriteInfo",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "CatalogRegisterResponse": {
       "fields": {
        "id": {
         "type": "string",
         "id": 1
        },
        "session": {
         "type": "string",
         "id": 2
        }
       }
      },
      "CatalogRenewRequest": {
       "fields": {
        "sessions": {
         "rule": "repeated",
         "type": "string",
         "id": 1
        }
       }
      },
      "CatalogRenewResponse": {
       "fields": {
        "lost": {
         "rule": "repeated",
         "type": "string",
         "id": 1
        }
       }
      },
      "CatalogDeregisterRequest": {
       "oneofs": {
        "_info": {
         "oneof": [
          "info"
         ]
        }
       },
       "fields": {
        "ids": {
         "rule": "repeated",
         "type": "string",
         "id": 1
        },
        "session": {
         "type": "string",
         "id": 2
        },
        "info": {
         "type": "WriteInfo",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "CatalogDeregisterResponse": {
       "fields": {}
      },
      "CatalogListRequest": {
       "oneofs": {
        "_after": {
         "oneof": [
          "after"
         ]
        }
       },
       "fields": {
        "name": {
         "type": "string",
         "id": 1
        },
        "tags": {
         "rule": "repeated",
         "type": "string",
         "id": 2
        },
        "passing": {
         "type": "bool",
         "id": 3
        },
        "stale": {
         "type": "bool",
         "id": 4
        },
        "limit": {
         "type": "uint32",
         "id": 5
        },
        "after": {
         "type": "string",
         "id": 6,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "CatalogListResponse": {
       "fields": {
        "instances": {
         "rule": "repeated",
         "type": "CatalogInstance",
         "id": 1
        },
        "more": {
         "type": "bool",
         "id": 2
        }
       }
      },
      "CatalogWatchRequest": {
       "fields": {
        "name": {
         "type": "string",
         "id": 1
        },
        "tags": {
         "rule": "repeated",
         "type": "string",
         "id": 2
        }
       }
      },
      "CatalogOp": {
       "values": {
        "CATALOG_OP_ADD": 0,
        "CATALOG_OP_UPDATE": 1,
        "CATALOG_OP_DELETE": 2
       }
      },
      "CatalogChange": {
       "fields": {
        "op": {
         "type": "CatalogOp",
         "id": 1
        },
        "instance": {
         "type": "CatalogInstance",
         "id": 2
        }
       }
      },
      "CatalogWatchResponse": {
       "oneofs": {
        "_continued": {
         "oneof": [
          "continued"
         ]
        }
       },
       "fields": {
        "changes": {
         "rule": "repeated",
         "type": "CatalogChange",
         "id": 1
        },
        "continued": {
         "type": "bool",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "Control": {
       "methods": {
        "Get": {
         "requestType": "GetRequest",
         "responseType": "GetResponse"
        },
        "List": {
         "requestType": "ListRequest",
         "responseType": "ListResponse",
         "responseStream": true
        },
        "Create": {
         "requestType": "CreateRequest",
         "responseType": "CreateResponse"
        },
        "Update": {
         "requestType": "UpdateRequest",
         "responseType": "UpdateResponse"
        },
        "Remove": {
         "requestType": "RemoveRequest",
         "responseType": "RemoveResponse"
        },
        "Apply": {
         "requestType": "ApplyRequest",
         "responseType": "ApplyResponse"
        },
        "History": {
         "requestType": "HistoryRequest",
         "responseType": "HistoryResponse",
         "responseStream": true
        },
        "Kinds": {
         "requestType": "KindsRequest",
         "responseType": "KindsResponse"
        }
       }
      },
      "Filter": {
       "fields": {
        "ids": {
         "rule": "repeated",
         "type": "string",
         "id": 1
        },
        "idPrefixes": {
         "rule": "repeated",
         "type": "string",
         "id": 2
        },
        "names": {
         "rule": "repeated",
         "type": "string",
         "id": 3
        },
        "namePrefixes": {
         "rule": "repeated",
         "type": "string",
         "id": 4
        },
        "indexes": {
         "rule": "repeated",
         "type": "IndexFilter",
         "id": 5
        }
       }
      },
      "WriteInfo": {
       "oneofs": {
        "_actor": {
         "oneof": [
          "actor"
         ]
        },
        "_reason": {
         "oneof": [
          "reason"
         ]
        },
        "_requestId": {
         "oneof": [
          "requestId"
         ]
        }
       },
       "fields": {
        "actor": {
         "type": "string",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        },
        "reason": {
         "type": "string",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        },
        "requestId": {
         "type": "string",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "Change": {
       "oneofs": {
        "_version": {
         "oneof": [
          "version"
         ]
        },
        "_object": {
         "oneof": [
          "object"
         ]
        },
        "_specVersion": {
         "oneof": [
          "specVersion"
         ]
        }
       },
       "fields": {
        "op": {
         "type": "ActionOp",
         "id": 1
        },
        "kind": {
         "type": "string",
         "id": 2
        },
        "id": {
         "type": "string",
         "id": 3
        },
        "version": {
         "type": "uint64",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "object": {
         "type": "AnyObject",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        },
        "specVersion": {
         "type": "uint64",
         "id": 6,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "ApplyRequest": {
       "oneofs": {
        "_info": {
         "oneof": [
          "info"
         ]
        },
        "_fence": {
         "oneof": [
          "fence"
         ]
        }
       },
       "fields": {
        "changes": {
         "rule": "repeated",
         "type": "Change",
         "id": 1
        },
        "info": {
         "type": "WriteInfo",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        },
        "dryRun": {
         "type": "bool",
         "id": 3
        },
        "conditions": {
         "rule": "repeated",
         "type": "Condition",
         "id": 4
        },
        "fence": {
         "type": "Condition",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "Condition": {
       "oneofs": {
        "_version": {
         "oneof": [
          "version"
         ]
        }
       },
       "fields": {
        "kind": {
         "type": "string",
         "id": 1
        },
        "id": {
         "type": "string",
         "id": 2
        },
        "version": {
         "type": "uint64",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "ApplyResponse": {
       "fields": {
        "version": {
         "type": "uint64",
         "id": 1
        },
        "ids": {
         "rule": "repeated",
         "type": "string",
         "id": 2
        },
        "planned": {
         "rule": "repeated",
         "type": "PlannedChange",
         "id": 3
        }
       }
      },
      "PlannedChange": {
       "fields": {
        "op": {
         "type": "ActionOp",
         "id": 1
        },
        "kind": {
         "type": "string",
         "id": 2
        },
        "id": {
         "type": "string",
         "id": 3
        },
        "fields": {
         "rule": "repeated",
         "type": "FieldChange",
         "id": 4
        },
        "fieldsLeftOut": {
         "type": "uint32",
         "id": 5
        }
       }
      },
      "FieldChange": {
       "oneofs": {
        "_old": {
         "oneof": [
          "old"
         ]
        },
        "_new": {
         "oneof": [
          "new"
         ]
        },
        "_tooLong": {
         "oneof": [
          "tooLong"
         ]
        }
       },
       "fields": {
        "path": {
         "type": "string",
         "id": 1
        },
        "old": {
         "type": "string",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        },
        "new": {
         "type": "string",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "tooLong": {
         "type": "bool",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "GetRequest": {
       "fields": {
        "kind": {
         "type": "string",
         "id": 1
        },
        "id": {
         "type": "string",
         "id": 2
        },
        "stale": {
         "type": "bool",
         "id": 3
        }
       }
      },
      "GetResponse": {
       "fields": {
        "object": {
         "type": "AnyObject",
         "id": 1
        }
       }
      },
      "CreateRequest": {
       "oneofs": {
        "_info": {
         "oneof": [
          "info"
         ]
        }
       },
       "fields": {
        "kind": {
         "type": "string",
         "id": 1
        },
        "object": {
         "type": "AnyObject",
         "id": 2
        },
        "info": {
         "type": "WriteInfo",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "CreateResponse": {
       "fields": {
        "object": {
         "type": "AnyObject",
         "id": 1
        },
        "version": {
         "type": "uint64",
         "id": 2
        }
       }
      },
      "UpdateRequest": {
       "oneofs": {
        "_version": {
         "oneof": [
          "version"
         ]
        },
        "_info": {
         "oneof": [
          "info"
         ]
        },
        "_specVersion": {
         "oneof": [
          "specVersion"
         ]
        }
       },
       "fields": {
        "kind": {
         "type": "string",
         "id": 1
        },
        "object": {
         "type": "AnyObject",
         "id": 2
        },
        "version": {
         "type": "uint64",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "info": {
         "type": "WriteInfo",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "specVersion": {
         "type": "uint64",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "UpdateResponse": {
       "fields": {
        "object": {
         "type": "AnyObject",
         "id": 1
        },
        "version": {
         "type": "uint64",
         "id": 2
        }
       }
      },
      "RemoveRequest": {
       "oneofs": {
        "_info": {
         "oneof": [
          "info"
         ]
        },
        "_version": {
         "oneof": [
          "version"
         ]
        }
       },
       "fields": {
        "kind": {
         "type": "string",
         "id": 1
        },
        "id": {
         "type": "string",
         "id": 2
        },
        "info": {
         "type": "WriteInfo",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "version": {
         "type": "uint64",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "RemoveResponse": {
       "fields": {
        "version": {
         "type": "uint64",
         "id": 1
        }
       }
      },
      "ListRequest": {
       "oneofs": {
        "_filter": {
         "oneof": [
          "filter"
         ]
        },
        "_after": {
         "oneof": [
          "after"
         ]
        }
       },
       "fields": {
        "kind": {
         "type": "string",
         "id": 1
        },
        "filter": {
         "type": "Filter",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        },
        "stale": {
         "type": "bool",
         "id": 3
        },
        "limit": {
         "type": "uint32",
         "id": 4
        },
        "after": {
         "type": "string",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "ListResponse": {
       "fields": {
        "version": {
         "type": "uint64",
         "id": 1
        },
        "objects": {
         "rule": "repeated",
         "type": "AnyObject",
         "id": 2
        }
       }
      },
      "HistoryRequest": {
       "fields": {
        "kind": {
         "type": "string",
         "id": 1
        },
        "id": {
         "type": "string",
         "id": 2
        },
        "limit": {
         "type": "uint32",
         "id": 3
        },
        "stale": {
         "type": "bool",
         "id": 4
        }
       }
      },
      "HistoryEntry": {
       "oneofs": {
        "_actor": {
         "oneof": [
          "actor"
         ]
        },
        "_reason": {
         "oneof": [
          "reason"
         ]
        }
       },
       "fields": {
        "version": {
         "type": "uint64",
         "id": 1
        },
        "time": {
         "type": "int64",
         "id": 2
        },
        "op": {
         "type": "ActionOp",
         "id": 3
        },
        "actor": {
         "type": "string",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "reason": {
         "type": "string",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        },
        "fields": {
         "rule": "repeated",
         "type": "FieldChange",
         "id": 6
        },
        "fieldsLeftOut": {
         "type": "uint32",
         "id": 7
        }
       }
      },
      "HistoryResponse": {
       "fields": {
        "entries": {
         "rule": "repeated",
         "type": "HistoryEntry",
         "id": 1
        },
        "reachesBackTo": {
         "type": "uint64",
         "id": 2
        }
       }
      },
      "KindsRequest": {
       "fields": {}
      },
      "KindUse": {
       "oneofs": {
        "_objectsMax": {
         "oneof": [
          "objectsMax"
         ]
        },
        "_bytesMax": {
         "oneof": [
          "bytesMax"
         ]
        }
       },
       "fields": {
        "kind": {
         "type": "string",
         "id": 1
        },
        "plural": {
         "type": "string",
         "id": 2
        },
        "builtIn": {
         "type": "bool",
         "id": 3
        },
        "known": {
         "type": "bool",
         "id": 4
        },
        "indexes": {
         "rule": "repeated",
         "type": "string",
         "id": 5
        },
        "objects": {
         "type": "uint64",
         "id": 6
        },
        "bytes": {
         "type": "uint64",
         "id": 7
        },
        "objectsMax": {
         "type": "uint64",
         "id": 8,
         "options": {
          "proto3_optional": true
         }
        },
        "bytesMax": {
         "type": "uint64",
         "id": 9,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "KindsResponse": {
       "fields": {
        "kinds": {
         "rule": "repeated",
         "type": "KindUse",
         "id": 1
        }
       }
      },
      "Meta": {
       "oneofs": {
        "_specVersion": {
         "oneof": [
          "specVersion"
         ]
        }
       },
       "fields": {
        "version": {
         "type": "uint64",
         "id": 1
        },
        "createdAt": {
         "type": "int64",
         "id": 2
        },
        "updatedAt": {
         "type": "int64",
         "id": 3
        },
        "specVersion": {
         "type": "uint64",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "IndexEntry": {
       "fields": {
        "key": {
         "type": "string",
         "id": 1
        },
        "val": {
         "type": "string",
         "id": 2
        }
       }
      },
      "Annotations": {
       "fields": {
        "name": {
         "type": "string",
         "id": 1
        },
        "labels": {
         "keyType": "string",
         "type": "string",
         "id": 2
        },
        "indices": {
         "rule": "repeated",
         "type": "IndexEntry",
         "id": 3
        }
       }
      },
      "Driver": {
       "fields": {
        "name": {
         "type": "string",
         "id": 1
        },
        "options": {
         "keyType": "string",
         "type": "string",
         "id": 2
        }
       }
      },
      "GenericResource": {
       "oneofs": {
        "_named": {
         "oneof": [
          "named"
         ]
        },
        "_discrete": {
         "oneof": [
          "discrete"
         ]
        }
       },
       "fields": {
        "kind": {
         "type": "string",
         "id": 1
        },
        "named": {
         "type": "string",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        },
        "discrete": {
         "type": "int64",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "Resources": {
       "fields": {
        "nanoCpus": {
         "type": "int64",
         "id": 1
        },
        "memoryBytes": {
         "type": "int64",
         "id": 2
        },
        "generic": {
         "rule": "repeated",
         "type": "GenericResource",
         "id": 3
        }
       }
      },
      "PortProtocol": {
       "values": {
        "PORT_PROTOCOL_TCP": 0,
        "PORT_PROTOCOL_UDP": 1,
        "PORT_PROTOCOL_SCTP": 2
       }
      },
      "PublishMode": {
       "values": {
        "PUBLISH_MODE_INGRESS": 0,
        "PUBLISH_MODE_HOST": 1
       }
      },
      "PortConfig": {
       "fields": {
        "name": {
         "type": "string",
         "id": 1
        },
        "protocol": {
         "type": "PortProtocol",
         "id": 2
        },
        "targetPort": {
         "type": "uint32",
         "id": 3
        },
        "publishedPort": {
         "type": "uint32",
         "id": 4
        },
        "publishMode": {
         "type": "PublishMode",
         "id": 5
        }
       }
      },
      "EndpointMode": {
       "values": {
        "ENDPOINT_MODE_VIP": 0,
        "ENDPOINT_MODE_DNSRR": 1
       }
      },
      "EndpointSpec": {
       "fields": {
        "mode": {
         "type": "EndpointMode",
         "id": 1
        },
        "ports": {
         "rule": "repeated",
         "type": "PortConfig",
         "id": 2
        }
       }
      },
      "VirtualIp": {
       "fields": {
        "networkId": {
         "type": "string",
         "id": 1
        },
        "addr": {
         "type": "string",
         "id": 2
        }
       }
      },
      "Endpoint": {
       "oneofs": {
        "_spec": {
         "oneof": [
          "spec"
         ]
        }
       },
       "fields": {
        "spec": {
         "type": "EndpointSpec",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        },
        "ports": {
         "rule": "repeated",
         "type": "PortConfig",
         "id": 2
        },
        "virtualIps": {
         "rule": "repeated",
         "type": "VirtualIp",
         "id": 3
        }
       }
      },
      "NetworkAttachment": {
       "fields": {
        "target": {
         "type": "string",
         "id": 1
        },
        "aliases": {
         "rule": "repeated",
         "type": "string",
         "id": 2
        }
       }
      },
      "IpFamily": {
       "values": {
        "IP_FAMILY_UNKNOWN": 0,
        "IP_FAMILY_IPV4": 1,
        "IP_FAMILY_IPV6": 2
       }
      },
      "IpamConfig": {
       "fields": {
        "family": {
         "type": "IpFamily",
         "id": 1
        },
        "subnet": {
         "type": "string",
         "id": 2
        },
        "range": {
         "type": "string",
         "id": 3
        },
        "gateway": {
         "type": "string",
         "id": 4
        },
        "reserved": {
         "keyType": "string",
         "type": "string",
         "id": 5
        }
       }
      },
      "Ipam": {
       "oneofs": {
        "_driver": {
         "oneof": [
          "driver"
         ]
        }
       },
       "fields": {
        "driver": {
         "type": "Driver",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        },
        "configs": {
         "rule": "repeated",
         "type": "IpamConfig",
         "id": 2
        }
       }
      },
      "MountType": {
       "values": {
        "MOUNT_TYPE_BIND": 0,
        "MOUNT_TYPE_VOLUME": 1,
        "MOUNT_TYPE_TMPFS": 2,
        "MOUNT_TYPE_NPIPE": 3
       }
      },
      "BindOptions": {
       "fields": {
        "propagation": {
         "type": "string",
         "id": 1
        }
       }
      },
      "VolumeOptions": {
       "oneofs": {
        "_driver": {
         "oneof": [
          "driver"
         ]
        }
       },
       "fields": {
        "noCopy": {
         "type": "bool",
         "id": 1
        },
        "labels": {
         "keyType": "string",
         "type": "string",
         "id": 2
        },
        "driver": {
         "type": "Driver",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "TmpfsOptions": {
       "fields": {
        "sizeBytes": {
         "type": "int64",
         "id": 1
        },
        "mode": {
         "type": "uint32",
         "id": 2
        }
       }
      },
      "Mount": {
       "oneofs": {
        "_bind": {
         "oneof": [
          "bind"
         ]
        },
        "_volume": {
         "oneof": [
          "volume"
         ]
        },
        "_tmpfs": {
         "oneof": [
          "tmpfs"
         ]
        }
       },
       "fields": {
        "type": {
         "type": "MountType",
         "id": 1
        },
        "source": {
         "type": "string",
         "id": 2
        },
        "target": {
         "type": "string",
         "id": 3
        },
        "readOnly": {
         "type": "bool",
         "id": 4
        },
        "bind": {
         "type": "BindOptions",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        },
        "volume": {
         "type": "VolumeOptions",
         "id": 6,
         "options": {
          "proto3_optional": true
         }
        },
        "tmpfs": {
         "type": "TmpfsOptions",
         "id": 7,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "Healthcheck": {
       "oneofs": {
        "_intervalMs": {
         "oneof": [
          "intervalMs"
         ]
        },
        "_timeoutMs": {
         "oneof": [
          "timeoutMs"
         ]
        },
        "_retries": {
         "oneof": [
          "retries"
         ]
        },
        "_startPeriodMs": {
         "oneof": [
          "startPeriodMs"
         ]
        },
        "_startIntervalMs": {
         "oneof": [
          "startIntervalMs"
         ]
        }
       },
       "fields": {
        "test": {
         "rule": "repeated",
         "type": "string",
         "id": 1
        },
        "intervalMs": {
         "type": "uint64",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        },
        "timeoutMs": {
         "type": "uint64",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "retries": {
         "type": "uint32",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "startPeriodMs": {
         "type": "uint64",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        },
        "startIntervalMs": {
         "type": "uint64",
         "id": 6,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "DnsConfig": {
       "fields": {
        "nameservers": {
         "rule": "repeated",
         "type": "string",
         "id": 1
        },
        "search": {
         "rule": "repeated",
         "type": "string",
         "id": 2
        },
        "options": {
         "rule": "repeated",
         "type": "string",
         "id": 3
        }
       }
      },
      "FileTarget": {
       "oneofs": {
        "_mode": {
         "oneof": [
          "mode"
         ]
        }
       },
       "fields": {
        "name": {
         "type": "string",
         "id": 1
        },
        "uid": {
         "type": "string",
         "id": 2
        },
        "gid": {
         "type": "string",
         "id": 3
        },
        "mode": {
         "type": "uint32",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "SecretReference": {
       "oneofs": {
        "_file": {
         "oneof": [
          "file"
         ]
        }
       },
       "fields": {
        "secretId": {
         "type": "string",
         "id": 1
        },
        "secretName": {
         "type": "string",
         "id": 2
        },
        "file": {
         "type": "FileTarget",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "ConfigReference": {
       "oneofs": {
        "_file": {
         "oneof": [
          "file"
         ]
        }
       },
       "fields": {
        "configId": {
         "type": "string",
         "id": 1
        },
        "configName": {
         "type": "string",
         "id": 2
        },
        "file": {
         "type": "FileTarget",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "ContainerSpec": {
       "oneofs": {
        "_healthcheck": {
         "oneof": [
          "healthcheck"
         ]
        },
        "_hostname": {
         "oneof": [
          "hostname"
         ]
        },
        "_dir": {
         "oneof": [
          "dir"
         ]
        },
        "_user": {
         "oneof": [
          "user"
         ]
        },
        "_init": {
         "oneof": [
          "init"
         ]
        },
        "_stopSignal": {
         "oneof": [
          "stopSignal"
         ]
        },
        "_stopGracePeriodMs": {
         "oneof": [
          "stopGracePeriodMs"
         ]
        },
        "_dns": {
         "oneof": [
          "dns"
         ]
        }
       },
       "fields": {
        "image": {
         "type": "string",
         "id": 1
        },
        "command": {
         "rule": "repeated",
         "type": "string",
         "id": 2
        },
        "args": {
         "rule": "repeated",
         "type": "string",
         "id": 3
        },
        "env": {
         "rule": "repeated",
         "type": "string",
         "id": 4
        },
        "labels": {
         "keyType": "string",
         "type": "string",
         "id": 5
        },
        "mounts": {
         "rule": "repeated",
         "type": "Mount",
         "id": 6
        },
        "healthcheck": {
         "type": "Healthcheck",
         "id": 7,
         "options": {
          "proto3_optional": true
         }
        },
        "hostname": {
         "type": "string",
         "id": 8,
         "options": {
          "proto3_optional": true
         }
        },
        "dir": {
         "type": "string",
         "id": 9,
         "options": {
          "proto3_optional": true
         }
        },
        "user": {
         "type": "string",
         "id": 10,
         "options": {
          "proto3_optional": true
         }
        },
        "groups": {
         "rule": "repeated",
         "type": "string",
         "id": 11
        },
        "tty": {
         "type": "bool",
         "id": 12
        },
        "openStdin": {
         "type": "bool",
         "id": 13
        },
        "readOnly": {
         "type": "bool",
         "id": 14
        },
        "init": {
         "type": "bool",
         "id": 15,
         "options": {
          "proto3_optional": true
         }
        },
        "stopSignal": {
         "type": "string",
         "id": 16,
         "options": {
          "proto3_optional": true
         }
        },
        "stopGracePeriodMs": {
         "type": "uint64",
         "id": 17,
         "options": {
          "proto3_optional": true
         }
        },
        "hosts": {
         "rule": "repeated",
         "type": "string",
         "id": 18
        },
        "dns": {
         "type": "DnsConfig",
         "id": 19,
         "options": {
          "proto3_optional": true
         }
        },
        "capabilityAdd": {
         "rule": "repeated",
         "type": "string",
         "id": 20
        },
        "capabilityDrop": {
         "rule": "repeated",
         "type": "string",
         "id": 21
        },
        "sysctls": {
         "keyType": "string",
         "type": "string",
         "id": 22
        },
        "secrets": {
         "rule": "repeated",
         "type": "SecretReference",
         "id": 23
        },
        "configs": {
         "rule": "repeated",
         "type": "ConfigReference",
         "id": 24
        }
       }
      },
      "ResourceRequirements": {
       "oneofs": {
        "_limits": {
         "oneof": [
          "limits"
         ]
        },
        "_reservations": {
         "oneof": [
          "reservations"
         ]
        }
       },
       "fields": {
        "limits": {
         "type": "Resources",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        },
        "reservations": {
         "type": "Resources",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "RestartCondition": {
       "values": {
        "RESTART_CONDITION_NONE": 0,
        "RESTART_CONDITION_ON_FAILURE": 1,
        "RESTART_CONDITION_ANY": 2
       }
      },
      "RestartPolicy": {
       "oneofs": {
        "_condition": {
         "oneof": [
          "condition"
         ]
        },
        "_delayMs": {
         "oneof": [
          "delayMs"
         ]
        }
       },
       "fields": {
        "condition": {
         "type": "RestartCondition",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        },
        "delayMs": {
         "type": "uint64",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        },
        "maxAttempts": {
         "type": "uint32",
         "id": 3
        },
        "windowMs": {
         "type": "uint64",
         "id": 4
        }
       }
      },
      "PlacementPreference": {
       "fields": {
        "spread": {
         "type": "string",
         "id": 1
        }
       }
      },
      "Platform": {
       "fields": {
        "architecture": {
         "type": "string",
         "id": 1
        },
        "os": {
         "type": "string",
         "id": 2
        }
       }
      },
      "Placement": {
       "fields": {
        "constraints": {
         "rule": "repeated",
         "type": "string",
         "id": 1
        },
        "preferences": {
         "rule": "repeated",
         "type": "PlacementPreference",
         "id": 2
        },
        "maxReplicas": {
         "type": "uint32",
         "id": 3
        },
        "platforms": {
         "rule": "repeated",
         "type": "Platform",
         "id": 4
        }
       }
      },
      "TaskSpec": {
       "oneofs": {
        "_container": {
         "oneof": [
          "container"
         ]
        },
        "_resources": {
         "oneof": [
          "resources"
         ]
        },
        "_restart": {
         "oneof": [
          "restart"
         ]
        },
        "_placement": {
         "oneof": [
          "placement"
         ]
        },
        "_logDriver": {
         "oneof": [
          "logDriver"
         ]
        }
       },
       "fields": {
        "container": {
         "type": "ContainerSpec",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        },
        "resources": {
         "type": "ResourceRequirements",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        },
        "restart": {
         "type": "RestartPolicy",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "placement": {
         "type": "Placement",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "networks": {
         "rule": "repeated",
         "type": "NetworkAttachment",
         "id": 5
        },
        "forceUpdate": {
         "type": "uint64",
         "id": 6
        },
        "logDriver": {
         "type": "Driver",
         "id": 7,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "FailureAction": {
       "values": {
        "FAILURE_ACTION_PAUSE": 0,
        "FAILURE_ACTION_CONTINUE": 1,
        "FAILURE_ACTION_ROLLBACK": 2
       }
      },
      "UpdateOrder": {
       "values": {
        "UPDATE_ORDER_STOP_FIRST": 0,
        "UPDATE_ORDER_START_FIRST": 1
       }
      },
      "UpdateConfig": {
       "oneofs": {
        "_parallelism": {
         "oneof": [
          "parallelism"
         ]
        },
        "_monitorMs": {
         "oneof": [
          "monitorMs"
         ]
        }
       },
       "fields": {
        "parallelism": {
         "type": "uint32",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        },
        "delayMs": {
         "type": "uint64",
         "id": 2
        },
        "failureAction": {
         "type": "FailureAction",
         "id": 3
        },
        "monitorMs": {
         "type": "uint64",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "maxFailureRatio": {
         "type": "double",
         "id": 5
        },
        "order": {
         "type": "UpdateOrder",
         "id": 6
        }
       }
      },
      "NodeRole": {
       "values": {
        "NODE_ROLE_WORKER": 0,
        "NODE_ROLE_MANAGER": 1
       }
      },
      "NodeMembership": {
       "values": {
        "NODE_MEMBERSHIP_PENDING": 0,
        "NODE_MEMBERSHIP_ACCEPTED": 1
       }
      },
      "NodeAvailability": {
       "values": {
        "NODE_AVAILABILITY_ACTIVE": 0,
        "NODE_AVAILABILITY_PAUSE": 1,
        "NODE_AVAILABILITY_DRAIN": 2
       }
      },
      "NodeState": {
       "values": {
        "NODE_STATE_UNKNOWN": 0,
        "NODE_STATE_DOWN": 1,
        "NODE_STATE_READY": 2,
        "NODE_STATE_DISCONNECTED": 3
       }
      },
      "Reachability": {
       "values": {
        "REACHABILITY_UNKNOWN": 0,
        "REACHABILITY_UNREACHABLE": 1,
        "REACHABILITY_REACHABLE": 2
       }
      },
      "NodeSpec": {
       "oneofs": {
        "_membership": {
         "oneof": [
          "membership"
         ]
        }
       },
       "fields": {
        "annotations": {
         "type": "Annotations",
         "id": 1
        },
        "desiredRole": {
         "type": "NodeRole",
         "id": 2
        },
        "membership": {
         "type": "NodeMembership",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "availability": {
         "type": "NodeAvailability",
         "id": 4
        }
       }
      },
      "EnginePlugin": {
       "fields": {
        "type": {
         "type": "string",
         "id": 1
        },
        "name": {
         "type": "string",
         "id": 2
        }
       }
      },
      "EngineDescription": {
       "fields": {
        "engineVersion": {
         "type": "string",
         "id": 1
        },
        "labels": {
         "keyType": "string",
         "type": "string",
         "id": 2
        },
        "plugins": {
         "rule": "repeated",
         "type": "EnginePlugin",
         "id": 3
        }
       }
      },
      "NodeDescription": {
       "oneofs": {
        "_platform": {
         "oneof": [
          "platform"
         ]
        },
        "_resources": {
         "oneof": [
          "resources"
         ]
        },
        "_engine": {
         "oneof": [
          "engine"
         ]
        }
       },
       "fields": {
        "hostname": {
         "type": "string",
         "id": 1
        },
        "platform": {
         "type": "Platform",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        },
        "resources": {
         "type": "Resources",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "engine": {
         "type": "EngineDescription",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "NodeStatus": {
       "fields": {
        "state": {
         "type": "NodeState",
         "id": 1
        },
        "message": {
         "type": "string",
         "id": 2
        },
        "addr": {
         "type": "string",
         "id": 3
        }
       }
      },
      "ManagerStatus": {
       "fields": {
        "memberId": {
         "type": "string",
         "id": 1
        },
        "addr": {
         "type": "string",
         "id": 2
        },
        "leader": {
         "type": "bool",
         "id": 3
        },
        "reachability": {
         "type": "Reachability",
         "id": 4
        }
       }
      },
      "Node": {
       "oneofs": {
        "_description": {
         "oneof": [
          "description"
         ]
        },
        "_managerStatus": {
         "oneof": [
          "managerStatus"
         ]
        }
       },
       "fields": {
        "id": {
         "type": "string",
         "id": 1
        },
        "meta": {
         "type": "Meta",
         "id": 2
        },
        "spec": {
         "type": "NodeSpec",
         "id": 3
        },
        "description": {
         "type": "NodeDescription",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "status": {
         "type": "NodeStatus",
         "id": 5
        },
        "managerStatus": {
         "type": "ManagerStatus",
         "id": 6,
         "options": {
          "proto3_optional": true
         }
        },
        "role": {
         "type": "NodeRole",
         "id": 7
        }
       }
      },
      "ReplicatedMode": {
       "oneofs": {
        "_replicas": {
         "oneof": [
          "replicas"
         ]
        }
       },
       "fields": {
        "replicas": {
         "type": "uint64",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "GlobalMode": {
       "fields": {}
      },
      "ServiceMode": {
       "oneofs": {
        "mode": {
         "oneof": [
          "replicated",
          "global"
         ]
        }
       },
       "fields": {
        "replicated": {
         "type": "ReplicatedMode",
         "id": 1
        },
        "global": {
         "type": "GlobalMode",
         "id": 2
        }
       }
      },
      "ServiceSpec": {
       "oneofs": {
        "_update": {
         "oneof": [
          "update"
         ]
        },
        "_rollback": {
         "oneof": [
          "rollback"
         ]
        },
        "_endpoint": {
         "oneof": [
          "endpoint"
         ]
        }
       },
       "fields": {
        "annotations": {
         "type": "Annotations",
         "id": 1
        },
        "task": {
         "type": "TaskSpec",
         "id": 2
        },
        "mode": {
         "type": "ServiceMode",
         "id": 3
        },
        "update": {
         "type": "UpdateConfig",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "rollback": {
         "type": "UpdateConfig",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        },
        "networks": {
         "rule": "repeated",
         "type": "NetworkAttachment",
         "id": 6
        },
        "endpoint": {
         "type": "EndpointSpec",
         "id": 7,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "UpdateState": {
       "values": {
        "UPDATE_STATE_UNKNOWN": 0,
        "UPDATE_STATE_UPDATING": 1,
        "UPDATE_STATE_PAUSED": 2,
        "UPDATE_STATE_COMPLETED": 3,
        "UPDATE_STATE_ROLLBACK_STARTED": 4,
        "UPDATE_STATE_ROLLBACK_PAUSED": 5,
        "UPDATE_STATE_ROLLBACK_COMPLETED": 6
       }
      },
      "UpdateStatus": {
       "oneofs": {
        "_startedAt": {
         "oneof": [
          "startedAt"
         ]
        },
        "_completedAt": {
         "oneof": [
          "completedAt"
         ]
        }
       },
       "fields": {
        "state": {
         "type": "UpdateState",
         "id": 1
        },
        "startedAt": {
         "type": "int64",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        },
        "completedAt": {
         "type": "int64",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "message": {
         "type": "string",
         "id": 4
        }
       }
      },
      "Service": {
       "oneofs": {
        "_previousSpec": {
         "oneof": [
          "previousSpec"
         ]
        },
        "_endpoint": {
         "oneof": [
          "endpoint"
         ]
        },
        "_updateStatus": {
         "oneof": [
          "updateStatus"
         ]
        }
       },
       "fields": {
        "id": {
         "type": "string",
         "id": 1
        },
        "meta": {
         "type": "Meta",
         "id": 2
        },
        "spec": {
         "type": "ServiceSpec",
         "id": 3
        },
        "specVersion": {
         "type": "uint64",
         "id": 4
        },
        "previousSpec": {
         "type": "ServiceSpec",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        },
        "endpoint": {
         "type": "Endpoint",
         "id": 6,
         "options": {
          "proto3_optional": true
         }
        },
        "updateStatus": {
         "type": "UpdateStatus",
         "id": 7,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "TaskState": {
       "values": {
        "TASK_STATE_NEW": 0,
        "TASK_STATE_PENDING": 1,
        "TASK_STATE_ASSIGNED": 2,
        "TASK_STATE_ACCEPTED": 3,
        "TASK_STATE_PREPARING": 4,
        "TASK_STATE_READY": 5,
        "TASK_STATE_STARTING": 6,
        "TASK_STATE_RUNNING": 7,
        "TASK_STATE_COMPLETE": 8,
        "TASK_STATE_SHUTDOWN": 9,
        "TASK_STATE_FAILED": 10,
        "TASK_STATE_REJECTED": 11,
        "TASK_STATE_REMOVE": 12,
        "TASK_STATE_ORPHANED": 13
       }
      },
      "ContainerStatus": {
       "fields": {
        "containerId": {
         "type": "string",
         "id": 1
        },
        "pid": {
         "type": "int64",
         "id": 2
        },
        "exitCode": {
         "type": "int64",
         "id": 3
        }
       }
      },
      "TaskStatus": {
       "oneofs": {
        "_container": {
         "oneof": [
          "container"
         ]
        }
       },
       "fields": {
        "timestamp": {
         "type": "int64",
         "id": 1
        },
        "state": {
         "type": "TaskState",
         "id": 2
        },
        "message": {
         "type": "string",
         "id": 3
        },
        "err": {
         "type": "string",
         "id": 4
        },
        "container": {
         "type": "ContainerStatus",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "TaskNetwork": {
       "fields": {
        "networkId": {
         "type": "string",
         "id": 1
        },
        "addresses": {
         "rule": "repeated",
         "type": "string",
         "id": 2
        }
       }
      },
      "Task": {
       "oneofs": {
        "_serviceId": {
         "oneof": [
          "serviceId"
         ]
        },
        "_nodeId": {
         "oneof": [
          "nodeId"
         ]
        },
        "_endpoint": {
         "oneof": [
          "endpoint"
         ]
        }
       },
       "fields": {
        "id": {
         "type": "string",
         "id": 1
        },
        "meta": {
         "type": "Meta",
         "id": 2
        },
        "spec": {
         "type": "TaskSpec",
         "id": 3
        },
        "specVersion": {
         "type": "uint64",
         "id": 4
        },
        "serviceId": {
         "type": "string",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        },
        "slot": {
         "type": "uint64",
         "id": 6
        },
        "nodeId": {
         "type": "string",
         "id": 7,
         "options": {
          "proto3_optional": true
         }
        },
        "annotations": {
         "type": "Annotations",
         "id": 8
        },
        "serviceAnnotations": {
         "type": "Annotations",
         "id": 9
        },
        "status": {
         "type": "TaskStatus",
         "id": 10
        },
        "desiredState": {
         "type": "TaskState",
         "id": 11
        },
        "networks": {
         "rule": "repeated",
         "type": "TaskNetwork",
         "id": 12
        },
        "endpoint": {
         "type": "Endpoint",
         "id": 13,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "NetworkSpec": {
       "oneofs": {
        "_driverConfig": {
         "oneof": [
          "driverConfig"
         ]
        },
        "_ipam": {
         "oneof": [
          "ipam"
         ]
        }
       },
       "fields": {
        "annotations": {
         "type": "Annotations",
         "id": 1
        },
        "driverConfig": {
         "type": "Driver",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        },
        "ipv6Enabled": {
         "type": "bool",
         "id": 3
        },
        "internal": {
         "type": "bool",
         "id": 4
        },
        "attachable": {
         "type": "bool",
         "id": 5
        },
        "ingress": {
         "type": "bool",
         "id": 6
        },
        "ipam": {
         "type": "Ipam",
         "id": 7,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "Network": {
       "oneofs": {
        "_driverState": {
         "oneof": [
          "driverState"
         ]
        },
        "_ipam": {
         "oneof": [
          "ipam"
         ]
        }
       },
       "fields": {
        "id": {
         "type": "string",
         "id": 1
        },
        "meta": {
         "type": "Meta",
         "id": 2
        },
        "spec": {
         "type": "NetworkSpec",
         "id": 3
        },
        "driverState": {
         "type": "Driver",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "ipam": {
         "type": "Ipam",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "OrchestrationConfig": {
       "oneofs": {
        "_taskHistoryRetentionLimit": {
         "oneof": [
          "taskHistoryRetentionLimit"
         ]
        }
       },
       "fields": {
        "taskHistoryRetentionLimit": {
         "type": "uint64",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "RaftConfig": {
       "oneofs": {
        "_snapshotInterval": {
         "oneof": [
          "snapshotInterval"
         ]
        },
        "_logEntriesForSlowFollowers": {
         "oneof": [
          "logEntriesForSlowFollowers"
         ]
        },
        "_heartbeatTick": {
         "oneof": [
          "heartbeatTick"
         ]
        },
        "_electionTick": {
         "oneof": [
          "electionTick"
         ]
        }
       },
       "fields": {
        "snapshotInterval": {
         "type": "uint64",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        },
        "keepOldSnapshots": {
         "type": "uint64",
         "id": 2
        },
        "logEntriesForSlowFollowers": {
         "type": "uint64",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "heartbeatTick": {
         "type": "uint32",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "electionTick": {
         "type": "uint32",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "DispatcherConfig": {
       "oneofs": {
        "_heartbeatPeriodMs": {
         "oneof": [
          "heartbeatPeriodMs"
         ]
        }
       },
       "fields": {
        "heartbeatPeriodMs": {
         "type": "uint64",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "TaskDefaults": {
       "oneofs": {
        "_logDriver": {
         "oneof": [
          "logDriver"
         ]
        }
       },
       "fields": {
        "logDriver": {
         "type": "Driver",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "EncryptionConfig": {
       "fields": {
        "autoLockManagers": {
         "type": "bool",
         "id": 1
        }
       }
      },
      "ClusterSpec": {
       "fields": {
        "annotations": {
         "type": "Annotations",
         "id": 1
        },
        "orchestration": {
         "type": "OrchestrationConfig",
         "id": 2
        },
        "raft": {
         "type": "RaftConfig",
         "id": 3
        },
        "dispatcher": {
         "type": "DispatcherConfig",
         "id": 4
        },
        "taskDefaults": {
         "type": "TaskDefaults",
         "id": 5
        },
        "encryptionConfig": {
         "type": "EncryptionConfig",
         "id": 6
        }
       }
      },
      "Cluster": {
       "fields": {
        "id": {
         "type": "string",
         "id": 1
        },
        "meta": {
         "type": "Meta",
         "id": 2
        },
        "spec": {
         "type": "ClusterSpec",
         "id": 3
        }
       }
      },
      "SecretSpec": {
       "oneofs": {
        "_driver": {
         "oneof": [
          "driver"
         ]
        },
        "_templating": {
         "oneof": [
          "templating"
         ]
        }
       },
       "fields": {
        "annotations": {
         "type": "Annotations",
         "id": 1
        },
        "data": {
         "type": "string",
         "id": 2
        },
        "driver": {
         "type": "Driver",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "templating": {
         "type": "Driver",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "Secret": {
       "fields": {
        "id": {
         "type": "string",
         "id": 1
        },
        "meta": {
         "type": "Meta",
         "id": 2
        },
        "spec": {
         "type": "SecretSpec",
         "id": 3
        },
        "internal": {
         "type": "bool",
         "id": 4
        }
       }
      },
      "ConfigSpec": {
       "oneofs": {
        "_templating": {
         "oneof": [
          "templating"
         ]
        }
       },
       "fields": {
        "annotations": {
         "type": "Annotations",
         "id": 1
        },
        "data": {
         "type": "string",
         "id": 2
        },
        "templating": {
         "type": "Driver",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "Config": {
       "fields": {
        "id": {
         "type": "string",
         "id": 1
        },
        "meta": {
         "type": "Meta",
         "id": 2
        },
        "spec": {
         "type": "ConfigSpec",
         "id": 3
        }
       }
      },
      "VolumeScope": {
       "values": {
        "VOLUME_SCOPE_SINGLE_NODE": 0,
        "VOLUME_SCOPE_MULTI_NODE": 1
       }
      },
      "VolumeSharing": {
       "values": {
        "VOLUME_SHARING_NONE": 0,
        "VOLUME_SHARING_READ_ONLY": 1,
        "VOLUME_SHARING_ONE_WRITER": 2,
        "VOLUME_SHARING_ALL": 3
       }
      },
      "VolumeAccess": {
       "values": {
        "VOLUME_ACCESS_MOUNT": 0,
        "VOLUME_ACCESS_BLOCK": 1
       }
      },
      "VolumeAccessMode": {
       "fields": {
        "scope": {
         "type": "VolumeScope",
         "id": 1
        },
        "sharing": {
         "type": "VolumeSharing",
         "id": 2
        },
        "access": {
         "type": "VolumeAccess",
         "id": 3
        },
        "fsType": {
         "type": "string",
         "id": 4
        },
        "mountFlags": {
         "rule": "repeated",
         "type": "string",
         "id": 5
        }
       }
      },
      "VolumeSecret": {
       "fields": {
        "key": {
         "type": "string",
         "id": 1
        },
        "secret": {
         "type": "string",
         "id": 2
        }
       }
      },
      "Topology": {
       "fields": {
        "segments": {
         "keyType": "string",
         "type": "string",
         "id": 1
        }
       }
      },
      "TopologyRequirement": {
       "fields": {
        "requisite": {
         "rule": "repeated",
         "type": "Topology",
         "id": 1
        },
        "preferred": {
         "rule": "repeated",
         "type": "Topology",
         "id": 2
        }
       }
      },
      "CapacityRange": {
       "fields": {
        "requiredBytes": {
         "type": "int64",
         "id": 1
        },
        "limitBytes": {
         "type": "int64",
         "id": 2
        }
       }
      },
      "VolumeAvailability": {
       "values": {
        "VOLUME_AVAILABILITY_ACTIVE": 0,
        "VOLUME_AVAILABILITY_PAUSE": 1,
        "VOLUME_AVAILABILITY_DRAIN": 2
       }
      },
      "VolumeSpec": {
       "oneofs": {
        "_driver": {
         "oneof": [
          "driver"
         ]
        },
        "_accessibility": {
         "oneof": [
          "accessibility"
         ]
        },
        "_capacity": {
         "oneof": [
          "capacity"
         ]
        }
       },
       "fields": {
        "annotations": {
         "type": "Annotations",
         "id": 1
        },
        "group": {
         "type": "string",
         "id": 2
        },
        "driver": {
         "type": "Driver",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "accessMode": {
         "type": "VolumeAccessMode",
         "id": 4
        },
        "secrets": {
         "rule": "repeated",
         "type": "VolumeSecret",
         "id": 5
        },
        "accessibility": {
         "type": "TopologyRequirement",
         "id": 6,
         "options": {
          "proto3_optional": true
         }
        },
        "capacity": {
         "type": "CapacityRange",
         "id": 7,
         "options": {
          "proto3_optional": true
         }
        },
        "availability": {
         "type": "VolumeAvailability",
         "id": 8
        }
       }
      },
      "VolumePublishState": {
       "values": {
        "VOLUME_PUBLISH_STATE_PENDING_PUBLISH": 0,
        "VOLUME_PUBLISH_STATE_PUBLISHED": 1,
        "VOLUME_PUBLISH_STATE_PENDING_NODE_UNPUBLISH": 2,
        "VOLUME_PUBLISH_STATE_PENDING_UNPUBLISH": 3
       }
      },
      "VolumePublishStatus": {
       "fields": {
        "nodeId": {
         "type": "string",
         "id": 1
        },
        "state": {
         "type": "VolumePublishState",
         "id": 2
        },
        "publishContext": {
         "keyType": "string",
         "type": "string",
         "id": 3
        },
        "message": {
         "type": "string",
         "id": 4
        }
       }
      },
      "VolumeInfo": {
       "fields": {
        "capacityBytes": {
         "type": "int64",
         "id": 1
        },
        "volumeContext": {
         "keyType": "string",
         "type": "string",
         "id": 2
        },
        "volumeId": {
         "type": "string",
         "id": 3
        },
        "accessibleTopology": {
         "rule": "repeated",
         "type": "Topology",
         "id": 4
        }
       }
      },
      "Volume": {
       "oneofs": {
        "_info": {
         "oneof": [
          "info"
         ]
        }
       },
       "fields": {
        "id": {
         "type": "string",
         "id": 1
        },
        "meta": {
         "type": "Meta",
         "id": 2
        },
        "spec": {
         "type": "VolumeSpec",
         "id": 3
        },
        "publishStatus": {
         "rule": "repeated",
         "type": "VolumePublishStatus",
         "id": 4
        },
        "info": {
         "type": "VolumeInfo",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        },
        "pendingDelete": {
         "type": "bool",
         "id": 6
        }
       }
      },
      "CustomObject": {
       "fields": {
        "id": {
         "type": "string",
         "id": 1
        },
        "meta": {
         "type": "Meta",
         "id": 2
        },
        "body": {
         "type": "string",
         "id": 3
        }
       }
      },
      "AnyObject": {
       "oneofs": {
        "object": {
         "oneof": [
          "node",
          "service",
          "task",
          "network",
          "cluster",
          "secret",
          "config",
          "volume",
          "custom"
         ]
        }
       },
       "fields": {
        "node": {
         "type": "Node",
         "id": 1
        },
        "service": {
         "type": "Service",
         "id": 2
        },
        "task": {
         "type": "Task",
         "id": 3
        },
        "network": {
         "type": "Network",
         "id": 4
        },
        "cluster": {
         "type": "Cluster",
         "id": 5
        },
        "secret": {
         "type": "Secret",
         "id": 6
        },
        "config": {
         "type": "Config",
         "id": 7
        },
        "volume": {
         "type": "Volume",
         "id": 8
        },
        "custom": {
         "type": "CustomObject",
         "id": 9
        }
       }
      },
      "IndexValue": {
       "oneofs": {
        "value": {
         "oneof": [
          "text",
          "number",
          "flag"
         ]
        }
       },
       "fields": {
        "text": {
         "type": "string",
         "id": 1
        },
        "number": {
         "type": "double",
         "id": 2
        },
        "flag": {
         "type": "bool",
         "id": 3
        }
       }
      },
      "IndexFilter": {
       "oneofs": {
        "_prefix": {
         "oneof": [
          "prefix"
         ]
        },
        "_from": {
         "oneof": [
          "from"
         ]
        },
        "_to": {
         "oneof": [
          "to"
         ]
        }
       },
       "fields": {
        "index": {
         "type": "string",
         "id": 1
        },
        "values": {
         "rule": "repeated",
         "type": "IndexValue",
         "id": 2
        },
        "prefix": {
         "type": "string",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "from": {
         "type": "IndexValue",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "to": {
         "type": "IndexValue",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "ActionOp": {
       "values": {
        "ACTION_OP_CREATE": 0,
        "ACTION_OP_UPDATE": 1,
        "ACTION_OP_REMOVE": 2
       },
       "reserved": [
        [
         3,
         3
        ]
       ]
      },
      "Action": {
       "fields": {
        "op": {
         "type": "ActionOp",
         "id": 1
        },
        "kind": {
         "type": "string",
         "id": 2
        },
        "id": {
         "type": "string",
         "id": 3
        },
        "object": {
         "type": "bytes",
         "id": 4
        }
       }
      },
      "Transaction": {
       "oneofs": {
        "_actor": {
         "oneof": [
          "actor"
         ]
        },
        "_reason": {
         "oneof": [
          "reason"
         ]
        },
        "_requestId": {
         "oneof": [
          "requestId"
         ]
        },
        "_restore": {
         "oneof": [
          "restore"
         ]
        }
       },
       "fields": {
        "version": {
         "type": "uint64",
         "id": 1
        },
        "time": {
         "type": "int64",
         "id": 2
        },
        "actions": {
         "rule": "repeated",
         "type": "Action",
         "id": 3
        },
        "actor": {
         "type": "string",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "reason": {
         "type": "string",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        },
        "requestId": {
         "type": "string",
         "id": 6,
         "options": {
          "proto3_optional": true
         }
        },
        "kinds": {
         "rule": "repeated",
         "type": "KindDescription",
         "id": 9
        },
        "restore": {
         "type": "RestoreStep",
         "id": 10,
         "options": {
          "proto3_optional": true
         }
        }
       },
       "reserved": [
        [
         7,
         7
        ],
        [
         8,
         8
        ]
       ]
      },
      "RestoreStep": {
       "oneofs": {
        "step": {
         "oneof": [
          "begin",
          "rows",
          "commit",
          "abort",
          "requests"
         ]
        }
       },
       "fields": {
        "id": {
         "type": "string",
         "id": 1
        },
        "begin": {
         "type": "RestoreBegin",
         "id": 2
        },
        "rows": {
         "type": "RestoreRows",
         "id": 3
        },
        "commit": {
         "type": "RestoreCommit",
         "id": 4
        },
        "abort": {
         "type": "RestoreAbort",
         "id": 5
        },
        "requests": {
         "type": "RequestRecords",
         "id": 6
        }
       }
      },
      "RestoreBegin": {
       "fields": {
        "kinds": {
         "rule": "repeated",
         "type": "KindDescription",
         "id": 1
        }
       }
      },
      "RestoreRows": {
       "fields": {
        "rows": {
         "rule": "repeated",
         "type": "ObjectRecord",
         "id": 1
        }
       }
      },
      "RestoreCommit": {
       "fields": {
        "objects": {
         "type": "uint64",
         "id": 1
        }
       }
      },
      "RestoreAbort": {
       "fields": {}
      },
      "KindDescription": {
       "fields": {
        "kind": {
         "type": "string",
         "id": 1
        },
        "plural": {
         "type": "string",
         "id": 2
        },
        "indexes": {
         "rule": "repeated",
         "type": "string",
         "id": 3
        },
        "unique": {
         "rule": "repeated",
         "type": "string",
         "id": 4
        }
       }
      },
      "MemberInfo": {
       "oneofs": {
        "_staysLearner": {
         "oneof": [
          "staysLearner"
         ]
        }
       },
       "fields": {
        "id": {
         "type": "uint64",
         "id": 1
        },
        "name": {
         "type": "string",
         "id": 2
        },
        "addrs": {
         "rule": "repeated",
         "type": "string",
         "id": 3
        },
        "staysLearner": {
         "type": "bool",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "MembershipContext": {
       "oneofs": {
        "_member": {
         "oneof": [
          "member"
         ]
        }
       },
       "fields": {
        "member": {
         "type": "MemberInfo",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "ObjectRecord": {
       "fields": {
        "kind": {
         "type": "string",
         "id": 1
        },
        "object": {
         "type": "bytes",
         "id": 2
        }
       }
      },
      "HistoryChange": {
       "oneofs": {
        "_old": {
         "oneof": [
          "old"
         ]
        }
       },
       "fields": {
        "op": {
         "type": "ActionOp",
         "id": 1
        },
        "kind": {
         "type": "string",
         "id": 2
        },
        "object": {
         "type": "bytes",
         "id": 3
        },
        "old": {
         "type": "bytes",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "HistoryRecord": {
       "oneofs": {
        "_actor": {
         "oneof": [
          "actor"
         ]
        },
        "_reason": {
         "oneof": [
          "reason"
         ]
        },
        "_requestId": {
         "oneof": [
          "requestId"
         ]
        },
        "_continued": {
         "oneof": [
          "continued"
         ]
        }
       },
       "fields": {
        "version": {
         "type": "uint64",
         "id": 1
        },
        "time": {
         "type": "int64",
         "id": 2
        },
        "changes": {
         "rule": "repeated",
         "type": "HistoryChange",
         "id": 3
        },
        "actor": {
         "type": "string",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "reason": {
         "type": "string",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        },
        "requestId": {
         "type": "string",
         "id": 6,
         "options": {
          "proto3_optional": true
         }
        },
        "bytes": {
         "type": "uint64",
         "id": 7
        },
        "continued": {
         "type": "bool",
         "id": 8,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "RequestRecord": {
       "fields": {
        "requestId": {
         "type": "string",
         "id": 1
        },
        "version": {
         "type": "uint64",
         "id": 2
        }
       }
      },
      "RequestRecords": {
       "fields": {
        "requests": {
         "rule": "repeated",
         "type": "RequestRecord",
         "id": 1
        }
       }
      },
      "SnapshotHeader": {
       "fields": {
        "format": {
         "type": "uint32",
         "id": 1
        },
        "clusterId": {
         "type": "string",
         "id": 2
        },
        "lineage": {
         "type": "string",
         "id": 3
        },
        "version": {
         "type": "uint64",
         "id": 4
        },
        "time": {
         "type": "int64",
         "id": 5
        },
        "members": {
         "rule": "repeated",
         "type": "MemberInfo",
         "id": 6
        },
        "removed": {
         "rule": "repeated",
         "type": "uint64",
         "id": 7
        },
        "kinds": {
         "rule": "repeated",
         "type": "KindDescription",
         "id": 8
        }
       }
      },
      "SnapshotEnd": {
       "fields": {
        "records": {
         "type": "uint64",
         "id": 1
        }
       }
      },
      "SnapshotRecord": {
       "oneofs": {
        "record": {
         "oneof": [
          "header",
          "object",
          "history",
          "requests",
          "end"
         ]
        }
       },
       "fields": {
        "header": {
         "type": "SnapshotHeader",
         "id": 1
        },
        "object": {
         "type": "ObjectRecord",
         "id": 2
        },
        "history": {
         "type": "HistoryRecord",
         "id": 3
        },
        "requests": {
         "type": "RequestRecords",
         "id": 4
        },
        "end": {
         "type": "SnapshotEnd",
         "id": 5
        }
       }
      },
      "SnapshotDescriptor": {
       "fields": {
        "size": {
         "type": "uint64",
         "id": 1
        },
        "checksum": {
         "type": "uint32",
         "id": 2
        }
       }
      },
      "Formation": {
       "methods": {
        "Ask": {
         "requestType": "FormationRequest",
         "responseType": "FormationAnswer"
        }
       }
      },
      "FormationBallot": {
       "fields": {
        "round": {
         "type": "uint64",
         "id": 1
        },
        "by": {
         "type": "uint64",
         "id": 2
        }
       }
      },
      "Genesis": {
       "fields": {
        "clusterId": {
         "type": "string",
         "id": 1
        },
        "lineage": {
         "type": "string",
         "id": 2
        },
        "members": {
         "rule": "repeated",
         "type": "MemberInfo",
         "id": 3
        }
       }
      },
      "FormationRequest": {
       "oneofs": {
        "_ballot": {
         "oneof": [
          "ballot"
         ]
        },
        "_genesis": {
         "oneof": [
          "genesis"
         ]
        }
       },
       "fields": {
        "member": {
         "type": "MemberInfo",
         "id": 1
        },
        "peers": {
         "rule": "repeated",
         "type": "string",
         "id": 2
        },
        "ballot": {
         "type": "FormationBallot",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "genesis": {
         "type": "Genesis",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "FormationAnswer": {
       "oneofs": {
        "_promised": {
         "oneof": [
          "promised"
         ]
        },
        "_acceptedAt": {
         "oneof": [
          "acceptedAt"
         ]
        },
        "_genesis": {
         "oneof": [
          "genesis"
         ]
        }
       },
       "fields": {
        "member": {
         "type": "MemberInfo",
         "id": 1
        },
        "peers": {
         "rule": "repeated",
         "type": "string",
         "id": 2
        },
        "formed": {
         "type": "bool",
         "id": 3
        },
        "granted": {
         "type": "bool",
         "id": 4
        },
        "promised": {
         "type": "FormationBallot",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        },
        "acceptedAt": {
         "type": "FormationBallot",
         "id": 6,
         "options": {
          "proto3_optional": true
         }
        },
        "genesis": {
         "type": "Genesis",
         "id": 7,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "Lease": {
       "methods": {
        "Grant": {
         "requestType": "GrantRequest",
         "responseType": "GrantResponse"
        },
        "KeepAlive": {
         "requestType": "KeepAliveRequest",
         "responseType": "KeepAliveResponse"
        },
        "Revoke": {
         "requestType": "RevokeRequest",
         "responseType": "RevokeResponse"
        }
       }
      },
      "GrantRequest": {
       "oneofs": {
        "_info": {
         "oneof": [
          "info"
         ]
        }
       },
       "fields": {
        "ttlMs": {
         "type": "uint64",
         "id": 1
        },
        "holder": {
         "type": "string",
         "id": 2
        },
        "guarded": {
         "type": "bool",
         "id": 3
        },
        "info": {
         "type": "WriteInfo",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "GrantResponse": {
       "fields": {
        "id": {
         "type": "string",
         "id": 1
        },
        "version": {
         "type": "uint64",
         "id": 2
        }
       }
      },
      "KeepAliveRequest": {
       "fields": {
        "ids": {
         "rule": "repeated",
         "type": "string",
         "id": 1
        }
       }
      },
      "KeepAliveResponse": {
       "fields": {
        "lost": {
         "rule": "repeated",
         "type": "string",
         "id": 1
        }
       }
      },
      "RevokeRequest": {
       "oneofs": {
        "_info": {
         "oneof": [
          "info"
         ]
        }
       },
       "fields": {
        "id": {
         "type": "string",
         "id": 1
        },
        "info": {
         "type": "WriteInfo",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "RevokeResponse": {
       "fields": {
        "version": {
         "type": "uint64",
         "id": 1
        }
       }
      },
      "Raft": {
       "methods": {
        "Stream": {
         "requestType": "RaftFrame",
         "requestStream": true,
         "responseType": "RaftStreamEnd"
        },
        "Snapshot": {
         "requestType": "SnapshotFrame",
         "requestStream": true,
         "responseType": "RaftStreamEnd"
        }
       }
      },
      "Membership": {
       "methods": {
        "Join": {
         "requestType": "JoinRequest",
         "responseType": "JoinResponse"
        },
        "Remove": {
         "requestType": "RemoveMemberRequest",
         "responseType": "RemoveMemberResponse"
        },
        "SetRole": {
         "requestType": "SetMemberRoleRequest",
         "responseType": "SetMemberRoleResponse"
        },
        "Local": {
         "requestType": "LocalStatusRequest",
         "responseType": "LocalStatus"
        },
        "Status": {
         "requestType": "ClusterStatusRequest",
         "responseType": "ClusterStatus"
        },
        "TransferLeadership": {
         "requestType": "TransferLeadershipRequest",
         "responseType": "TransferLeadershipResponse"
        }
       }
      },
      "RaftHello": {
       "fields": {
        "format": {
         "type": "uint32",
         "id": 1
        },
        "clusterId": {
         "type": "string",
         "id": 2
        },
        "from": {
         "type": "uint64",
         "id": 3
        },
        "to": {
         "type": "uint64",
         "id": 4
        },
        "addrs": {
         "rule": "repeated",
         "type": "string",
         "id": 5
        },
        "lastIndex": {
         "type": "uint64",
         "id": 6
        }
       }
      },
      "RaftFrame": {
       "oneofs": {
        "frame": {
         "oneof": [
          "hello",
          "batch"
         ]
        }
       },
       "fields": {
        "hello": {
         "type": "RaftHello",
         "id": 1
        },
        "batch": {
         "type": "RaftBatch",
         "id": 2
        }
       }
      },
      "RaftBatch": {
       "fields": {
        "messages": {
         "rule": "repeated",
         "type": "RaftMessage",
         "id": 1
        }
       }
      },
      "RaftStreamEnd": {
       "fields": {}
      },
      "SnapshotOpening": {
       "fields": {
        "hello": {
         "type": "RaftHello",
         "id": 1
        },
        "message": {
         "type": "RaftMessage",
         "id": 2
        }
       }
      },
      "SnapshotFrame": {
       "oneofs": {
        "frame": {
         "oneof": [
          "opening",
          "chunk"
         ]
        }
       },
       "fields": {
        "opening": {
         "type": "SnapshotOpening",
         "id": 1
        },
        "chunk": {
         "type": "bytes",
         "id": 2
        }
       }
      },
      "ConfChangeOpType": {
       "values": {
        "CONF_CHANGE_OP_TYPE_ADD_VOTER": 0,
        "CONF_CHANGE_OP_TYPE_ADD_LEARNER": 1,
        "CONF_CHANGE_OP_TYPE_REMOVE": 2,
        "CONF_CHANGE_OP_TYPE_UPDATE": 3
       }
      },
      "ConfChangeTransition": {
       "values": {
        "CONF_CHANGE_TRANSITION_AUTO": 0,
        "CONF_CHANGE_TRANSITION_JOINT_IMPLICIT": 1,
        "CONF_CHANGE_TRANSITION_JOINT_EXPLICIT": 2
       }
      },
      "ConfChangeOp": {
       "fields": {
        "type": {
         "type": "ConfChangeOpType",
         "id": 1
        },
        "nodeId": {
         "type": "uint64",
         "id": 2
        }
       }
      },
      "ConfChange": {
       "oneofs": {
        "_context": {
         "oneof": [
          "context"
         ]
        }
       },
       "fields": {
        "transition": {
         "type": "ConfChangeTransition",
         "id": 1
        },
        "changes": {
         "rule": "repeated",
         "type": "ConfChangeOp",
         "id": 2
        },
        "context": {
         "type": "bytes",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "Entry": {
       "oneofs": {
        "_change": {
         "oneof": [
          "change"
         ]
        }
       },
       "fields": {
        "term": {
         "type": "uint64",
         "id": 1
        },
        "index": {
         "type": "uint64",
         "id": 2
        },
        "data": {
         "type": "bytes",
         "id": 3
        },
        "change": {
         "type": "ConfChange",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "ConfState": {
       "fields": {
        "voters": {
         "rule": "repeated",
         "type": "uint64",
         "id": 1
        },
        "learners": {
         "rule": "repeated",
         "type": "uint64",
         "id": 2
        },
        "votersOutgoing": {
         "rule": "repeated",
         "type": "uint64",
         "id": 3
        },
        "learnersNext": {
         "rule": "repeated",
         "type": "uint64",
         "id": 4
        },
        "autoLeave": {
         "type": "bool",
         "id": 5
        }
       }
      },
      "SnapshotMetadata": {
       "fields": {
        "index": {
         "type": "uint64",
         "id": 1
        },
        "term": {
         "type": "uint64",
         "id": 2
        },
        "confState": {
         "type": "ConfState",
         "id": 3
        }
       }
      },
      "Snapshot": {
       "fields": {
        "metadata": {
         "type": "SnapshotMetadata",
         "id": 1
        },
        "data": {
         "type": "bytes",
         "id": 2
        }
       }
      },
      "AppendEntries": {
       "fields": {
        "prevLogIndex": {
         "type": "uint64",
         "id": 1
        },
        "prevLogTerm": {
         "type": "uint64",
         "id": 2
        },
        "entries": {
         "rule": "repeated",
         "type": "Entry",
         "id": 3
        },
        "leaderCommit": {
         "type": "uint64",
         "id": 4
        }
       }
      },
      "AppendEntriesResponse": {
       "oneofs": {
        "_hintIndex": {
         "oneof": [
          "hintIndex"
         ]
        },
        "_hintTerm": {
         "oneof": [
          "hintTerm"
         ]
        }
       },
       "fields": {
        "index": {
         "type": "uint64",
         "id": 1
        },
        "rejected": {
         "type": "bool",
         "id": 2
        },
        "hintIndex": {
         "type": "uint64",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "hintTerm": {
         "type": "uint64",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "RequestVote": {
       "oneofs": {
        "_leadershipTransfer": {
         "oneof": [
          "leadershipTransfer"
         ]
        }
       },
       "fields": {
        "lastLogIndex": {
         "type": "uint64",
         "id": 1
        },
        "lastLogTerm": {
         "type": "uint64",
         "id": 2
        },
        "leadershipTransfer": {
         "type": "bool",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "RequestVoteResponse": {
       "oneofs": {
        "_commitIndex": {
         "oneof": [
          "commitIndex"
         ]
        },
        "_commitTerm": {
         "oneof": [
          "commitTerm"
         ]
        }
       },
       "fields": {
        "granted": {
         "type": "bool",
         "id": 1
        },
        "commitIndex": {
         "type": "uint64",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        },
        "commitTerm": {
         "type": "uint64",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "Heartbeat": {
       "oneofs": {
        "_context": {
         "oneof": [
          "context"
         ]
        }
       },
       "fields": {
        "leaderCommit": {
         "type": "uint64",
         "id": 1
        },
        "context": {
         "type": "bytes",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "HeartbeatResponse": {
       "oneofs": {
        "_context": {
         "oneof": [
          "context"
         ]
        }
       },
       "fields": {
        "context": {
         "type": "bytes",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "InstallSnapshot": {
       "fields": {
        "snapshot": {
         "type": "Snapshot",
         "id": 1
        }
       }
      },
      "TimeoutNow": {
       "fields": {}
      },
      "ForwardedTransfer": {
       "fields": {
        "transferee": {
         "type": "uint64",
         "id": 1
        }
       }
      },
      "ReadIndex": {
       "fields": {
        "context": {
         "type": "bytes",
         "id": 1
        }
       }
      },
      "ReadIndexResponse": {
       "fields": {
        "index": {
         "type": "uint64",
         "id": 1
        },
        "context": {
         "type": "bytes",
         "id": 2
        }
       }
      },
      "RaftMessage": {
       "oneofs": {
        "body": {
         "oneof": [
          "appendEntries",
          "appendEntriesResponse",
          "requestVote",
          "preVote",
          "requestVoteResponse",
          "preVoteResponse",
          "heartbeat",
          "heartbeatResponse",
          "installSnapshot",
          "timeoutNow",
          "transferLeader",
          "readIndex",
          "readIndexResponse"
         ]
        }
       },
       "fields": {
        "from": {
         "type": "uint64",
         "id": 1
        },
        "to": {
         "type": "uint64",
         "id": 2
        },
        "term": {
         "type": "uint64",
         "id": 3
        },
        "appendEntries": {
         "type": "AppendEntries",
         "id": 4
        },
        "appendEntriesResponse": {
         "type": "AppendEntriesResponse",
         "id": 5
        },
        "requestVote": {
         "type": "RequestVote",
         "id": 6
        },
        "preVote": {
         "type": "RequestVote",
         "id": 7
        },
        "requestVoteResponse": {
         "type": "RequestVoteResponse",
         "id": 8
        },
        "preVoteResponse": {
         "type": "RequestVoteResponse",
         "id": 9
        },
        "heartbeat": {
         "type": "Heartbeat",
         "id": 10
        },
        "heartbeatResponse": {
         "type": "HeartbeatResponse",
         "id": 11
        },
        "installSnapshot": {
         "type": "InstallSnapshot",
         "id": 12
        },
        "timeoutNow": {
         "type": "TimeoutNow",
         "id": 13
        },
        "transferLeader": {
         "type": "ForwardedTransfer",
         "id": 14
        },
        "readIndex": {
         "type": "ReadIndex",
         "id": 15
        },
        "readIndexResponse": {
         "type": "ReadIndexResponse",
         "id": 16
        }
       }
      },
      "JoinRequest": {
       "fields": {
        "member": {
         "type": "MemberInfo",
         "id": 1
        },
        "replaces": {
         "type": "bool",
         "id": 2
        }
       }
      },
      "JoinResponse": {
       "fields": {
        "clusterId": {
         "type": "string",
         "id": 1
        },
        "lineage": {
         "type": "string",
         "id": 2
        },
        "members": {
         "rule": "repeated",
         "type": "MemberInfo",
         "id": 3
        }
       }
      },
      "RemoveMemberRequest": {
       "fields": {
        "member": {
         "type": "string",
         "id": 1
        },
        "force": {
         "type": "bool",
         "id": 2
        }
       }
      },
      "RemoveMemberResponse": {
       "fields": {}
      },
      "SetMemberRoleRequest": {
       "fields": {
        "member": {
         "type": "string",
         "id": 1
        },
        "role": {
         "type": "MemberRole",
         "id": 2
        },
        "force": {
         "type": "bool",
         "id": 3
        }
       }
      },
      "SetMemberRoleResponse": {
       "fields": {}
      },
      "TransferLeadershipRequest": {
       "oneofs": {
        "_to": {
         "oneof": [
          "to"
         ]
        }
       },
       "fields": {
        "to": {
         "type": "string",
         "id": 1,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "TransferLeadershipResponse": {
       "fields": {
        "leader": {
         "type": "string",
         "id": 1
        }
       }
      },
      "LocalStatusRequest": {
       "fields": {}
      },
      "MemberRole": {
       "values": {
        "MEMBER_ROLE_VOTER": 0,
        "MEMBER_ROLE_LEARNER": 1
       }
      },
      "MemberStatus": {
       "oneofs": {
        "_version": {
         "oneof": [
          "version"
         ]
        },
        "_lastIndex": {
         "oneof": [
          "lastIndex"
         ]
        },
        "_appliedIndex": {
         "oneof": [
          "appliedIndex"
         ]
        }
       },
       "fields": {
        "name": {
         "type": "string",
         "id": 1
        },
        "id": {
         "type": "string",
         "id": 2
        },
        "addr": {
         "type": "string",
         "id": 3
        },
        "role": {
         "type": "MemberRole",
         "id": 4
        },
        "leader": {
         "type": "bool",
         "id": 5
        },
        "reachable": {
         "type": "bool",
         "id": 6
        },
        "version": {
         "type": "uint64",
         "id": 7,
         "options": {
          "proto3_optional": true
         }
        },
        "lastIndex": {
         "type": "uint64",
         "id": 8,
         "options": {
          "proto3_optional": true
         }
        },
        "appliedIndex": {
         "type": "uint64",
         "id": 9,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "LocalStatus": {
       "oneofs": {
        "_leader": {
         "oneof": [
          "leader"
         ]
        }
       },
       "fields": {
        "clusterId": {
         "type": "string",
         "id": 1
        },
        "lineage": {
         "type": "string",
         "id": 2
        },
        "name": {
         "type": "string",
         "id": 3
        },
        "id": {
         "type": "string",
         "id": 4
        },
        "term": {
         "type": "uint64",
         "id": 5
        },
        "leader": {
         "type": "string",
         "id": 6,
         "options": {
          "proto3_optional": true
         }
        },
        "version": {
         "type": "uint64",
         "id": 7
        },
        "lastIndex": {
         "type": "uint64",
         "id": 8
        },
        "appliedIndex": {
         "type": "uint64",
         "id": 9
        },
        "members": {
         "rule": "repeated",
         "type": "MemberStatus",
         "id": 10
        },
        "use": {
         "type": "StoreUse",
         "id": 11
        }
       }
      },
      "StoreUse": {
       "fields": {
        "kinds": {
         "rule": "repeated",
         "type": "KindAmount",
         "id": 1
        },
        "history": {
         "type": "HistoryUse",
         "id": 2
        },
        "watches": {
         "type": "uint32",
         "id": 3
        }
       }
      },
      "KindAmount": {
       "oneofs": {
        "_objectsMax": {
         "oneof": [
          "objectsMax"
         ]
        },
        "_bytesMax": {
         "oneof": [
          "bytesMax"
         ]
        }
       },
       "fields": {
        "kind": {
         "type": "string",
         "id": 1
        },
        "objects": {
         "type": "uint64",
         "id": 2
        },
        "bytes": {
         "type": "uint64",
         "id": 3
        },
        "objectsMax": {
         "type": "uint64",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "bytesMax": {
         "type": "uint64",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "HistoryUse": {
       "fields": {
        "transactions": {
         "type": "uint64",
         "id": 1
        },
        "bytes": {
         "type": "uint64",
         "id": 2
        },
        "reachesBackTo": {
         "type": "uint64",
         "id": 3
        }
       }
      },
      "ClusterStatusRequest": {
       "fields": {}
      },
      "ClusterStatus": {
       "oneofs": {
        "_leader": {
         "oneof": [
          "leader"
         ]
        }
       },
       "fields": {
        "clusterId": {
         "type": "string",
         "id": 1
        },
        "lineage": {
         "type": "string",
         "id": 2
        },
        "leader": {
         "type": "string",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "term": {
         "type": "uint64",
         "id": 4
        },
        "version": {
         "type": "uint64",
         "id": 5
        },
        "members": {
         "rule": "repeated",
         "type": "MemberStatus",
         "id": 6
        },
        "use": {
         "type": "StoreUse",
         "id": 7
        }
       }
      },
      "Watch": {
       "methods": {
        "Watch": {
         "requestType": "WatchRequest",
         "responseType": "WatchResponse",
         "responseStream": true
        }
       }
      },
      "EventAction": {
       "values": {
        "EVENT_ACTION_CREATE": 0,
        "EVENT_ACTION_UPDATE": 1,
        "EVENT_ACTION_DELETE": 2,
        "EVENT_ACTION_COMMIT": 3
       }
      },
      "Selector": {
       "oneofs": {
        "_stateGreaterThan": {
         "oneof": [
          "stateGreaterThan"
         ]
        }
       },
       "fields": {
        "kind": {
         "type": "string",
         "id": 1
        },
        "actions": {
         "rule": "repeated",
         "type": "EventAction",
         "id": 2
        },
        "ids": {
         "rule": "repeated",
         "type": "string",
         "id": 3
        },
        "idPrefixes": {
         "rule": "repeated",
         "type": "string",
         "id": 4
        },
        "names": {
         "rule": "repeated",
         "type": "string",
         "id": 5
        },
        "namePrefixes": {
         "rule": "repeated",
         "type": "string",
         "id": 6
        },
        "nodeIds": {
         "rule": "repeated",
         "type": "string",
         "id": 7
        },
        "serviceIds": {
         "rule": "repeated",
         "type": "string",
         "id": 8
        },
        "slots": {
         "rule": "repeated",
         "type": "SlotFilter",
         "id": 9
        },
        "desiredStates": {
         "rule": "repeated",
         "type": "TaskState",
         "id": 10
        },
        "stateGreaterThan": {
         "type": "TaskState",
         "id": 11,
         "options": {
          "proto3_optional": true
         }
        },
        "roles": {
         "rule": "repeated",
         "type": "NodeRole",
         "id": 12
        },
        "memberships": {
         "rule": "repeated",
         "type": "NodeMembership",
         "id": 13
        },
        "states": {
         "rule": "repeated",
         "type": "NodeState",
         "id": 14
        },
        "custom": {
         "rule": "repeated",
         "type": "IndexEntry",
         "id": 15
        },
        "customPrefixes": {
         "rule": "repeated",
         "type": "IndexEntry",
         "id": 16
        },
        "indexes": {
         "rule": "repeated",
         "type": "IndexFilter",
         "id": 17
        }
       }
      },
      "SlotFilter": {
       "fields": {
        "serviceId": {
         "type": "string",
         "id": 1
        },
        "slot": {
         "type": "uint64",
         "id": 2
        }
       }
      },
      "WatchRequest": {
       "oneofs": {
        "_resumeFrom": {
         "oneof": [
          "resumeFrom"
         ]
        },
        "_lineage": {
         "oneof": [
          "lineage"
         ]
        }
       },
       "fields": {
        "selectors": {
         "rule": "repeated",
         "type": "Selector",
         "id": 1
        },
        "resumeFrom": {
         "type": "uint64",
         "id": 2,
         "options": {
          "proto3_optional": true
         }
        },
        "lineage": {
         "type": "string",
         "id": 3,
         "options": {
          "proto3_optional": true
         }
        },
        "matchEither": {
         "type": "bool",
         "id": 4
        },
        "bookmarkMs": {
         "type": "uint32",
         "id": 5
        },
        "snapshot": {
         "type": "bool",
         "id": 6
        },
        "wait": {
         "type": "bool",
         "id": 7
        }
       }
      },
      "WatchEvent": {
       "oneofs": {
        "_old": {
         "oneof": [
          "old"
         ]
        }
       },
       "fields": {
        "action": {
         "type": "EventAction",
         "id": 1
        },
        "kind": {
         "type": "string",
         "id": 2
        },
        "object": {
         "type": "AnyObject",
         "id": 3
        },
        "old": {
         "type": "AnyObject",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "Synced": {
       "fields": {
        "version": {
         "type": "uint64",
         "id": 1
        }
       }
      },
      "WatchTransaction": {
       "oneofs": {
        "_actor": {
         "oneof": [
          "actor"
         ]
        },
        "_reason": {
         "oneof": [
          "reason"
         ]
        },
        "_requestId": {
         "oneof": [
          "requestId"
         ]
        },
        "_continued": {
         "oneof": [
          "continued"
         ]
        }
       },
       "fields": {
        "version": {
         "type": "uint64",
         "id": 1
        },
        "time": {
         "type": "int64",
         "id": 2
        },
        "events": {
         "rule": "repeated",
         "type": "WatchEvent",
         "id": 3
        },
        "actor": {
         "type": "string",
         "id": 4,
         "options": {
          "proto3_optional": true
         }
        },
        "reason": {
         "type": "string",
         "id": 5,
         "options": {
          "proto3_optional": true
         }
        },
        "requestId": {
         "type": "string",
         "id": 6,
         "options": {
          "proto3_optional": true
         }
        },
        "continued": {
         "type": "bool",
         "id": 7,
         "options": {
          "proto3_optional": true
         }
        }
       }
      },
      "Bookmark": {
       "fields": {
        "version": {
         "type": "uint64",
         "id": 1
        }
       }
      },
      "Resync": {
       "fields": {
        "reason": {
         "type": "string",
         "id": 1
        },
        "version": {
         "type": "uint64",
         "id": 2
        }
       }
      },
      "WatchSnapshot": {
       "fields": {
        "version": {
         "type": "uint64",
         "id": 1
        },
        "objects": {
         "rule": "repeated",
         "type": "KindObject",
         "id": 2
        }
       }
      },
      "KindObject": {
       "fields": {
        "kind": {
         "type": "string",
         "id": 1
        },
        "object": {
         "type": "AnyObject",
         "id": 2
        }
       }
      },
      "WatchResponse": {
       "oneofs": {
        "body": {
         "oneof": [
          "synced",
          "transaction",
          "bookmark",
          "resync",
          "snapshot"
         ]
        }
       },
       "fields": {
        "lineage": {
         "type": "string",
         "id": 1
        },
        "synced": {
         "type": "Synced",
         "id": 2
        },
        "transaction": {
         "type": "WatchTransaction",
         "id": 3
        },
        "bookmark": {
         "type": "Bookmark",
         "id": 4
        },
        "resync": {
         "type": "Resync",
         "id": 5
        },
        "snapshot": {
         "type": "WatchSnapshot",
         "id": 6
        }
       }
      }
     }
    }
   }
  }
 }
};
