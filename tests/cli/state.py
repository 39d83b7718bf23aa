#!/usr/bin/env python3
"""state.py - a scan that was interrupted goes on where it stopped, and its report
is the same as if nothing had happened.

usage: state.py MAILWHY SAMPLES

SPDX-License-Identifier: GPL-3.0-or-later
"""
import fcntl
import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from archive import FAILS, FINE, Bench, tarred, zipped  # noqa: E402


def scan(bench, *words, state="s"):
    return bench.run("scan", "--format", "json", "--state", state, *words)


def lines(bench, state="s"):
    with open(bench.path(state), "rb") as file:
        return file.read().splitlines(keepends=True)


def captures(done):
    return {c["file"]: c for c in json.loads(done.stdout)["captures"]}


def make(bench):
    bench.write("in/a.pcap", bench.sample(FAILS))
    bench.write("in/b.pcap", bench.sample(FINE)[:-7])
    bench.write("in/caf\u00e9\x1b.pcap", bench.sample(FINE))
    bench.write("in/empty.zip", zipped([("notes.txt", b"-")]))
    bench.write("in/m.zip", zipped([("one.pcap", bench.sample(FAILS)),
                                    ("in.zip", zipped([])),
                                    ("two.pcap", bench.sample(FINE))]))


def the_report_is_the_same(bench):
    plain = bench.run("scan", "--format", "json", "in")
    first, size = scan(bench, "in"), len(lines(bench))
    second = scan(bench, "in")
    for what, done in (("first", first), ("second", second)):
        bench.check(f"{what} scan: report, status and messages as without",
                    (done.stdout, done.returncode, done.stderr) ==
                    (plain.stdout, plain.returncode, plain.stderr),
                    done.stderr)
    bench.check("nothing is added to what is known", len(lines(bench)) == size
                == 1 + 8, size)
    bench.check("nobody else may read it",
                os.stat(bench.path("s")).st_mode & 0o777 == 0o600)
    text = bench.run("scan", "--state", "text", "in", "in/empty.zip")
    again = bench.run("scan", "--state", "text", "in", "in/empty.zip")
    bench.check("an archive without captures is an error only if it is named",
                text.stdout == again.stdout and
                again.stderr.count(b"without captures") == 1, again.stderr)


def what_did_not_change_is_not_read(bench):
    path = bench.path("in/a.pcap")
    before = os.stat(path)
    sample = bench.sample(FAILS)
    bench.write("in/a.pcap", sample[:40] + b"\xff" * (len(sample) - 40))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    found = captures(scan(bench, "in"))
    bench.check("same name, size and time: the result is that of before",
                found["in/a.pcap"]["verdict"] == "failure")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    found = captures(scan(bench, "in"))
    bench.check("another time: it is read again",
                found["in/a.pcap"]["error"] is not None)
    bench.write("in/a.pcap", bench.sample(FAILS))
    found = captures(scan(bench, "in"))
    bench.check("and once more", found["in/a.pcap"]["error"] is None)
    os.unlink(path)
    bench.check("what is gone is not reported",
                "in/a.pcap" not in captures(scan(bench, "in")))
    bench.write("in/a.pcap", bench.sample(FAILS))
    scan(bench, "in")


def other_ways_are_other_results(bench):
    kept = lines(bench)[0]
    for words in (("--filter", "port 25"), ("--show-users",),
                  ("--decode-as", "1143=imap"),
                  ("--disable", "authentication.bad-credentials")):
        shutil.copy(bench.path("s"), bench.path("o"))
        done = scan(bench, *words, "in", state="o")
        plain = bench.run("scan", "--format", "json", *words, "in")
        bench.check(f"{words}: begins anew, and says so",
                    done.stdout == plain.stdout and
                    b"begins anew" in done.stderr and
                    lines(bench, "o")[0] != kept, done.stderr)
    rules = bench.path("rules")
    home = os.path.join(os.path.dirname(bench.samples), "rules")
    shutil.copytree(home, rules)
    env = dict(os.environ, MAILWHY_RULES=rules)
    words = ("scan", "--state", "r", "in")
    bench.run(*words, env=env)
    done = bench.run(*words, env=env)
    bench.check("the same rules elsewhere", b"anew" not in done.stderr)
    name = sorted(n for n in os.listdir(rules) if n.endswith(".yaml"))[0]
    with open(os.path.join(rules, name), "ab") as file:
        file.write(b"# another rule\n")
    done = bench.run(*words, env=env)
    bench.check("other rules", b"begins anew" in done.stderr, done.stderr)
    before = len(lines(bench))
    done = bench.run("scan", "--severity", "high", "--format", "ndjson",
                     "--state", "s", "in")
    bench.check("what only the report depends on is no other way",
                b"anew" not in done.stderr and len(lines(bench)) == before)


