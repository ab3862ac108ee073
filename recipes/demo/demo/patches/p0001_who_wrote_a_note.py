"""A note says who wrote it. Before, only Administrator could."""

from .. import store


def apply(db, site):
    store.rows(db, "ALTER TABLE note ADD COLUMN IF NOT EXISTS author VARCHAR(140) NOT NULL DEFAULT 'Administrator'")
