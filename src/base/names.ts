/** Most characters of a name of a service, network, cluster or member. */
export const nameMax = 63;
/** Syntax of the API and of Compose files for the names of services, networks and clusters. */
const syntax = /^[A-Za-z0-9](?:[-_]*[A-Za-z0-9])*$/;

export const nameRule = `must be at most ${nameMax} letters, digits, - and _, and begin and end with a letter or digit`;

export function isName(name: string): boolean {
  return name.length <= nameMax && syntax.test(name);
}

const memberSyntax = /^[A-Za-z0-9](?:[-_.]*[A-Za-z0-9])*$/;

export const memberNameRule = `a member's name must be at most ${nameMax} letters, digits, ".", "-" and "_"`;

export function isMemberName(name: string): boolean {
  return name.length <= nameMax && memberSyntax.test(name);
}

/** Syntax of the names of secrets and configs: like files, with dots. */
const fileSyntax = /^[A-Za-z0-9](?:[-_.]*[A-Za-z0-9])*$/;
const fileNameMax = 64;

export const fileNameRule = `must be at most ${fileNameMax} letters, digits, ".", "-" and "_", and begin and end with a letter or digit`;

export function isFileName(name: string): boolean {
  return name.length <= fileNameMax && fileSyntax.test(name);
}
