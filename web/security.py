"""Security of every answer and request: trusted hosts, forwarded headers, response headers, sessions."""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from web.config import Settings

MAX_BODY_BYTES = 1024 * 1024  # the same bound as Nginx's client_max_body_size
MAX_FORM_PARTS = 100

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
}

csrf = CSRFProtect()


class SchemeAwareSession(SecureCookieSessionInterface):
    """Session cookies that are `Secure` and `__Host-` under HTTPS, and still work on plain loopback."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    def get_cookie_name(self, app: Flask) -> str:
        return "__Host-session" if request.is_secure else "session"


def add_headers(response: Response) -> Response:
    if response.status_code // 100 != 3:  # a redirect has nothing to protect, and Nginx caches many
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def init_app(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        TRUSTED_HOSTS=list(settings.server_names),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_PARTS=MAX_FORM_PARTS,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # The token lives as long as the session; a page left open over lunch still works.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.session_interface = SchemeAwareSession()
    # Exactly one proxy, Nginx, stands in front and overwrites these headers.
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]
    csrf.init_app(app)
    app.after_request(add_headers)
