import { objectOf } from '../object-of.js';
import { int, list, optional, text } from '../schema.js';

/** Hardware and operating system of a node or an image. */
export interface Platform {
  /** Processor architecture, such as `x86_64` or `aarch64`; empty when unknown. */
  readonly architecture: string;
  /** Operating system, such as `linux` or `windows`; empty when unknown. */
  readonly os: string;
}
export const platform = objectOf<Platform>()({ architecture: text(), os: text() });

/** Resources that users define, such as GPUs: one named piece, or a number of pieces. */
export interface GenericResource {
  /** Sort of the resource, such as `gpu`. */
  readonly kind: string;
  /** Identifier of one particular piece, such as a GPU's id. */
  readonly named?: string;
  /** Number of pieces that are all alike. */
  readonly discrete?: number;
}
export const genericResource = objectOf<GenericResource>()({
  kind: text(),
  named: optional(text()),
  discrete: optional(int()),
});

/** Amounts of processor, memory and other resources. */
export interface Resources {
  /** Processor time in billionths of a CPU: 1,500,000,000 is one and a half CPUs. Default 0. */
  readonly nanoCpus: number;
  /** Memory in bytes. Default 0. */
  readonly memoryBytes: number;
  /** Amounts of the resources that users define. */
  readonly generic: readonly GenericResource[];
  /** Processes; means something only as a limit. Default 0: no limit. */
  readonly pids: number;
}
export const resources = objectOf<Resources>()({
  nanoCpus: int(),
  memoryBytes: int(),
  generic: list(genericResource),
  pids: int(),
});
