-- What a list of runs shows, copied from the run directories; it can be thrown away at any time.
DROP TABLE IF EXISTS runs;
DROP TABLE IF EXISTS tags;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,      -- for tags; another one when the run changed
  name TEXT NOT NULL UNIQUE,   -- of the run directory
  stamp TEXT NOT NULL,         -- identity, size and times of run.json: differs when it was changed
  started_ms INTEGER NOT NULL, -- milliseconds since 1970
  started_at TEXT NOT NULL,
  seconds REAL,                -- this and the following are NULL when the run is damaged
  command TEXT,
  host TEXT,
  arch TEXT,
  kernel TEXT,
  machine TEXT,                -- what tells machines of the same name apart
  identity TEXT,               -- what tells hosts apart: machine, kernel and how it was started
  emulated INTEGER,
  experiments TEXT,            -- JSON list
  techniques TEXT,             -- JSON list
  flavours TEXT,               -- JSON list: flavours of RCU
  failed TEXT,                 -- JSON list: what was seen not to do what it should
  warnings INTEGER,
  invalidated INTEGER,
  error TEXT                   -- NULL when the run can be read
) STRICT;

CREATE INDEX newest ON runs (started_ms DESC, name DESC);
CREATE INDEX newest_of_host ON runs (identity, started_ms DESC);

-- What runs hold, so that filters need not read their lists.
CREATE TABLE tags (
  kind TEXT NOT NULL,          -- experiment, technique
  value TEXT NOT NULL,
  run INTEGER NOT NULL,
  PRIMARY KEY (kind, value, run)
) STRICT, WITHOUT ROWID;

CREATE INDEX tags_of_run ON tags (run);

CREATE TRIGGER tag AFTER INSERT ON runs BEGIN
  INSERT OR IGNORE INTO tags
    SELECT 'experiment', value, NEW.id FROM json_each(NEW.experiments);
  INSERT OR IGNORE INTO tags
    SELECT 'technique', value, NEW.id FROM json_each(NEW.techniques);
  INSERT OR IGNORE INTO tags
    SELECT 'technique', value, NEW.id FROM json_each(NEW.flavours);
END;

CREATE TRIGGER untag AFTER DELETE ON runs BEGIN
  DELETE FROM tags WHERE run = OLD.id;
END;
