"""What a site keeps in its database."""

import hashlib
import json
import os
import secrets
import shutil
from contextlib import closing, suppress

from werkzeug.security import check_password_hash, generate_password_hash

SESSION_DAYS = 3
JOB_SECONDS = 120  # the longest a job may take; the worker ends it after that

TABLES = (
    """note (id INT AUTO_INCREMENT PRIMARY KEY, text VARCHAR(2000) NOT NULL, at DATETIME(3) NOT NULL,
        author VARCHAR(140) NOT NULL DEFAULT 'Administrator')""",
    """job (id CHAR(32) PRIMARY KEY, queue VARCHAR(20) NOT NULL, state VARCHAR(10) NOT NULL,
        result TEXT, asked DATETIME(3) NOT NULL, started DATETIME(3), ended DATETIME(3), KEY (asked))""",
    """counter (name VARCHAR(40) PRIMARY KEY, value BIGINT NOT NULL, at DATETIME(3) NOT NULL)""",
    """user (name VARCHAR(140) PRIMARY KEY, password VARCHAR(255) NOT NULL)""",
    """session (id CHAR(64) PRIMARY KEY, user VARCHAR(140) NOT NULL, at DATETIME NOT NULL)""",
)


PATCHES = "patch (name VARCHAR(140) PRIMARY KEY, at DATETIME(3) NOT NULL)"


def create_tables(db, patches):
    """A new site's tables need none of the patches; a site of before there were any has its administrator already."""
    for table in TABLES:
        create_table(db, table)
    if not has_patches(db) and not has_user(db, "Administrator"):
        create_table(db, PATCHES.replace("patch", "patch_new", 1))
        for name in patches:
            change(db, "REPLACE INTO patch_new (name, at) VALUES (%s, UTC_TIMESTAMP(3))", name)
        rows(db, "RENAME TABLE patch_new TO patch")


def create_table(db, table):
    rows(db, "CREATE TABLE IF NOT EXISTS " + table + " ENGINE=InnoDB")


def has_patches(db):
    return row(db, "SHOW TABLES LIKE 'patch'") is not None


def applied(db):
    """Names of the patches that a site has had; none yet for one that is older than patches are."""
    create_table(db, PATCHES)
    return {found["name"] for found in rows(db, "SELECT name FROM patch")}


def note_patch(db, name):
    change(db, "INSERT INTO patch (name, at) VALUES (%s, UTC_TIMESTAMP(3))", name)


def rows(db, sql, *values):
    with closing(db.cursor()) as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def row(db, sql, *values):
    found = rows(db, sql, *values)
    return found[0] if found else None


def change(db, sql, *values):
    """Returns how many rows changed and the id of a new one."""
    with closing(db.cursor()) as cursor:
        return cursor.execute(sql, values), cursor.lastrowid


def server(db):
    return row(db, "SELECT VERSION() AS version")["version"].split("-")[0]


def notes(db):
    return rows(db, "SELECT id, text, at, author FROM note ORDER BY id DESC LIMIT 100")


def add_note(db, text, author):
    return change(db, "INSERT INTO note (text, author, at) VALUES (%s, %s, UTC_TIMESTAMP(3))", text, author)[1]


def remove_note(db, number):
    return change(db, "DELETE FROM note WHERE id = %s", number)[0] == 1


def jobs(db):
    """The latest ones. A job that outlived its limit was killed with its worker."""
    found = rows(db, """SELECT id, queue, result, asked, started, ended,
        IF(state = 'running' AND started < UTC_TIMESTAMP() - INTERVAL %s SECOND, 'lost', state) AS state
        FROM job ORDER BY asked DESC LIMIT 5""", JOB_SECONDS + 30)
    for job in found:
        job["result"] = json.loads(job["result"]) if job["result"] else None
    return found


def add_job(db, job, queue):
    change(db, "INSERT INTO job (id, queue, state, asked) VALUES (%s, %s, 'queued', UTC_TIMESTAMP(3))", job, queue)


def remove_job(db, job):
    change(db, "DELETE FROM job WHERE id = %s", job)


def start_job(db, job):
    change(db, "UPDATE job SET state = 'running', started = UTC_TIMESTAMP(3) WHERE id = %s", job)


def end_job(db, job, result):
    change(db, "UPDATE job SET state = 'done', result = %s, ended = UTC_TIMESTAMP(3) WHERE id = %s",
           json.dumps(result), job)


def count(db, name):
    change(db, """INSERT INTO counter (name, value, at) VALUES (%s, 1, UTC_TIMESTAMP(3))
        ON DUPLICATE KEY UPDATE value = value + 1, at = VALUES(at)""", name)
    return counter(db, name)


def counter(db, name):
    return row(db, "SELECT value, at FROM counter WHERE name = %s", name)


def set_password(db, user, password):
    change(db, "REPLACE INTO user (name, password) VALUES (%s, %s)", user, generate_password_hash(password))
    change(db, "DELETE FROM session WHERE user = %s", user)


def remove_secrets(db):
    change(db, "DELETE FROM user")
    change(db, "DELETE FROM session")


def date_patches(db):
    """A site that came as a copy was made now."""
    change(db, "UPDATE patch SET at = UTC_TIMESTAMP(3)")


def has_user(db, user):
    return row(db, "SELECT 1 FROM user WHERE name = %s", user) is not None


def login(db, user, password):
    """Returns a session's key for the cookie, or None. Only its digest is stored."""
    found = row(db, "SELECT name, password FROM user WHERE name = %s", user)
    if not found or not check_password_hash(found["password"], password):
        return None
    key = secrets.token_urlsafe(32)
    change(db, "INSERT INTO session (id, user, at) VALUES (%s, %s, UTC_TIMESTAMP())", _digest(key), found["name"])
    return key


def session_user(db, key):
    found = row(db, "SELECT user FROM session WHERE id = %s AND at > UTC_TIMESTAMP() - INTERVAL %s DAY",
                _digest(key), SESSION_DAYS)
    return found and found["user"]


def logout(db, key):
    change(db, "DELETE FROM session WHERE id = %s", _digest(key))


def forget_old(db):
    change(db, "DELETE FROM session WHERE at < UTC_TIMESTAMP() - INTERVAL %s DAY", SESSION_DAYS)
    change(db, "DELETE FROM job WHERE asked < UTC_TIMESTAMP() - INTERVAL 7 DAY")


def keep_file(stream, folder, name):
    """On disk, with its name, once this returns: what is answered then is there after a power cut. Of two at once the last one wins whole."""
    if not os.path.isdir(folder):
        os.makedirs(folder, exist_ok=True)
        sync_folder(os.path.dirname(folder))
    part = os.path.join(os.path.dirname(folder), f".{secrets.token_hex(8)}.part")
    try:
        with open(part, "xb") as file:
            shutil.copyfileobj(stream, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, os.path.join(folder, name))
    except BaseException:
        with suppress(FileNotFoundError):
            os.remove(part)
        raise
    sync_folder(folder)


def sync_folder(path):
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _digest(key):
    return hashlib.sha256(key.encode()).hexdigest()
