from flask import Flask, jsonify


def create_app() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/health", view_func=lambda: jsonify(status="ok"))
    return app
