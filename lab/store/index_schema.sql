-- What a list of runs shows, copied from the run directories; it can be thrown away at any time.
DROP TABLE IF EXISTS runs;

CREATE TABLE runs (
  name TEXT PRIMARY KEY,       -- of the run directory
  stamp TEXT NOT NULL,         -- identity, size and times of run.json: differs when it was changed
  started_ms INTEGER NOT NULL, -- milliseconds since 1970
  started_at TEXT NOT NULL,
  seconds REAL,                -- this and the following are NULL when the run is damaged
  command TEXT,
  host TEXT,
  arch TEXT,
  kernel TEXT,
  emulated INTEGER,
  experiments TEXT,            -- JSON list
  techniques TEXT,             -- JSON list
  warnings INTEGER,
  invalidated INTEGER,
  error TEXT                   -- NULL when the run can be read
) STRICT, WITHOUT ROWID;

CREATE INDEX newest ON runs (started_ms DESC, name DESC);
