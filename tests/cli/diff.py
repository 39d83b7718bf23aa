#!/usr/bin/env python3
"""diff.py - two captures side by side: the first difference is the one that
people would point at.

usage: diff.py MAILWHY SAMPLES DOCS [NTH]

PAIRS are samples with what differs first; each is also held against the schema.
Every NTH sample (third) is compared with itself, which must be no difference.
No output shows a secret.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

try:
    from jsonschema import Draft202012Validator
except ImportError:
    Draft202012Validator = None

CANARY = re.compile(r"CANARY|Q0FOQVJZ|NBTkFSW|DQU5BUl")

KEYS = ("--keylog", "imap-healthy-starttls.keys")
SAME = None

# good, bad, options, the first step that matters, what it says, finding
PAIRS = [
    ("imap-healthy-starttls.pcap", "imap-login-refused.pcap", KEYS,
     "login", "result: refused instead of ok", "authentication.bad-credentials"),
    ("imap-ipv6.pcap.gz", "imap-login-refused.pcap", (),
     "login", "code: AUTHENTICATIONFAILED instead of none",
     "authentication.bad-credentials"),
    ("pop3-healthy.pcap", "pop3-in-use.pcap", (),
     "login", "code: IN-USE instead of none",
     "server.mailbox-locked-other-session"),
    ("imaps-healthy.pcapng", "tls12-certificate-expired.pcap", (),
     "certificate", "only in the bad one", "tls.certificate-expired"),
    ("tls12-wildcard.pcap", "tls12-intercepted.pcap", (),
     "certificate", "issuer: Avast", "security-software.tls-interception-named"),
    ("tls12-wildcard.pcap", "tls12-certificate-expired.pcap", (),
     "certificate", "valid: expired instead of yes", "tls.certificate-expired"),
    ("imaps-healthy.pcapng", "tls10-client.pcap", (),
     "tls hello", "older than TLS 1.2: yes instead of no", "client.tls-too-old"),
    ("smtp-healthy.pcap", "smtp-slow-greeting.pcap", (),
     "greeting", "8.1 s instead of 40 ms", SAME),
    ("imap-healthy-starttls.pcap", "dns-slow.pcap", (),
     "dns A", "2.0 s instead of", SAME),
    ("smtp-healthy.pcap", "smtp-recipient-unknown.pcap", (),
     "RCPT", "answer: no instead of yes; code: 550 5.1.1",
     "protocol.smtp-bad-recipient-or-sender"),
    ("submission-healthy.pcap", "smtp-starttls-stripped.pcap", (),
     "offer", "STARTTLS: no instead of yes", "firewall.esmtp-inspection"),
    ("imap-healthy-starttls.pcap", "imap-syn-dropped.pcap", (),
     "connect", "no answer instead of accepted", "firewall.syn-dropped-port"),
    ("imap-healthy-starttls.pcap", "dns-nxdomain.pcap", (),
     "dns A", "outcome: nxdomain instead of answered",
     "dns.nxdomain-mail-host"),
    ("imap-idle.pcap", "imap-nat-forgot.pcap", (),
     "silence", "only in the bad one", "network.nat-idle-silent-drop"),
    ("imap-idle.pcap", "imap-closed-at-once.pcap", (),
     "greeting", "the bad one did not come to it", "server.lb-no-backend-fin"),
    ("smtp-healthy.pcap", "smtp-mtu-blackhole.pcap", (),
     "DATA-END", "only in the bad one", "network.pmtud-blackhole"),
    ("office-mixed.pcap", "office-mixed.pcap", (),
     "login", "result: refused instead of ok", "authentication.bad-credentials"),
    ("imap-healthy-starttls.pcap", "web-only.pcap", (),
     "outcome", "there is no mail session", SAME),
    ("imap-login-refused.pcap", "imap-login-refused.pcap", (),
     SAME, "", "authentication.bad-credentials"),
    ("smtp-healthy.pcap", "smtp-reset-after-quit.pcap", (), SAME, "", SAME),
    ("imap-healthy-starttls.pcap", "imap-healthy-starttls.pcap", KEYS,
     SAME, "", SAME),
]


def diff(mailwhy, samples, *words):
    return subprocess.run([mailwhy, "diff", *words], cwd=samples,
                          capture_output=True, text=True, timeout=600,
                          check=False)


def wrong_report(report, first, says, finding, status):
    got = report["first"]
    if (got["step"] if got else None) != first:
        yield f"the first difference is {got}, not {first}"
    elif got and says not in got["text"]:
        yield f"it says {got['text']!r}, not {says!r}"
    cause = report["finding"]["id"] if report["finding"] else None
    if cause != finding:
        yield f"the finding is {cause}, not {finding}"
    if status != (1 if first else 0):
        yield f"exit status {status}"
    if report["differs"] != any(s["difference"] == "matters"
                                for s in report["steps"]):
        yield "differs is not as the steps say"


def pair_mistakes(mailwhy, samples, schema, pair):
    good, bad, options, first, says, finding = pair
    done = diff(mailwhy, samples, *options, "--format", "json", good, bad)
    again = diff(mailwhy, samples, *options, "--format", "json", good, bad)
    text = diff(mailwhy, samples, *options, "-v", good, bad)
    if done.returncode not in (0, 1):
        return [f"{good} {bad}: {done.stderr}"]
    report = json.loads(done.stdout)
    wrong = list(wrong_report(report, first, says, finding, done.returncode))
    if done.stdout != again.stdout:
        wrong.append("two runs differ")
    if text.returncode != done.returncode:
        wrong.append(f"as text its exit status is {text.returncode}")
    if not re.search(r"^DIFFERS  First at" if first else "^SAME ", text.stdout,
                     re.MULTILINE):
        wrong.append(f"the text does not say so: {text.stdout[:200]}")
    if CANARY.search(done.stdout + text.stdout):
        wrong.append("a secret is shown")
    if schema:
        wrong += [error.message[:200] for error in schema.iter_errors(report)]
    return [f"{good} {bad}: {what}" for what in wrong]


def itself(mailwhy, samples, name):
    """A session beside itself is the same in every step."""
    one = ("--good-session", "1", "--bad-session", "1")
    done = diff(mailwhy, samples, *one, "--format", "json", name, name)
    if done.returncode == 2 and ("no session 1" in done.stderr or
                                 "no mail session" in done.stderr or
                                 not done.stdout):
        return []
    wrong = []
    report = json.loads(done.stdout)
    for step in report["steps"]:
        if step["difference"] != "same":
            wrong.append(f"{name}: beside itself differs: {step}")
    if done.returncode == 1:
        wrong.append(f"{name}: exit status 1")
    if CANARY.search(done.stdout):
        wrong.append(f"{name}: a secret is shown")
    return wrong


def wrong_use(mailwhy, samples, folder):
    """Each of these is refused, and says why; damage is reported besides."""
    fine = "imap-login-refused.pcap"
    empty = os.path.join(folder, "empty.pcap")
    junk = os.path.join(folder, "junk.pcap")
    with open(empty, "wb"):
        pass
    with open(junk, "wb") as file:
        file.write(b"\x00junk" * 100)
    for words, says, reports in [
            ((), "wants a capture of a session that works", False),
            ((fine,), "wants a capture of a session that works", False),
            ((fine, fine, fine), "wants a capture", False),
            ((fine, "-"), "standard input", False),
            ((fine, "no-such.pcap"), "no-such.pcap: can not be opened", False),
            ((fine, folder), "is no file", False),
            ((fine, junk), "junk.pcap: ", False),
            ((empty, fine), "empty.pcap: ", False),
            (("web-only.pcap", fine), "holds no mail session", False),
            (("--bad-session", "9", fine, fine), "has no session 9", False),
            (("--good-session", "x", fine, fine), "number of a session", False),
            (("--format", "html", fine, fine), "diff has text and json", False),
            (("--severity", "high", fine, fine), "no such option", False),
            ((fine, "imap-file-cut-off.pcap"), "cut short at", True)]:
        done = diff(mailwhy, samples, *words)
        if done.returncode != 2 or says not in done.stderr:
            yield f"{words}: {done.returncode}: {done.stderr}"
        if bool(done.stdout) != reports:
            yield f"{words}: writes {done.stdout!r}"


def to_a_file(mailwhy, samples, folder):
    out = os.path.join(folder, "report.txt")
    done = diff(mailwhy, samples, "-q", "-o", out, "smtp-healthy.pcap",
                "smtp-slow-greeting.pcap")
    if done.returncode != 1 or done.stdout:
        yield f"-o: {done.returncode}: {done.stdout}{done.stderr}"
    with open(out, encoding="utf-8") as file:
        report = file.read()
    if "DIFFERS  First at greeting" not in report or "Side by side" in report:
        yield f"-q -o wrote {report}"


def users(mailwhy, samples):
    pair = ("office-mixed.pcap", "office-mixed.pcap")
    masked = diff(mailwhy, samples, *pair).stdout
    whole = diff(mailwhy, samples, "--show-users", *pair).stdout
    if "user: b*** instead of a***" not in masked:
        yield "the users that differ are not told"
    if "user: b" not in whole or "***" in whole.replace("*" * 8, ""):
        yield "--show-users does not show them whole"
    if CANARY.search(masked + whole):
        yield "--show-users shows a secret"


def main():
    mailwhy, samples, docs, *nth = sys.argv[1:]
    step = int(nth[0]) if nth else 3
    mailwhy, samples = os.path.abspath(mailwhy), os.path.abspath(samples)
    schema = None
    with open(os.path.join(docs, "diff.schema.json"), encoding="utf-8") as file:
        described = json.load(file)
    if Draft202012Validator:
        Draft202012Validator.check_schema(described)
        schema = Draft202012Validator(described)
    names = sorted(name for name in os.listdir(samples) if ".pcap" in name)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(
            lambda pair: pair_mistakes(mailwhy, samples, schema, pair), PAIRS))
        found += pool.map(lambda name: itself(mailwhy, samples, name),
                          names[::step])
    with tempfile.TemporaryDirectory() as folder:
        found.append(list(wrong_use(mailwhy, samples, folder)))
        found.append(list(to_a_file(mailwhy, samples, folder)))
    found.append(users(mailwhy, samples))
    mistakes = [mistake for some in found for mistake in some]
    for mistake in mistakes:
        print(mistake)
    print(f"{len(PAIRS)} pairs, {len(names[::step])} samples beside themselves: "
          f"{len(mistakes)} mistakes")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
