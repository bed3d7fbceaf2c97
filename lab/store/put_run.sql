INSERT OR REPLACE INTO runs (
  name, stamp, started_ms, started_at, seconds, command, host, arch, kernel, emulated,
  experiments, techniques, warnings, invalidated, error
) VALUES (
  :name, :stamp, :started_ms, :started_at, :seconds, :command, :host, :arch, :kernel, :emulated,
  :experiments, :techniques, :warnings, :invalidated, :error
);
