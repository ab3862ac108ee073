import os

import atelier


def database_words(program):
    conf = atelier.local.conf
    words = [program, f"--host={conf.db_host}", f"--port={conf.db_port}", f"--user={conf.db_user or conf.db_name}", conf.db_name]
    return words, dict(os.environ, MYSQL_PWD=conf.db_password)


def setup_database(force, source_sql=None, verbose=None):
    from atelier.database.mariadb import setup_db

    return setup_db.setup_database(force, source_sql, verbose)
