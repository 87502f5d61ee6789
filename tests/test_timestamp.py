"""`dancu timestamp`: the small authority, asked and checked by `openssl ts` and curl, and our check of OpenSSL's stamps."""

import subprocess

import pytest

from support.server import Process, clean_environment, free_port, run

CONFIG = """[tsa]
default_tsa = authority
[authority]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1, millisecs:500, microsecs:100
ess_cert_id_alg = sha256
"""


def openssl(folder, *arguments, ok=True):
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, timeout=30)
    assert (done.returncode == 0) == ok, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def authority(binary, tmp_path):
    """A folder with what was made by `timestamp init`, and the port on which it serves."""
    folder, port = tmp_path / "tsa", free_port()
    made = run("timestamp", "init", "--dir", folder, "--listen", f"127.0.0.1:{port}")
    assert made.returncode == 0, made.stderr
    (tmp_path / "data").write_bytes(b"log.example\n7\nroot\n")
    (tmp_path / "other").write_bytes(b"other\n")
    process = Process(["timestamp", "serve", "--dir", str(folder)], clean_environment(), tmp_path)
    process.wait_for_line("time-stamping", 20)
    yield tmp_path, port
    assert process.stop() == 0


def ask(folder, port, content_type="application/timestamp-query"):
    done = subprocess.run(
        ["curl", "-q", "-sS", "--noproxy", "*", "-H", f"Content-Type: {content_type}", "--data-binary", "@query",
         "-o", "reply", "-w", "%{http_code} %{content_type}", f"http://127.0.0.1:{port}/tsa"],
        cwd=folder, capture_output=True, text=True, timeout=30, check=True)
    return done.stdout


def test_openssl_asks_and_believes_our_authority(authority):
    folder, port = authority
    for options in (["-cert"], ["-cert", "-sha512"], ["-cert", "-no_nonce"]):
        openssl(folder, "ts", "-query", "-data", "data", "-out", "query", *options)
        assert ask(folder, port) == "200 application/timestamp-reply"
        check = ["ts", "-verify", "-in", "reply", "-CAfile", "tsa/ca.pem"]
        assert "Verification: OK" in openssl(folder, *check, "-queryfile", "query")
        openssl(folder, *check, "-data", "data")
        openssl(folder, *check, "-data", "other", ok=False)
        ours = run("timestamp", "verify", "--data", folder / "data", "--in", folder / "reply", "--ca", folder / "tsa/ca.pem")
        assert ours.returncode == 0 and "1.3.6.1.4.1.32473.1" in ours.stdout, ours.stderr
        ours = run("timestamp", "verify", "--data", folder / "other", "--in", folder / "reply", "--ca", folder / "tsa/ca.pem")
        assert ours.returncode == 1 and "of other data" in ours.stderr


def test_refusals_as_openssl_reads_them(authority):
    folder, port = authority
    openssl(folder, "ts", "-query", "-data", "data", "-sha1", "-out", "query")
    assert ask(folder, port) == "200 application/timestamp-reply"
    assert "unrecognized or unsupported algorithm" in openssl(folder, "ts", "-reply", "-in", "reply", "-text")
    openssl(folder, "ts", "-query", "-data", "data", "-tspolicy", "1.2.3.4", "-out", "query")
    ask(folder, port)
    assert "TSA policy is not supported" in openssl(folder, "ts", "-reply", "-in", "reply", "-text")
    (folder / "query").write_bytes(b"hello")
    ask(folder, port)
    assert "wrong format" in openssl(folder, "ts", "-reply", "-in", "reply", "-text")
    assert ask(folder, port, "text/plain").startswith("415")


def test_we_believe_openssls_authority(authority):
    folder, _ = authority
    (folder / "config").write_text(CONFIG)
    (folder / "serial").write_text("01\n")
    (folder / "usage").write_text("extendedKeyUsage = critical, timeStamping\n")
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=root", "-keyout", "root.key",
            "-out", "root.pem", "-days", "10")
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=stamps", "-keyout", "tsa.key", "-out", "request")
    openssl(folder, "x509", "-req", "-in", "request", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
            "-days", "10", "-extfile", "usage", "-out", "tsa.pem")
    openssl(folder, "ts", "-query", "-data", "data", "-cert", "-out", "query")
    openssl(folder, "ts", "-reply", "-config", "config", "-queryfile", "query", "-inkey", "tsa.key", "-signer", "tsa.pem",
            "-out", "reply")
    arguments = ["timestamp", "verify", "--data", folder / "data", "--in", folder / "reply"]
    good = run(*arguments, "--ca", folder / "root.pem")
    assert good.returncode == 0 and "accuracy  1500100 µs" in good.stdout, good.stderr
    foreign = run(*arguments, "--ca", folder / "tsa/ca.pem")
    assert foreign.returncode == 1 and "not trusted" in foreign.stderr
