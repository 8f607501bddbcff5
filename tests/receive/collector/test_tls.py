"""A collector behind TLS, with a private authority and a certificate for each side."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path

import pytest
import requests
import trustme

from ot2otel.receive.collector import Collector
from ot2otel.receive.collector.store import Counts
from tests.golden import packet
from tests.support.running import services

OTLP = packet("otlp-http-exporter.pb")


@dataclass(frozen=True)
class Certificates:
    """A collector's context and, by their standard variables, the files that its clients need."""

    server: ssl.SSLContext
    client: Mapping[str, str]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    directory = tmp_path_factory.mktemp("certificates")
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.verify_mode = ssl.CERT_REQUIRED
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.configure_trust(server)
    own = authority.issue_cert("service@example.org")
    files = {
        "CERTIFICATE": authority.cert_pem,
        "CLIENT_KEY": own.private_key_pem,
        "CLIENT_CERTIFICATE": own.cert_chain_pems[0],
    }
    return Certificates(server, {name: written(pem, directory / name) for name, pem in files.items()})


def written(pem: trustme.Blob, path: Path) -> str:
    pem.write_to_path(str(path))
    return str(path)


def variables(files: Mapping[str, str]) -> dict[str, str]:
    return {f"OTEL_EXPORTER_OTLP_{name}": path for name, path in files.items()}


@pytest.mark.parametrize("variant", ["shim", "native"])
def test_spans_reach_a_collector_behind_tls_although_the_machine_trusts_another_authority(
    certificates: Certificates, variant: str, tmp_path: Path
) -> None:
    stranger = written(trustme.CA().cert_pem, tmp_path / "stranger.pem")
    settings = variables(certificates.client) | {"REQUESTS_CA_BUNDLE": stranger}
    with Collector(tls=certificates.server) as collector:
        with services("hello", variant, "otlp", collector, settings=settings) as running:
            requests.get(f"{running['server-1'].url}/Bryan", timeout=10)
        spans = collector.wait_for(lambda spans: len(spans) >= 3)

    assert collector.otlp_endpoint.startswith("https://")
    assert {span.name for span in spans} == {"server-1", "server-1_to_server-2", "server-2"}


@pytest.mark.parametrize("variant", ["shim", "native"])
def test_a_wrong_authority_is_one_clear_line_and_the_service_goes_on(
    certificates: Certificates, variant: str, tmp_path: Path
) -> None:
    stranger = written(trustme.CA().cert_pem, tmp_path / "stranger.pem")
    one_batch = {"OTEL_BSP_SCHEDULE_DELAY": "60000"}
    settings = variables({**certificates.client, "CERTIFICATE": stranger}) | one_batch
    lines: list[str] = []
    with (
        Collector(tls=certificates.server) as collector,
        services("hello", variant, "otlp", collector, settings=settings, show=lines.append) as running,
    ):
        answers = [requests.get(f"{running['server-1'].url}/{name}", timeout=10) for name in "abc"]
        running["server-2"].stop()
        lines.clear()
        exit_code = running["server-1"].stop()

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert exit_code == 0
    assert len(lines) == 1
    assert "check OTEL_EXPORTER_OTLP_CERTIFICATE" in lines[0]
    assert "certificate verify failed" in lines[0]
    assert collector.spans == ()


def test_a_client_without_a_certificate_is_refused_and_counted(
    certificates: Certificates,
) -> None:
    with Collector(tls=certificates.server) as collector, pytest.raises(requests.ConnectionError):
        requests.post(
            f"{collector.otlp_endpoint}/v1/traces", verify=certificates.client["CERTIFICATE"], timeout=10
        )

    assert (collector.counts, len(collector.problems)) == (Counts(requests=1, malformed=1), 1)
    assert "PEER_DID_NOT_RETURN_A_CERTIFICATE" in collector.problems[0]


def test_a_body_in_chunks_is_read_over_tls(certificates: Certificates) -> None:
    files = certificates.client
    trusted = ssl.create_default_context(cafile=files["CERTIFICATE"])
    trusted.load_cert_chain(files["CLIENT_CERTIFICATE"], files["CLIENT_KEY"])
    headers = {"Content-Type": "application/x-protobuf"}
    with Collector(tls=certificates.server) as collector:
        connection = HTTPSConnection("127.0.0.1", collector.otlp_port, timeout=10, context=trusted)
        connection.request("POST", "/v1/traces", iter([OTLP[:99], OTLP[99:]]), headers, encode_chunked=True)
        status = connection.getresponse().status
        connection.close()

    assert (status, collector.counts) == (200, Counts(spans=3, requests=1))
