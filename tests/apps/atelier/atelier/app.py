"""The web application: one site a request, by its host."""
import json
import os

import atelier
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.security import check_password_hash
from werkzeug.wrappers import Request, Response

SITES = os.environ.get("SITES_PATH", ".")


def as_json(value, status=200):
    return Response(json.dumps(value), status, content_type="application/json")


def user_of(request):
    return (atelier.cache().get(f"{atelier.local.site}|sid|{request.cookies.get('sid', '')}") or b"Guest").decode()


def login(request):
    user, password = request.values.get("usr", ""), request.values.get("pwd", "")
    known = atelier.local.db.get("account", user)
    if not known or not check_password_hash(known, password):
        return as_json({"message": "Invalid login"}, 401)
    sid = os.urandom(16).hex()
    atelier.cache().set(f"{atelier.local.site}|sid|{sid}", user)
    answer = as_json({"message": "Logged In"})
    answer.set_cookie("sid", sid, httponly=True, secure=request.headers.get("X-Forwarded-Proto") == "https")
    return answer


def page(title, bundles):
    assets = atelier.read_json("assets/assets.json")
    tags = "".join(f'<script src="{assets[name]}"></script>' if name.endswith(".js") else f'<link rel="stylesheet" href="{assets[name]}">'
                   for name in bundles)
    return Response(f'<!doctype html><html><head><title>{title}</title>{tags}</head><body><h1>{title}</h1>'
                    '<img src="/assets/atelier/images/mark.png"></body></html>', mimetype="text/html")


def upload(request):
    file, private = request.files["file"], request.form.get("is_private") == "1"
    name = os.path.basename(file.filename)
    folder = "private/files" if private else "public/files"
    file.save(f"{atelier.local.site}/{folder}/{name}")
    return as_json({"message": {"file_url": f"/private/files/{name}" if private else f"/files/{name}"}})


def private_file(request, path):
    if user_of(request) == "Guest":
        return Response("Forbidden", 403)
    return Response("", headers={"X-Accel-Redirect": f"/protected{path}"})


def pdf(request):
    """The desk's page as a file: its program asks for the assets by the address that the browser asked, as its links have it."""
    from atelier.utils.pdf import get_pdf

    desk = page("Desk", sorted(atelier.read_json("assets/assets.json"))).get_data(as_text=True)
    return Response(get_pdf(desk, request.host_url.rstrip("/")), mimetype="application/pdf")


METHODS = {
    "pdf": pdf,
    "login": lambda request: login(request),
    "upload_file": lambda request: upload(request) if user_of(request) != "Guest" else Response("Forbidden", 403),
    "logged_user": lambda request: as_json({"message": user_of(request)}),
    "atelier.realtime.get_user_info": lambda request: as_json({"message": {"user": user_of(request)}}),
    "publish": lambda request: as_json({"message": atelier.publish_realtime("said", request.values.get("text", ""))}),
    "enqueue": lambda request: as_json({"message": atelier.enqueue("atelier.ping", queue=request.values.get("queue", "default")).id}),
}


def answer(request):
    path = request.path
    if path == "/api/method/ping":
        atelier.local.db.sql("SELECT 1")
        return as_json({"message": "pong"})
    if path.startswith("/api/method/") and path.split("/")[-1] in METHODS:
        return METHODS[path.split("/")[-1]](request)
    if path in ("/", "/login"):
        return page("Login", ["desk.bundle.js", "desk.bundle.css"])
    if path == "/app":
        return page("Desk", [name for name in sorted(atelier.read_json("assets/assets.json"))])
    if path.startswith("/private/files/"):
        return private_file(request, path)
    raise NotFound()


@Request.application
def application(request):
    site = request.headers.get("X-Frappe-Site-Name") or request.host.split(":")[0]
    if not os.path.exists(f"{site}/site_config.json"):
        return NotFound().get_response(request.environ)
    atelier.init(site)
    if atelier.local.conf.maintenance_mode:
        return Response("Updating", 503)
    try:
        atelier.connect()
        result = answer(request)
        atelier.local.db.commit()
        return result
    except HTTPException as error:
        return error.get_response(request.environ)
    except Exception as error:
        print(type(error).__name__, error, flush=True)
        return Response("Server error", 500)
    finally:
        atelier.destroy()
