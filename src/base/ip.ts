/** The version of the address, 4 or 6; 0 for what is none. Node's, without the rest of what it does with networks. */
export { isIP } from 'node:net';
