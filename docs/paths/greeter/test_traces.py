from app import app


def test_hello(spans):
    client = app.test_client()
    client.get("/hello/Bryan")
    client.get("/hello/nobody")

    spans.assert_equivalent("hello")
