from __future__ import annotations

import pytest

from crawler.fetch.tls import iana_name, protocol_name


@pytest.mark.parametrize(
    ("openssl", "iana"),
    [
        ("TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256"),
        ("ECDHE-RSA-AES128-GCM-SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("ECDHE-ECDSA-AES256-SHA384", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"),
        ("ECDHE-RSA-CHACHA20-POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
        ("DHE-RSA-AES256-SHA", "TLS_DHE_RSA_WITH_AES_256_CBC_SHA"),
        ("AES128-SHA256", "TLS_RSA_WITH_AES_128_CBC_SHA256"),
        ("ECDHE-ECDSA-AES128-CCM8", ""),
        ("CHACHA20-POLY1305", ""),
        ("", ""),
    ],
)
def test_cipher_suites_have_the_names_that_iana_registers(openssl: str, iana: str) -> None:
    assert iana_name(openssl) == iana


def test_versions_have_the_names_of_warc_protocol() -> None:
    names = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3", "SSLv3", "unknown"]
    assert [protocol_name(name) for name in names] == ["tls/1.0", "tls/1.1", "tls/1.2", "tls/1.3", "", ""]
