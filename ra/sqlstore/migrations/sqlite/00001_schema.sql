-- +goose Up

-- Both dialects have the same tables, columns, keys and indexes; types, the
-- search for parts of names and the language of triggers differ. Times are
-- milliseconds since 1970.

-- A request: the columns that queries ask for, and the whole of it. n is what
-- the search index knows it by.
CREATE TABLE request (
    n          INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    version    INTEGER NOT NULL,
    process    TEXT    NOT NULL,
    definition TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    queue      TEXT    NOT NULL,
    partner    TEXT    NOT NULL,
    assignee   TEXT    NOT NULL,
    trouble    INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    inn        TEXT    NOT NULL,
    snils      TEXT    NOT NULL,
    key        BLOB,
    data       BLOB    NOT NULL
) STRICT;
CREATE INDEX request_updated  ON request (updated_ms, id);
CREATE INDEX request_state    ON request (state, updated_ms, id);
CREATE INDEX request_queue    ON request (queue, updated_ms, id) WHERE queue <> '';
CREATE INDEX request_pinned   ON request (definition) WHERE queue <> '';
CREATE INDEX request_partner  ON request (partner, updated_ms, id) WHERE partner <> '';
CREATE INDEX request_assignee ON request (assignee, updated_ms, id) WHERE assignee <> '';
CREATE INDEX request_trouble  ON request (updated_ms, id) WHERE trouble = 1;
CREATE INDEX request_name     ON request (name, updated_ms, id) WHERE name <> '';
CREATE INDEX request_inn      ON request (inn) WHERE inn <> '';
CREATE INDEX request_snils    ON request (snils) WHERE snils <> '';

-- The parts of names, three letters each. What is deleted is overwritten.
CREATE VIRTUAL TABLE request_part USING fts5 (
    name, content = 'request', content_rowid = 'n', detail = 'none', columnsize = 0, tokenize = 'trigram case_sensitive 1'
);
INSERT INTO request_part (request_part, rank) VALUES ('secure-delete', 1);
-- +goose StatementBegin
CREATE TRIGGER request_is_found AFTER INSERT ON request WHEN new.name <> ''
BEGIN INSERT INTO request_part (rowid, name) VALUES (new.n, new.name); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER request_is_lost AFTER UPDATE OF name ON request WHEN old.name <> new.name AND old.name <> ''
BEGIN INSERT INTO request_part (request_part, rowid, name) VALUES ('delete', old.n, old.name); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER request_is_found_again AFTER UPDATE OF name ON request WHEN old.name <> new.name AND new.name <> ''
BEGIN INSERT INTO request_part (rowid, name) VALUES (new.n, new.name); END;
-- +goose StatementEnd

-- The journal: lines 1 … version of each request.
CREATE TABLE line (
    request_id TEXT    NOT NULL REFERENCES request (id),
    seq        INTEGER NOT NULL,
    at_ms      INTEGER NOT NULL,
    data       BLOB    NOT NULL,
    PRIMARY KEY (request_id, seq)
) STRICT, WITHOUT ROWID;

-- Documents and process definitions by the hash of what is stored, in parts
-- of 1 MiB.
CREATE TABLE blob (
    name TEXT    NOT NULL,
    part INTEGER NOT NULL,
    data BLOB    NOT NULL,
    PRIMARY KEY (name, part)
) STRICT;

-- Effects to run, numbered as they were ordered. ready_ms is when the last
-- attempt could have begun.
CREATE TABLE task (
    n          INTEGER PRIMARY KEY,
    key        TEXT    NOT NULL UNIQUE,
    request_id TEXT    NOT NULL REFERENCES request (id),
    effect     TEXT    NOT NULL,
    seq        INTEGER NOT NULL,
    state      TEXT    NOT NULL,
    attempt    INTEGER NOT NULL,
    failures   INTEGER NOT NULL,
    ready_ms   INTEGER NOT NULL,
    due_ms     INTEGER NOT NULL,
    note       BLOB,
    error      TEXT    NOT NULL
) STRICT;
CREATE INDEX task_due     ON task (due_ms, n) WHERE state = 'intended';
CREATE INDEX task_request ON task (request_id, n);

CREATE TABLE timer (
    request_id TEXT    NOT NULL REFERENCES request (id),
    name       TEXT    NOT NULL,
    seq        INTEGER NOT NULL,
    due_ms     INTEGER NOT NULL,
    PRIMARY KEY (request_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX timer_due ON timer (due_ms, request_id, name);

-- Names that one request holds for ever, such as its public key.
CREATE TABLE claim (
    name       TEXT PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES request (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX claim_request ON claim (request_id);

-- Answers to commands that came with a key.
CREATE TABLE command (
    key        TEXT    PRIMARY KEY,
    request_id TEXT    NOT NULL,
    answer     BLOB    NOT NULL,
    at_ms      INTEGER NOT NULL
) STRICT;
CREATE INDEX command_at      ON command (at_ms, key);
CREATE INDEX command_request ON command (request_id);

-- The audit trail. place is where the leaf stands in the tree, once sealed.
CREATE TABLE leaf (
    id         INTEGER PRIMARY KEY,
    place      INTEGER UNIQUE,
    request_id TEXT    NOT NULL REFERENCES request (id),
    seq        INTEGER NOT NULL,
    body       BLOB    NOT NULL
) STRICT;
CREATE INDEX leaf_unsealed ON leaf (id) WHERE place IS NULL;

-- Trees over the first size leaves. base is the size of the tree before.
CREATE TABLE checkpoint (
    size  INTEGER PRIMARY KEY,
    base  INTEGER NOT NULL UNIQUE,
    root  BLOB    NOT NULL,
    note  BLOB    NOT NULL,
    at_ms INTEGER NOT NULL,
    CHECK (size > base)
) STRICT;

-- What is written once stays, but that erasing blanks the data of lines and
-- sealing gives a leaf its place.
-- +goose StatementBegin
CREATE TRIGGER line_is_final BEFORE UPDATE ON line
WHEN length(new.data) > 0 OR new.request_id <> old.request_id OR new.seq <> old.seq OR new.at_ms <> old.at_ms
BEGIN SELECT RAISE(ABORT, 'lines of a journal are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER line_is_kept BEFORE DELETE ON line
BEGIN SELECT RAISE(ABORT, 'lines of a journal are never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER blob_is_final BEFORE UPDATE ON blob
BEGIN SELECT RAISE(ABORT, 'documents are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER leaf_is_final BEFORE UPDATE ON leaf
WHEN old.place IS NOT NULL OR new.id <> old.id OR new.request_id <> old.request_id OR new.seq <> old.seq OR new.body <> old.body
BEGIN SELECT RAISE(ABORT, 'leaves of the audit trail are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER leaf_is_kept BEFORE DELETE ON leaf
BEGIN SELECT RAISE(ABORT, 'leaves of the audit trail are never removed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER checkpoint_is_final BEFORE UPDATE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER checkpoint_is_kept BEFORE DELETE ON checkpoint
BEGIN SELECT RAISE(ABORT, 'checkpoints are never removed'); END;
-- +goose StatementEnd
