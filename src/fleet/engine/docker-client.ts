/** Client of one Docker engine. */
export class DockerClient {}
