/** Keys of Compose that have no meaning in a cluster, by the place where they stand. Each is a warning. */

/** Of a service. */
export const serviceLeftOut = [
  'annotations', 'attach', 'blkio_config', 'build', 'cgroup', 'cgroup_parent', 'container_name', 'cpu_count', 'cpu_percent',
  'cpu_period', 'cpu_quota', 'cpu_rt_period', 'cpu_rt_runtime', 'cpu_shares', 'cpus', 'cpuset', 'depends_on', 'develop',
  'device_cgroup_rules', 'devices', 'domainname', 'expose', 'external_links', 'gpus', 'ipc', 'label_file', 'links',
  'mac_address', 'mem_limit', 'mem_reservation', 'mem_swappiness', 'memswap_limit', 'models', 'network_mode',
  'oom_kill_disable', 'pid', 'pids_limit', 'platform', 'post_start', 'pre_stop', 'privileged', 'provider', 'pull_policy',
  'runtime', 'scale', 'shm_size', 'storage_opt', 'use_api_socket', 'userns_mode', 'uts', 'volumes_from',
  'cgroupns_mode',
]; // prettier-ignore

/** Of a network that a service joins. */
export const attachmentLeftOut = [
  'driver_opts',
  'gw_priority',
  'interface_name',
  'ipv4_address',
  'ipv6_address',
  'link_local_ips',
  'mac_address',
  'priority',
];

/** Of `deploy.resources.limits` and `.reservations`. */
export const resourcesLeftOut = ['devices'];

/** Of a mount in its long form, and of its options. */
export const mountLeftOut = ['consistency'];
export const bindLeftOut = ['create_host_path', 'recursive', 'selinux'];

/** Of a network at the top of the file. */
export const networkLeftOut = ['enable_ipv4'];

/** At the top of the file. */
export const topLeftOut = ['models'];
