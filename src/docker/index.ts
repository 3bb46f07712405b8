// The HTTP API of Docker, in front of a fleet.
export {};
