/** Tells whether a text begins with a template: only a task makes a path of it. */
export function isTemplate(path: string): boolean {
  return path.startsWith('{{');
}

/** Tells whether a path inside a container, or on a node, is absolute: on Linux or on Windows. */
export function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path) || path.startsWith('\\\\') || isTemplate(path);
}

/** Tells whether a part of a path leads to its parent. */
export function hasParent(path: string): boolean {
  return path.split(/[\\/]/).includes('..');
}

/** Writes a path without what means nothing: `/a//b/../c/` is `/a/c`. */
export function plainPath(path: string): string {
  if (!path.startsWith('/')) return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
