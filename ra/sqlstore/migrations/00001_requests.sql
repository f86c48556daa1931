-- +goose Up

-- A request as its journal has made it. data is the whole of it as JSON; the
-- columns beside it are what queries ask for.
CREATE TABLE request (
    id         TEXT    PRIMARY KEY,
    version    INTEGER NOT NULL,
    process    TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    updated_ms INTEGER NOT NULL,
    data       BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

-- The journal: entries 1 … version of each request, never changed.
CREATE TABLE entry (
    request_id TEXT    NOT NULL REFERENCES request (id),
    seq        INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,
    data       BLOB    NOT NULL,
    PRIMARY KEY (request_id, seq)
) STRICT, WITHOUT ROWID;

-- Documents and process definitions by the SHA-256 of their bytes.
CREATE TABLE blob (
    hash TEXT PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- Effects to run.
CREATE TABLE task (
    key        TEXT    PRIMARY KEY,
    request_id TEXT    NOT NULL REFERENCES request (id),
    effect     TEXT    NOT NULL,
    attempt    INTEGER NOT NULL,
    due_ms     INTEGER NOT NULL,
    note       BLOB,
    error      TEXT    NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX task_due ON task (due_ms, key);

-- One deadline for each request that waits in a place.
CREATE TABLE deadline (
    request_id TEXT    PRIMARY KEY REFERENCES request (id),
    event      TEXT    NOT NULL,
    due_ms     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX deadline_due ON deadline (due_ms, request_id);

-- Names that one request holds for ever, such as its public key.
CREATE TABLE claim (
    name       TEXT PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES request (id)
) STRICT, WITHOUT ROWID;

-- The journal and the documents are written once.
-- +goose StatementBegin
CREATE TRIGGER entry_is_final BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'journal entries are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'journal entries are never removed'); END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE claim;
DROP TABLE deadline;
DROP TABLE task;
DROP TABLE blob;
DROP TABLE entry;
DROP TABLE request;
