"""The web side: `application` is what Gunicorn serves."""

import json
import logging
import os
from contextlib import closing
from datetime import datetime
from urllib.parse import urlsplit

import pymysql
import redis
from werkzeug import Request as BaseRequest
from werkzeug import Response
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, NotFound, ServiceUnavailable, Unauthorized
from werkzeug.middleware.shared_data import SharedDataMiddleware
from werkzeug.routing import Map, Rule
from werkzeug.utils import cached_property, secure_filename, send_file

from . import bench, jobs, store, version

HERE = os.path.dirname(__file__)
URLS = Map()
log = logging.getLogger("demo")


class Request(BaseRequest):
    site = None
    _db = None

    @property
    def db(self):
        if self._db is None:
            self._db = self.site.connect()
        return self._db

    def close_db(self):
        if self._db is not None:
            with closing(self._db):
                self._db = None

    @cached_property
    def user(self):
        key = self.cookies.get("sid")
        return store.session_user(self.db, key) if key else None

    @property
    def fields(self):
        """What was sent, as JSON or as a form."""
        sent = self.get_json() if self.is_json else self.form
        if not hasattr(sent, "get"):
            raise BadRequest("an object is expected")
        return sent


def route(rule, method="GET"):
    def add(view):
        URLS.add(Rule(rule, endpoint=view, methods=[method]))
        return view
    return add


def answer(data, status=200):
    return Response(json.dumps(data, default=str_time), status, mimetype="application/json",
                    headers={"Cache-Control": "no-store"})


def str_time(value):
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds") + "Z"
    raise TypeError(type(value))


def for_user(view):
    def checked(request, **values):
        if not request.user:
            raise Unauthorized("log in first")
        return view(request, **values)
    return checked


@route("/")
def page(request):
    try:
        bench.cache().incr("demo:views:" + request.site.name)
    except redis.RedisError:
        pass  # the page tells that the cache is away
    with open(os.path.join(HERE, "page.html"), encoding="utf-8") as file:
        return Response(file.read(), mimetype="text/html", headers={"Cache-Control": "no-cache"})


@route("/api/method/ping")
def ping(request):
    store.counter(request.db, "tick")
    return answer({"message": "pong"})


@route("/api/method/login", "POST")
def login(request):
    key = store.login(request.db, str(request.fields.get("usr", "")), str(request.fields.get("pwd", "")))
    if key is None:
        raise Unauthorized("wrong name or password")
    response = answer({"message": "Logged In"})
    response.set_cookie("sid", key, max_age=store.SESSION_DAYS * 86400, httponly=True, samesite="Lax",
                        secure=request.headers.get("X-Forwarded-Proto") == "https")
    return response


@route("/api/method/logout", "POST")
def logout(request):
    if "sid" in request.cookies:
        store.logout(request.db, request.cookies["sid"])
    response = answer({"message": "Logged Out"})
    response.delete_cookie("sid")
    return response


@route("/api/session")
def session(request):
    """Who asks; socketio.js calls this before it lets a browser listen."""
    return answer({"site": request.site.name, "user": request.user})


@route("/api/state")
def state(request):
    site, db = request.site, request.db
    return answer({
        "version": version, "site": site.name, "user": request.user,
        "language": site.config.get("language"), "time_zone": site.config.get("time_zone"),
        "database": {"name": site.config["db_name"], "server": store.server(db)},
        "cache": or_none(lambda: {"views": int(bench.cache().get("demo:views:" + site.name) or 0)}),
        "queue": or_none(jobs.waiting),
        "tick": store.counter(db, "tick"), "jobs": store.jobs(db), "notes": store.notes(db),
        "files": private_files(site) if request.user else [],
    })


def or_none(ask):
    try:
        return ask()
    except redis.RedisError:
        return None


@route("/api/notes")
def notes(request):
    return answer({"notes": store.notes(request.db)})


