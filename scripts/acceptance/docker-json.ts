/** Parts of Docker's answers that the checks read. */
export interface DockerTask {
  readonly ID: string;
  readonly Slot?: number;
  readonly NodeID?: string;
  readonly DesiredState: string;
  readonly Spec: { readonly ContainerSpec: { readonly Image: string } };
  readonly Status: {
    readonly State: string;
    readonly Message?: string;
    readonly Err?: string;
    readonly ContainerStatus?: { readonly ContainerID: string };
  };
}

export interface DockerService {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: {
    readonly Name: string;
    readonly TaskTemplate: DockerTask['Spec'];
    readonly [field: string]: unknown;
  };
  readonly PreviousSpec?: object;
  readonly UpdateStatus?: { readonly State: string; readonly Message: string };
}

/** An entry of an engine's list, with the name of the engine. */
export interface Container {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  readonly Status: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly engine: string;
}
