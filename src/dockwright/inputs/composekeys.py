"""Keys that a compose file may have, and the kinds of their values: the compose specification's schema, 2025-09, as facts.

A kind is s (text), i (integer), n (number), b (boolean), z (nothing), l (list of texts), m (any mapping), `[kinds]` a list of these,
`{kinds}` a mapping with any names to these, `@name` a mapping with the keys of that name here; `key!` is required, and `*` at the
end allows other keys. Keys that begin with `x-` are allowed everywhere.
"""

from __future__ import annotations

KEYS = {
    "file": (
        "version:s name:s include:[s,@include] services:{@service} models:{@model} networks:{@network,z} "
        "volumes:{@volume,z} secrets:{@secret} configs:{@config}"
    ),
    "include": "path:s|l env_file:s|l project_directory:s",
    "service": (
        "develop:@development|z deploy:@deployment|z annotations:{s,n,b,z}|l attach:b|s build:s|@service_build "
        "blkio_config:@service_blkio_config cap_add:l cap_drop:l cgroup:s cgroup_parent:s command:z|s|l "
        "configs:[s,@service_config_or_secret] container_name:s cpu_count:s|i cpu_percent:s|i cpu_shares:n|s "
        "cpu_quota:n|s cpu_period:n|s cpu_rt_period:n|s cpu_rt_runtime:n|s cpus:n|s cpuset:s "
        "credential_spec:@service_credential_spec depends_on:l|{@service_depends_on_value} device_cgroup_rules:l "
        "devices:[s,@service_devices] dns:s|l dns_opt:l dns_search:s|l domainname:s entrypoint:z|s|l "
        "env_file:s|[s,@env_file] label_file:s|l environment:{s,n,b,z}|l expose:[s,n] extends:s|@service_extends "
        "provider:@service_provider external_links:l extra_hosts:{s,l}|l gpus:s|[@gpus] group_add:[s,n] "
        "healthcheck:@healthcheck hostname:s image:s init:b|s ipc:s isolation:s labels:{s,n,b,z}|l links:l "
        "logging:@service_logging mac_address:s mem_limit:n|s mem_reservation:s|i mem_swappiness:i|s "
        "memswap_limit:n|s network_mode:s models:l|{@service_models_value,z} "
        "networks:l|{@service_networks_value,z} oom_kill_disable:b|s oom_score_adj:s|i pid:s|z pids_limit:n|s "
        "platform:s ports:[n,s,@service_ports] post_start:[@service_hook] pre_stop:[@service_hook] privileged:b|s "
        "profiles:l pull_policy:s pull_refresh_after:s read_only:b|s restart:s runtime:s scale:i|s security_opt:l "
        "shm_size:n|s secrets:[s,@service_config_or_secret] sysctls:{s,n,b,z}|l stdin_open:b|s stop_grace_period:s "
        "stop_signal:s storage_opt:m tmpfs:s|l tty:b|s ulimits:{i,s,@ulimits_value} use_api_socket:b user:s uts:s "
        "userns_mode:s volumes:[s,@service_volumes] volumes_from:l working_dir:s"
    ),
    "development": "watch:[@development_watch]",
    "development_watch": "ignore:s|l include:s|l path!:s action!:s target:s exec:@service_hook initial_sync:b",
    "service_hook": "command!:z|s|l user:s privileged:b|s working_dir:s environment:{s,n,b,z}|l",
    "deployment": (
        "mode:s endpoint_mode:s replicas:i|s labels:{s,n,b,z}|l rollback_config:@deployment_rollback_config "
        "update_config:@deployment_update_config resources:@deployment_resources "
        "restart_policy:@deployment_restart_policy placement:@deployment_placement"
    ),
    "deployment_rollback_config": "parallelism:i|s delay:s failure_action:s monitor:s max_failure_ratio:n|s order:s",
    "deployment_update_config": "parallelism:i|s delay:s failure_action:s monitor:s max_failure_ratio:n|s order:s",
    "deployment_resources": "limits:@deployment_resources_limits reservations:@deployment_resources_reservations",
    "deployment_resources_limits": "cpus:n|s memory:s pids:i|s",
    "deployment_resources_reservations": "cpus:n|s memory:s generic_resources:[@generic_resources] devices:[@devices]",
    "generic_resources": "discrete_resource_spec:@generic_resources_discrete_resource_spec",
    "generic_resources_discrete_resource_spec": "kind:s value:n|s",
    "devices": "capabilities!:l count:s|i device_ids:l driver:s options:{s,n,b,z}|l",
    "deployment_restart_policy": "condition:s delay:s max_attempts:i|s window:s",
    "deployment_placement": "constraints:l preferences:[@deployment_placement_preferences] max_replicas_per_node:i|s",
    "deployment_placement_preferences": "spread:s",
    "service_build": (
        "context:s dockerfile:s dockerfile_inline:s entitlements:l args:{s,n,b,z}|l ssh:{s,n,b,z}|l "
        "labels:{s,n,b,z}|l cache_from:l cache_to:l no_cache:b|s additional_contexts:{s,n,b,z}|l network:s "
        "provenance:s|b sbom:s|b pull:b|s target:s shm_size:i|s extra_hosts:{s,l}|l isolation:s privileged:b|s "
        "secrets:[s,@service_config_or_secret] tags:l ulimits:{i,s,@ulimits_value} platforms:l"
    ),
    "service_config_or_secret": "source:s target:s uid:s gid:s mode:n|s",
    "ulimits_value": "hard!:i|s soft!:i|s",
    "service_blkio_config": (
        "device_read_bps:[@blkio_limit] device_read_iops:[@blkio_limit] device_write_bps:[@blkio_limit] "
        "device_write_iops:[@blkio_limit] weight:i|s weight_device:[@blkio_weight]"
    ),
    "blkio_limit": "path:s rate:i|s",
    "blkio_weight": "path:s weight:i|s",
    "service_credential_spec": "config:s file:s registry:s",
    "service_depends_on_value": "restart:b|s required:b condition!:s",
    "service_devices": "source!:s target:s permissions:s",
    "env_file": "path!:s format:s required:b|s",
    "service_extends": "service!:s file:s",
    "service_provider": "type!:s options:{s,n,b,[s,n,b]}",
    "gpus": "capabilities:l count:s|i device_ids:l driver:s options:{s,n,b,z}|l *",
    "healthcheck": "disable:b|s interval:s retries:n|s test:s|l timeout:s start_period:s start_interval:s",
    "service_logging": "driver:s options:{s,n,z}",
    "service_models_value": "endpoint_var:s model_var:s",
    "service_networks_value": (
        "aliases:l interface_name:s ipv4_address:s ipv6_address:s link_local_ips:l mac_address:s driver_opts:{s,n} "
        "priority:n gw_priority:n"
    ),
    "service_ports": "name:s mode:s host_ip:s target:i|s published:s|i protocol:s app_protocol:s",
    "service_volumes": (
        "type!:s source:s target:s read_only:b|s consistency:s bind:@service_volumes_bind "
        "volume:@service_volumes_volume tmpfs:@service_volumes_tmpfs image:@service_volumes_image"
    ),
    "service_volumes_bind": "propagation:s create_host_path:b|s recursive:s selinux:s",
    "service_volumes_volume": "labels:{s,n,b,z}|l nocopy:b|s subpath:s",
    "service_volumes_tmpfs": "size:i|s mode:n|s",
    "service_volumes_image": "subpath:s",
    "model": "name:s model!:s context_size:i runtime_flags:l",
    "network": (
        "name:s driver:s driver_opts:{s,n} ipam:@network_ipam external:b|s|@network_external internal:b|s "
        "enable_ipv4:b|s enable_ipv6:b|s attachable:b|s labels:{s,n,b,z}|l"
    ),
    "network_ipam": "driver:s config:[@network_ipam_config] options:{s}",
    "network_ipam_config": "subnet:s ip_range:s gateway:s aux_addresses:{s}",
    "network_external": "name:s",
    "volume": "name:s driver:s driver_opts:{s,n} external:b|s|@volume_external labels:{s,n,b,z}|l",
    "volume_external": "name:s",
    "secret": (
        "name:s environment:s file:s external:b|s|@secret_external labels:{s,n,b,z}|l driver:s driver_opts:{s,n} "
        "template_driver:s"
    ),
    "secret_external": "name:s *",
    "config": "name:s content:s environment:s file:s external:b|s|@config_external labels:{s,n,b,z}|l template_driver:s",
    "config_external": "name:s *",
}
