import protobuf from 'protobufjs';
import { descriptor } from './generated/descriptor.js';

/**
 * The descriptor tree, for those who need services and methods. By itself, so that the declarations of what users import
 * do not lead to those of protobufjs.
 */
export const schemaRoot: protobuf.Root = protobuf.Root.fromJSON(descriptor);
schemaRoot.resolveAll();

/** The package of all messages and services. */
export const packageName = 'skep.v1';
