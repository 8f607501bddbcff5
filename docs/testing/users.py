"""A service with Flask; its tracing is set up around it."""

from flask import Flask


def make_app():
    app = Flask("users")

    @app.get("/users/<int:number>")
    def user(number):
        return {"number": number}

    @app.get("/down")
    def down():
        return "down", 503

    return app
