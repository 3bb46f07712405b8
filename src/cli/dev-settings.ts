/** Settings of `skep dev`. */
export interface DevSettings {
  /** Folder that keeps the members; memory without it. */
  readonly dir: string | undefined;
  readonly members: number;
  /** Port of the first member. */
  readonly port: number;
  /** Address of the HTTP endpoint; the default gives way to another port when it is taken. */
  readonly http: { readonly addr: string; readonly isDefault: boolean };
  /** Modules of custom kinds. */
  readonly kinds: readonly string[];
  /** True: keys are read from an input that is no terminal. */
  readonly keys: boolean;
  readonly logLevel: string;
}