def standard_input_is_always_new(bench):
    """Also where there is a file of that name."""
    bench.write("./-", bench.sample(FAILS))
    for name, verdict in ((FAILS, "failure"), (FINE, "healthy")):
        done = bench.run("scan", "--format", "json", "--state", "i", "-",
                         input=bench.sample(name))
        bench.check(f"{name} from standard input", done.returncode in (0, 1) and
                    captures(done)["-"]["verdict"] == verdict, done.stderr)
    os.unlink(bench.path("-"))


def whatever_is_left_of_it_is_enough(bench):
    scan(bench, "in", state="w")
    whole = b"".join(lines(bench, "w"))
    plain = bench.run("scan", "--format", "json", "in").stdout
    for n in list(range(0, 50, 7)) + list(range(50, len(whole), 4999)):
        bench.write("cut", whole[:n])
        done = scan(bench, "in", state="cut")
        bench.check(f"cut after {n} bytes", done.stdout == plain and
                    b"--state" not in done.stderr, done.stderr)
        bench.check(f"cut after {n} bytes, and made whole",
                    sorted(lines(bench, "cut")) == sorted(lines(bench, "w")))
    at = whole.index(b'"verdict"')
    bench.write("bad", whole[:at + 3] + b"?" + whole[at + 4:])
    bench.check("a line that was changed is none",
                scan(bench, "in", state="bad").stdout == plain)


def a_killed_scan_goes_on(bench):
    for i in range(60):
        bench.write(f"many/{i:02}.pcap", bench.sample(FAILS))
    bench.write("many/x.tgz", gzip.compress(tarred(
        [(f"{i:02}.pcap", bench.sample(FINE)) for i in range(60)])))
    plain = bench.run("scan", "--format", "json", "many").stdout
    for how in (signal.SIGKILL, signal.SIGINT):
        state = f"k{how}"
        for enough in (20, 80):
            with subprocess.Popen(
                    [bench.mailwhy, "scan", "--jobs", "2", "--state", state,
                     "--format", "json", "many"], cwd=bench.folder,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE) as scanner:
                while scanner.poll() is None:
                    if os.path.exists(bench.path(state)) and \
                            len(lines(bench, state)) > enough:
                        scanner.send_signal(how)
                        break
                    time.sleep(0.002)
                _, said = scanner.communicate()
                bench.check(f"signal {how}: it was interrupted",
                            scanner.returncode in (-how, 2),
                            scanner.returncode)
                if how == signal.SIGINT:
                    bench.check("and says how to go on",
                                b"the same command goes on" in said, said)
        bench.check("the report is whole", scan(bench, "many", state=state)
                    .stdout == plain)
        about = [json.JSONDecoder().raw_decode(line.decode())[0]
                 for line in lines(bench, state)[1:]]
        keys = [(a["path"], a["member"]) for a in about]
        bench.check("nothing was analysed twice",
                    len(keys) == len(set(keys)) == 60 + 61, len(keys))


def what_is_not_ours_is_left_alone(bench):
    def case(what, name, says):
        before = None
        if os.path.isfile(bench.path(name)):
            before = lines(bench, name)
        done = scan(bench, "in", state=name)
        bench.check(what, done.returncode == 2 and says in done.stderr and
                    not done.stdout, done.stderr)
        if before is not None:
            bench.check(what + ": untouched", lines(bench, name) == before)

    bench.write("letter", b"Dear Sir,\n")
    case("a text", "letter", b"is no state file of mailwhy; name another")
    bench.write("report", b'{"schema_version":1}\n')
    case("other JSON", "report", b"is no state file")
    bench.write("binary", bench.sample(FAILS))
    case("a capture", "binary", b"is no state file")
    bench.write("long", b'{"mailwhy_state":' + b"1" * 500)
    case("an endless line", "long", b"is no state file")
    bench.write("next", b'{"mailwhy_state":2,"how":"x"}\n')
    case("another version", "next", b"of another version of mailwhy")
    case("a folder", "in", b"--state in: ")
    case("no place", "nowhere/s", b"can not be opened: No such file")
    with open(bench.path("s"), "rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        case("one in use", "s", b"another scan is using it")
    os.chmod(bench.path("s"), 0o644)
    scan(bench, "in")
    bench.check("one that others could read is closed to them",
                os.stat(bench.path("s")).st_mode & 0o777 == 0o600)
    done = bench.run("analyze", "--state", "s", "in/a.pcap")
    bench.check("analyze has no state", done.returncode == 2 and
                b"no such option" in done.stderr, done.stderr)
    if os.path.exists("/dev/full"):
        done = scan(bench, "in", state="/dev/full")
        bench.check("a device", done.returncode == 2 and
                    b"is no file" in done.stderr, done.stderr)


def main():
    mailwhy, samples = (os.path.abspath(p) for p in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(mailwhy, samples, folder)
        make(bench)
        for test in (the_report_is_the_same, what_did_not_change_is_not_read,
                     other_ways_are_other_results,
                     standard_input_is_always_new,
                     whatever_is_left_of_it_is_enough, a_killed_scan_goes_on,
                     what_is_not_ours_is_left_alone):
            test(bench)
        return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
