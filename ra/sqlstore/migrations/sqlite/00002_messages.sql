-- +goose Up

-- Messages of SMEV that the authority has made: inquiries, and replies to
-- requests of others. A key has one message with latest = 1. request_id is the
-- request that the message is about, '' if none. data is what is personal of
-- it, sealed under the key wrapped (NULL: in the clear), which whoever wraps
-- keys knows by case_id.
CREATE TABLE sent (
    message_id   TEXT    PRIMARY KEY,
    key          TEXT    NOT NULL,
    latest       INTEGER NOT NULL,
    request_id   TEXT    NOT NULL,
    state        INTEGER NOT NULL,
    verification TEXT    NOT NULL,
    namespace    TEXT    NOT NULL,
    made_ms      INTEGER NOT NULL,
    case_id      TEXT    NOT NULL,
    wrapped      BLOB,
    data         BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX sent_latest ON sent (key) WHERE latest = 1;
CREATE INDEX sent_key     ON sent (key);
CREATE INDEX sent_request ON sent (request_id) WHERE request_id <> '';

-- Messages taken from the queues of SMEV, numbered as they were kept: in the
-- role 1 responses, 2 statuses, 3 requests of others. queue is 'request' of a
-- request that waits for a reply, 'stray' of what nobody will ask for, '' of
-- all others.
CREATE TABLE received (
    n           INTEGER PRIMARY KEY,
    message_id  TEXT    NOT NULL,
    role        INTEGER NOT NULL,
    original_id TEXT    NOT NULL,
    queue       TEXT    NOT NULL,
    distrust    TEXT    NOT NULL,
    received_ms INTEGER NOT NULL,
    case_id     TEXT    NOT NULL,
    wrapped     BLOB,
    data        BLOB    NOT NULL,
    UNIQUE (message_id, role)
) STRICT;
CREATE INDEX received_original ON received (original_id, n) WHERE role <> 3;
CREATE INDEX received_queue    ON received (queue, n) WHERE queue <> '';
