"""An empty page under the service's content security policy, with the modules that check proofs in the browser."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support.server import REPOSITORY

MODULES = REPOSITORY / "crates/web/assets/journal"
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'"
FILES = {
    "/": ("text/html", b"<!doctype html><title>check</title><script type=module src=/harness.js></script>"),
    "/harness.js": ("text/javascript", b"import * as check from './check.js';\nimport * as edwards from './edwards.js';\n"
                    b"import * as tree from './tree.js';\nObject.assign(window, {check, edwards, tree});\n"),
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        media, body = FILES.get(self.path, (None, None))
        if body is None and (MODULES / self.path[1:]).suffix == ".js" and (MODULES / self.path[1:]).is_file():
            media, body = "text/javascript", (MODULES / self.path[1:]).read_bytes()
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Type", media or "text/plain")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_arguments):
        pass


class Harness:
    """Serves the page on loopback while it is open."""

    def __enter__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}/"

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)