@route("/api/notes", "POST")
@for_user
def add_note(request):
    text = str(request.fields.get("text", "")).strip()
    if not 1 <= len(text) <= 2000:
        raise BadRequest("a note has 1 to 2000 characters")
    number = store.add_note(request.db, text, request.user)
    bench.publish(request.site, "note", {"id": number, "text": text})
    return answer({"id": number}, 201)


@route("/api/notes/<int:number>", "DELETE")
@for_user
def remove_note(request, number):
    if not store.remove_note(request.db, number):
        raise NotFound("no such note")
    bench.publish(request.site, "note", {"id": number})
    return answer({})


@route("/api/jobs")
def list_jobs(request):
    return answer({"jobs": store.jobs(request.db)})


@route("/api/jobs", "POST")
@for_user
def add_job(request):
    queue, seconds = request.fields.get("queue", "default"), request.fields.get("seconds", 0)
    if queue not in jobs.QUEUES:
        raise BadRequest("the queues are " + ", ".join(jobs.QUEUES))
    if not str(seconds).isdecimal() or int(seconds) > 60:
        raise BadRequest("seconds is a number from 0 to 60")
    return answer({"id": jobs.ask_words(request.site, request.db, queue, int(seconds))}, 202)


def private_files(site):
    folder = site.file("private", "files")
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


@route("/api/files", "POST")
@for_user
def add_file(request):
    sent = request.files.get("file")
    name = sent and secure_filename(sent.filename or "")
    if not name:
        raise BadRequest("a file with a name is expected")
    store.keep_file(sent.stream, request.site.file("private", "files"), name)
    bench.publish(request.site, "file", {"name": name}, private=True)
    return answer({"name": name, "url": "/private/files/" + name}, 201)


@route("/private/files/<name>")
def private_file(request, name):
    if not request.user:
        raise Forbidden("private files are for those who log in")
    if name != secure_filename(name) or name not in private_files(request.site):
        raise NotFound("no such file")
    if request.headers.get("X-Use-X-Accel-Redirect"):
        return Response(headers={"X-Accel-Redirect": "/protected/private/files/" + name,
                                 "Content-Type": "application/octet-stream",
                                 "Content-Disposition": "attachment"})
    return send_file(request.site.file("private", "files", name), request.environ, as_attachment=True)


def respond(request):
    name = request.headers.get("X-Frappe-Site-Name") or request.host.rsplit(":", 1)[0]
    try:
        request.site = bench.Site(name.lower())
    except bench.UnknownSite:
        raise NotFound("there is no such site here") from None
    if request.site.config.get("maintenance_mode"):
        raise ServiceUnavailable("this site is being maintained", retry_after=30)
    request.max_content_length = int(request.site.config.get("max_file_size") or 25 << 20)
    origin = request.headers.get("Origin")
    if request.method != "GET" and origin and urlsplit(origin).hostname != urlsplit("//" + request.host).hostname:
        raise Forbidden("this request comes from a page of another site")
    view, values = URLS.bind("").match(request.path, request.method)
    return view(request, **values)


def failure(status, part, message, **headers):
    response = answer({"error": part, "message": message}, status)
    response.headers.extend({name.replace("_", "-"): value for name, value in headers.items()})
    return response


@Request.application
def served(request):
    try:
        return respond(request)
    except HTTPException as error:
        extra = {"Retry_After": "30"} if isinstance(error, ServiceUnavailable) else {}
        return failure(error.code, "request", error.description, **extra)
    except pymysql.MySQLError as error:
        log.warning("%s: database: %s", request.site.name, error)
        return failure(503, "database", "the database does not answer", Retry_After="5")
    except redis.RedisError as error:
        log.warning("%s: queue: %s", request.site.name, error)
        return failure(503, "queue", "the job queue does not answer", Retry_After="5")
    finally:
        request.close_db()


# Nginx serves /assets itself; this is for a bench in development mode, which has none.
application = SharedDataMiddleware(served, {"/assets/demo": os.path.join(HERE, "public")})
