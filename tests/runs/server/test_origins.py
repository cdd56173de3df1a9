"""Which origins may open the live view, and which values of the variable stop the server."""

import pytest

from nnlib.runs.server.origins import MOST_LOGGED, Origins


@pytest.fixture
def allow(monkeypatch):
    def allow(value):
        monkeypatch.setenv("NNLIB_ALLOWED_ORIGINS", value)
        return Origins()

    return allow


@pytest.mark.parametrize(
    "value, origin",
    [
        ("https://lab.example", "https://lab.example"),
        ("https://lab.example/", "https://lab.example"),
        ("http://a.example:8080/ , https://lab.example/", "http://a.example:8080"),
        ("HTTPS://Lab.Example:443", "https://lab.example"),
        ("http://lab.example:80", "http://lab.example"),
        ("http://[::1]:8501", "http://[::1]:8501"),
    ],
)
def test_a_named_origin_is_allowed_in_any_spelling(allow, value, origin):
    assert allow(value).refusal(origin, "inside:8501") is None
    assert allow("").refusal(origin, "inside:8501") is not None


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_page_of_the_requested_host_is_allowed(allow, scheme):
    assert allow("").refusal(f"{scheme}://lab:8501", "lab:8501") is None


def test_only_the_same_scheme_host_and_port_is_allowed(allow):
    origins = allow("https://lab.example")
    for origin in ("http://lab.example", "https://lab.example:8443", "https://lab.example.evil", "https://", "null", ""):
        assert origins.refusal(origin, "") and origins.refusal(origin, "inside:8501"), origin


@pytest.mark.parametrize(
    "value", ["*", "lab.example", "https://", "https://lab.example/app", "ftp://lab.example", "https://a b", "x"]
)
def test_a_value_that_is_no_origin_is_named(allow, value):
    with pytest.raises(ValueError, match="NNLIB_ALLOWED_ORIGINS = .*must be origins such as https://lab.example.org"):
        allow(f"https://good.example,{value}")


def test_a_client_cannot_flood_the_log_with_origins(allow, caplog):
    origins = allow("")
    for i in range(2 * MOST_LOGGED):
        assert origins.refusal(f"https://{i}.example", "lab") == origins.refusal(f"https://{i}.example", "lab")
    assert len(caplog.records) == MOST_LOGGED
