-- +goose Up

-- The table of the SQLite schema beside this one, where its meaning is told.
CREATE TABLE package (
    id         TEXT   COLLATE "C" PRIMARY KEY,
    version    BIGINT NOT NULL,
    request_id TEXT   COLLATE "C" NOT NULL,
    case_id    TEXT   COLLATE "C" NOT NULL,
    wrapped    BYTEA,
    request    BYTEA  NOT NULL,
    progress   BYTEA  NOT NULL
);
CREATE INDEX package_request ON package (request_id) WHERE request_id <> '';
