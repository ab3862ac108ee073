"""A site's database is made by root of the server, whose password somebody types, and filled: both at once, as older frameworks do."""
import getpass
import gzip
import subprocess

import atelier
import pymysql
from atelier.database import database_words


def setup_database(force, source_sql, verbose):
    conf = atelier.local.conf
    root = pymysql.connect(host=conf.db_host, port=int(conf.db_port), user="root", password=getpass.getpass("root's password: "))
    with root.cursor() as cursor:
        if force:
            cursor.execute(f"DROP DATABASE IF EXISTS `{conf.db_name}`")
        cursor.execute(f"CREATE DATABASE `{conf.db_name}`")
    bootstrap_database(conf.db_name, verbose, source_sql)


def bootstrap_database(db_name, verbose, source_sql=None):
    if verbose:
        print("filling", db_name)
    atelier.connect()
    words, environment = database_words("mariadb")
    with gzip.open(source_sql) as file:
        subprocess.run(words, env=environment, input=file.read(), check=True)
