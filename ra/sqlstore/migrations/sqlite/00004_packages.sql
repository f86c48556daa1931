-- +goose Up

-- Packages of documents for people's Goskey applications. request_id is the
-- request of the authority that the package is about, '' if none. request is
-- what is to be signed, progress what became of it; both sealed under the key
-- wrapped (NULL: in the clear), which whoever wraps keys knows by case_id.
CREATE TABLE package (
    id         TEXT    PRIMARY KEY,
    version    INTEGER NOT NULL,
    request_id TEXT    NOT NULL,
    case_id    TEXT    NOT NULL,
    wrapped    BLOB,
    request    BLOB    NOT NULL,
    progress   BLOB    NOT NULL
) STRICT;
CREATE INDEX package_request ON package (request_id) WHERE request_id <> '';
