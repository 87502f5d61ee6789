"""A security centre: Debian's rsyslog as a process of its own, with its own configuration, over TLS."""

import json
import shutil
import signal
import subprocess
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

RSYSLOGD = shutil.which("rsyslogd", path="/usr/sbin:/sbin:/usr/bin:/bin")


class Authority:
    """Issues the certificates of both ends."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority of the security centre")])
        builder = self._builder(self.name, self.key).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.path = self._write("soc-ca.pem", builder.sign(self.key, hashes.SHA256()))

    def issue(self, name):
        """Files of a certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = self._builder(subject, key).add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        path = self.folder / f"{name}.key"
        path.write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return self._write(f"{name}.pem", builder.sign(self.key, hashes.SHA256())), path

    def _builder(self, subject, key):
        now = datetime.now(timezone.utc)
        return (
            x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=2))
        )

    def _write(self, name, certificate):
        path = self.folder / name
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return path


CONFIGURATION = """
global(
  workDirectory="{folder}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off"
  defaultNetstreamDriverCAFile="{ca}" defaultNetstreamDriverCertFile="{certificate}" defaultNetstreamDriverKeyFile="{key}"
)
module(
  load="imtcp" streamDriver.name="{driver}" streamDriver.mode="1" streamDriver.authMode="x509/name"
  permittedPeer=["dancu.example"]
)
module(load="mmpstrucdata")
module(load="mmnormalize")
template(name="line" type="list") {{
  constant(value="{{\\"raw\\": \\"") property(name="rawmsg" format="json")
  constant(value="\\", \\"priority\\": \\"") property(name="pri")
  constant(value="\\", \\"id\\": \\"") property(name="msgid")
  constant(value="\\", \\"read\\": ") property(name="$!all-json") constant(value="}}\\n")
}}
ruleset(name="syslog") {{
  action(type="mmpstrucdata")
  action(type="omfile" file="{folder}/syslog.jsonl" template="line")
}}
ruleset(name="cef") {{
  action(type="mmnormalize" rulebase="{folder}/cef.rules")
  action(type="omfile" file="{folder}/cef.jsonl" template="line")
}}
input(type="imtcp" address="127.0.0.1" port="{port}" ruleset="syslog")
input(type="imtcp" address="127.0.0.1" port="{cef_port}" ruleset="cef")
"""

# The message part begins with the space after the structured data.
CEF_RULES = """version=2
rule=:%f:cef%
rule=: %f:cef%
"""


class Siem:
    """An rsyslog that may be stopped, killed and started again; what it has read stays in its files."""

    def __init__(self, folder, ports, driver="gtls"):
        assert RSYSLOGD, "rsyslog is not installed: tools/setup all"
        self.folder, self.ports, self.driver, self.process = Path(folder), ports, driver, None
        self.folder.mkdir()
        self.authority = Authority(self.folder)
        self.client = self.authority.issue("dancu.example")
        certificate, key = self.authority.issue("soc.example")
        (self.folder / "cef.rules").write_text(CEF_RULES)
        (self.folder / "rsyslog.conf").write_text(CONFIGURATION.format(
            folder=self.folder, ca=self.authority.path, certificate=certificate, key=key, driver=driver,
            port=ports[0], cef_port=ports[1],
        ))

    def receivers(self):
        """As the configuration of the service names them."""
        certificate, key = self.client
        tls = f"ca = '{self.authority.path}', certificate = '{certificate}', key = '{key}', server_name = 'soc.example'"
        port, cef_port = self.ports
        return (
            f"[{{ name = 'soc', address = '127.0.0.1:{port}', {tls} }}, "
            f"{{ name = 'older', format = 'cef', address = '127.0.0.1:{cef_port}', {tls} }}]"
        )

    def start(self):
        self.process = subprocess.Popen(
            [RSYSLOGD, "-n", "-f", str(self.folder / "rsyslog.conf"), "-i", str(self.folder / "rsyslog.pid")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=(self.folder / "stderr.txt").open("ab"),
        )
        deadline = time.monotonic() + 20
        while not all(_listens(port) for port in self.ports):
            assert time.monotonic() < deadline and self.process.poll() is None, (self.folder / "stderr.txt").read_text()
            time.sleep(0.05)
        return self

    def stop(self, how=signal.SIGTERM):
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)

    def kill(self):
        """What it was writing at that moment is lost with it, as is all that it had read and not written."""
        self.stop(signal.SIGKILL)
        for file in self.folder.glob("*.jsonl"):
            content = file.read_bytes()
            file.write_bytes(content[: content.rfind(b"\n") + 1])

    def heard(self, kind="syslog"):
        """Everything that was read so far, in the order of its arrival."""
        path = self.folder / f"{kind}.jsonl"
        if not path.exists():
            return []
        text = path.read_text()
        # A line that is being written ends with no line feed yet.
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def entries(self, kind="syslog"):
        """Number and message of each entry, in the order of arrival, repetitions included."""
        found = []
        for line in self.heard(kind):
            said = of_syslog(line) if kind == "syslog" else of_cef(line)
            number = said.get("index" if kind == "syslog" else "externalId")
            if number is not None:
                found.append((int(number), said))
        return found

    def wait_for(self, last, timeout=60):
        """Until both forms of the entry of this number are here."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if all(any(number >= last for number, _ in self.entries(kind)) for kind in ("syslog", "cef")):
                return
            time.sleep(0.2)
        found = {kind: max((number for number, _ in self.entries(kind)), default=None) for kind in ("syslog", "cef")}
        raise AssertionError(f"entry {last} did not arrive, only {found}:\n{(self.folder / 'stderr.txt').read_text()}")


def _listens(port):
    """Whether somebody does; without a connection, which the log of rsyslog would mention."""
    wanted = f"0100007F:{port:04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return any(fields[1] == wanted and fields[3] == "0A" for fields in map(str.split, lines))


def of_syslog(line):
    """Structured data as rsyslog reads them."""
    [said] = line["read"].get("rfc5424-sd", {}).values()
    return said


def of_cef(line):
    """The extension as liblognorm reads it."""
    return line["read"].get("f", {}).get("Extensions", {})


def without_repetitions(entries):
    seen, kept = set(), []
    for number, said in entries:
        if number not in seen:
            seen.add(number)
            kept.append((number, said))
    return kept
