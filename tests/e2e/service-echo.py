# SPDX-License-Identifier: MIT
"""Two servers in the bench's place: each answers with what it was asked, as JSON. Arguments: the path of a socket, and a port."""

import json
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps({"server": self.server.name, "method": self.command, "path": self.path,
                           "headers": dict(self.headers)}).encode()
        self.send_response(503 if self.path == "/maintenance" else 200)
        if self.path == "/maintenance":
            self.send_header("Retry-After", "77")
        if self.path.startswith("/private/files/"):
            self.send_header("X-Accel-Redirect", "/protected" + self.path)
            if "said" in self.path:
                self.send_header("Cache-Control", "private, max-age=60")
        if self.path == "/leak":
            self.send_header("X-Accel-Redirect", "/protected/site_config.json")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_HEAD = answer

    def log_message(self, *_):
        pass


class ByPath(socketserver.ThreadingUnixStreamServer):
    def get_request(self):
        peer, _ = super().get_request()
        return peer, ("", 0)


for name, server in ("web", ByPath(sys.argv[1], Echo)), ("socketio", ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Echo)):
    server.name = name
    threading.Thread(target=server.serve_forever).start()
