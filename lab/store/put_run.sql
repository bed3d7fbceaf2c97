-- What was known of the run is deleted before.
INSERT INTO runs (
  name, stamp, started_ms, started_at, seconds, command, host, arch, kernel, machine, identity,
  emulated, experiments, techniques, flavours, failed, warnings, invalidated, error
) VALUES (
  :name, :stamp, :started_ms, :started_at, :seconds, :command, :host, :arch, :kernel, :machine,
  :identity, :emulated, :experiments, :techniques, :flavours, :failed, :warnings, :invalidated, :error
);
