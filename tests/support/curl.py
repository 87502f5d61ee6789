"""curl, the client that every newcomer has."""

import subprocess
from dataclasses import dataclass, field


@dataclass
class Answer:
    version: str
    status: int
    headers: dict = field(repr=False)
    body: bytes


def curl(demo, url, *options, certificate=None, data=None, headers=None, timeout=30):
    """Calls and reads the answer; the last one where curl was told to go on."""
    certificate_options = ["--cert", certificate[0], "--key", certificate[1]] if certificate else []
    body_options = ["--data-binary", "@-"] if data is not None else []
    header_options = [part for name, value in (headers or {}).items() for part in ("-H", f"{name}: {value}")]
    done = subprocess.run(
        ["curl", "-q", "-sS", "-i", "--noproxy", "*", "--max-time", str(timeout), "--cacert", demo.facts["ca_cert"],
         *certificate_options, *body_options, *header_options, *options, url],
        input=data, capture_output=True, timeout=timeout + 10,
    )
    assert done.returncode == 0, done.stderr.decode()
    return read(done.stdout)


def read(output):
    """The final answer of `curl -i`; interim ones (100 Continue) are passed over."""
    head, _, rest = output.partition(b"\r\n\r\n")
    if head.split(b" ")[1].startswith(b"1"):
        return read(rest)
    first, *lines = head.decode("latin-1").split("\r\n")
    version, status, *_ = first.split(" ")
    pairs = (line.split(": ", 1) for line in lines)
    return Answer(version, int(status), {name.lower(): value for name, value in pairs}, rest)
