/** Label of the stack that an object belongs to, as Docker's. */
export const stackLabel = 'com.docker.stack.namespace';
