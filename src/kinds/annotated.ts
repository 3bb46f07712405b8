import type { Annotations } from './parts/index.js';
import type { DeepPartial } from './schema.js';

/** Finds the name and the annotations in an object of a kind, and in a literal that has some of its fields. */
export interface NamedParts<T> {
  readonly nameOf: (object: T) => string;
  readonly wantedName: (wanted: DeepPartial<T>) => string | undefined;
  readonly annotationsOf: (object: DeepPartial<T>) => DeepPartial<Annotations> | undefined;
}

interface Annotated {
  readonly spec: { readonly annotations: Annotations };
}

/** Of the kinds whose `spec.annotations` hold the name: most. */
export const specParts: NamedParts<Annotated> = {
  nameOf: ({ spec }) => spec.annotations.name,
  wantedName: ({ spec }) => spec?.annotations?.name,
  annotationsOf: ({ spec }) => spec?.annotations,
};
