// Where a container may run, where it runs best, and why not elsewhere.
export type { ContainerView, HostPort, ImageView, NodeView, Wanted } from './node-view.js';
