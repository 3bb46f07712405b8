import protobuf from 'protobufjs';
import { descriptor } from '../src/wire/index.js';

/** The descriptor as a tree of protobufjs, for those who make or take apart messages of any type. */
export const schemaRoot: protobuf.Root = protobuf.Root.fromJSON(descriptor);
schemaRoot.resolveAll();
