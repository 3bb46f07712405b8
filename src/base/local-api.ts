/** The API of a member in this process: what a client asks instead of opening a connection. */
export interface LocalApi {
  /** Returns the code behind a method of the API, by the path that gRPC gives it. Made for `Client` alone. */
  handlerOf(path: string): Promise<unknown>;
}
