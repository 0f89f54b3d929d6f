"""OpenSSL's program."""


def show_dates(certificate: str) -> list[str]:
    """Print from when and until when the first certificate in a file holds."""
    return ["openssl", "x509", "-noout", "-dates", "-in", certificate]
