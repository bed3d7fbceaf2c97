-- What was known of the run is deleted before.
INSERT INTO runs (
  name, stamp, started_ms, started_at, seconds, command, host, arch, kernel, machine, emulated,
  experiments, techniques, flavours, warnings, invalidated, error
) VALUES (
  :name, :stamp, :started_ms, :started_at, :seconds, :command, :host, :arch, :kernel, :machine,
  :emulated, :experiments, :techniques, :flavours, :warnings, :invalidated, :error
);
