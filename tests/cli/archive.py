#!/usr/bin/env python3
"""archive.py - captures in archives: each is found, named and explained as if it
lay in a folder, whatever else is in the archive and whatever is wrong with it.

usage: archive.py MAILWHY SAMPLES

SPDX-License-Identifier: GPL-3.0-or-later
"""
import ctypes
import ctypes.util
import gzip
import io
import json
import lzma
import os
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
import zlib

FAILS = "imap-login-refused.pcap"
FINE = "imap-healthy-starttls.pcap"
PACKED = "imap-ipv6.pcap.gz"


class Bench:
    """A folder to work in, and what went wrong."""

    def __init__(self, mailwhy, samples, folder):
        self.mailwhy, self.samples, self.folder = mailwhy, samples, folder
        self.failures = 0

    def sample(self, name):
        with open(os.path.join(self.samples, name), "rb") as file:
            return file.read()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, data):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(data)

    def run(self, *words, **how):
        return subprocess.run([self.mailwhy, *words], cwd=self.folder,
                              capture_output=True, timeout=300, check=False,
                              **how)

    def scan(self, *words, subcommand="scan", **how):
        """Status, captures by name in order, and what was said beside."""
        done = self.run(subcommand, "--format", "json", *words, **how)
        captures = json.loads(done.stdout)["captures"] if done.stdout else []
        return (done.returncode, {c["file"]: c for c in captures},
                done.stderr.decode())

    def check(self, what, holds, detail=""):
        if not holds:
            self.failures += 1
            print(f"FAILED: {what} {detail}")


def zipped(members, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members, mode="w"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def members_of(bench):
    return [("notes.txt", b"Monday: no mail\n"),
            ("z/refused", bench.sample(FAILS)),
            ("a/fine.txt", bench.sample(FINE)),
            ("b/six.gz", bench.sample(PACKED)),
            ("caf\u00e9.pcap", bench.sample(FAILS))]


EXPECTED = ["z/refused", "a/fine.txt", "b/six.gz", "caf\u00e9.pcap"]


def archives_of(members):
    plain = tarred(members)
    return {"m.zip": zipped(members),
            "stored.zip": zipped(members, zipfile.ZIP_STORED),
            "m.tar": plain,
            "m.tgz": gzip.compress(plain),
            "m.tar.bz2": tarred(members, "w:bz2"),
            "m.tar.xz": lzma.compress(plain)}


def without_name(capture):
    return {k: v for k, v in capture.items() if k != "file"}


def each_kind_holds_its_captures(bench):
    alone = {}
    for name in (FAILS, FINE, PACKED):
        bench.write("alone/" + name, bench.sample(name))
    _, found, _ = bench.scan("alone")
    alone = {os.path.basename(k): without_name(v) for k, v in found.items()}
    same = dict(zip(EXPECTED, (FAILS, FINE, PACKED, FAILS)))
    for name, data in archives_of(members_of(bench)).items():
        bench.write(name, data)
        for subcommand in ("scan", "analyze"):
            status, found, said = bench.scan(name, subcommand=subcommand)
            bench.check(f"{subcommand} {name}: captures in its order",
                        list(found) == [f"{name}/{m}" for m in EXPECTED],
                        list(found))
            bench.check(f"{name}: status, silence",
                        status == 1 and not said, (status, said))
            for member in EXPECTED:
                bench.check(f"{name}/{member}: as if it lay in a folder",
                            without_name(found.get(f"{name}/{member}", {}))
                            == alone[same[member]])


def order_does_not_depend_on_jobs(bench):
    outputs = set()
    for jobs in ("1", "2", "7"):
        outputs.add(bench.run("scan", "--jobs", jobs, "--format", "json",
                              "m.tgz", "m.zip", "alone", "m.tar").stdout)
    bench.check("the same bytes with 1, 2 and 7 jobs", len(outputs) == 1)
    many = [(f"{i:04}.pcap", bench.sample(FAILS)) for i in range(300)]
    bench.write("many.tgz", gzip.compress(tarred(many), 1))
    for jobs in ("1", "3"):
        _, found, _ = bench.scan("--jobs", jobs, "many.tgz", "m.zip")
        names = ([f"many.tgz/{n}" for n, _ in many] +
                 [f"m.zip/{m}" for m in EXPECTED])
        bench.check(f"300 members, {jobs} jobs", list(found) == names,
                    len(found))


def folders_hold_archives(bench):
    bench.write("in/a.bin", zipped([("x.pcap", bench.sample(FINE))]))
    bench.write("in/letter.docx", zipped([("[Content_Types].xml", b"<a/>"),
                                          ("x.pcap", bench.sample(FAILS))]))
    bench.write("in/source.tar", tarred([("main.c", b"int main;")]))
    status, found, said = bench.scan("in")
    bench.check("a folder's archives are looked into, by content; documents and "
                "archives without captures are nothing",
                list(found) == ["in/a.bin/x.pcap"] and status == 0 and not said,
                (list(found), status, said))
    status, found, said = bench.scan("in/source.tar")
    bench.check("one that is named and holds no capture is an error",
                status == 2 and "without captures" in said, (status, said))


def what_is_wrong_is_told(bench):
    inner = zipped([("x.pcap", bench.sample(FAILS))])
    ok = ("ok.pcap", bench.sample(FINE))

    def case(what, name, data, read, says):
        bench.write(name, data)
        status, found, said = bench.scan(name)
        fine = [n for n in found if not found[n]["error"]]
        bench.check(what, status == 2 and fine == [f"{name}/{r}" for r in read]
                    and all(s in said for s in says), (status, fine, said))
        return found

    case("archives in archives are not looked into", "nest.zip",
         zipped([("in.zip", inner), ok, ("in.tgz", gzip.compress(
             tarred([ok])))]), ["ok.pcap"],
         ["nest.zip/in.zip: is an archive in an archive",
          "nest.zip/in.tgz: is an archive in an archive", "unpack it"])
    whole = tarred([ok, ("cut.pcap", bench.sample(FAILS))])
    found = case("a tar file that ends early", "cut.tar",
                 whole[:whole.index(b"cut.pcap") + 512 + 900], ["ok.pcap"],
                 ["cut.tar/cut.pcap: cut short at offset",
                  "cut.tar: is damaged after member 2 (cut.pcap)", "fetch"])
    bench.check("and what could be read is reported",
                found["cut.tar/cut.pcap"]["packets"] > 0, found)
    data = bytearray(zipped([("bad.pcap", bench.sample(FAILS)), ok],
                            zipfile.ZIP_STORED))
    data[200] ^= 0xff
    case("a member that is not what its checksum says", "crc.zip", bytes(data),
         ["ok.pcap"], ["crc.zip/bad.pcap: is damaged in the archive", "CRC"])
    data = bytearray(zipped([ok, ("secret.pcap", bench.sample(FAILS))]))
    at = data.index(b"PK\x03\x04", 4)
    data[at + 6] |= 1
    data[data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4) + 8] |= 1
    case("an encrypted member", "locked.zip", bytes(data), ["ok.pcap"],
         ["locked.zip: is encrypted (1 of its files, the first is secret.pcap)",
          "password"])
    case("a bare signature", "bare.zip", b"PK\x03\x04" + bytes(60), [],
         ["bare.zip: "])
    data = bytearray(zipped([("odd.pcap", bench.sample(FAILS)), ok]))
    data[8] = 77
    data[data.index(b"PK\x01\x02") + 10] = 77
    case("a compression that nobody knows", "odd.zip", bytes(data),
         ["ok.pcap"], ["odd.zip/odd.pcap: can not be unpacked", "ompression"])


def what_comes_before_a_cut_is_reported(bench):
    names = [f"{i}.pcap" for i in range(400)]
    packed = gzip.compress(tarred([(n, bench.sample(FAILS)) for n in names]), 0)
    bench.write("cut.tgz", packed[:len(packed) // 2])
    status, found, said = bench.scan("cut.tgz")
    read = [n for n in found if not found[n]["error"]]
    bench.check("a compressed tar file that ends early", status == 2 and
                100 < len(read) < 300 and
                read == [f"cut.tgz/{n}" for n in names[:len(read)]] and
                "cut.tgz: is damaged after member" in said and
                "truncated gzip" in said, (status, len(read), said))


def seven_zip(members):
    """None where libarchive, which mailwhy reads it with, is not found."""
    name = ctypes.util.find_library("archive")
    if not name:
        return None
    la = ctypes.CDLL(name)
    la.archive_write_new.restype = la.archive_entry_new.restype = \
        ctypes.c_void_p
    room, used = ctypes.create_string_buffer(1 << 22), ctypes.c_size_t()
    archive = ctypes.c_void_p(la.archive_write_new())
    la.archive_write_set_format_7zip(archive)
    la.archive_write_open_memory(archive, room, ctypes.c_size_t(len(room)),
                                 ctypes.byref(used))
    for name, data in members:
        entry = ctypes.c_void_p(la.archive_entry_new())
        la.archive_entry_set_pathname(entry, name.encode())
        la.archive_entry_set_filetype(entry, 0o100000)
        la.archive_entry_set_size(entry, ctypes.c_int64(len(data)))
        la.archive_write_header(archive, entry)
        la.archive_write_data(archive, data, ctypes.c_size_t(len(data)))
        la.archive_entry_free(entry)
    la.archive_write_free(archive)
    return room.raw[:used.value]


def seven_zip_is_read(bench):
    data = seven_zip([("a.pcap", bench.sample(FINE)),
                      ("b.pcap", bench.sample(FAILS))])
    if not data:
        print("7-Zip is not tested: there is no libarchive to write it")
        return
    bench.write("m.7z", data)
    status, found, said = bench.scan("m.7z")
    bench.check("7-Zip", status == 1 and not said and
                list(found) == ["m.7z/a.pcap", "m.7z/b.pcap"],
                (status, list(found), said))


def names_are_never_paths(bench):
    ok = bench.sample(FINE)
    bench.write("names.tar", tarred([
        ("../../outside.pcap", ok), ("/etc/absolute.pcap", ok),
        ("./dot.pcap", ok), ("\x1b[2J\u202e.pcap", ok)]))
    status, found, _ = bench.scan("names.tar")
    bench.check("names are shown as they are, made safe", status == 0 and
                list(found) == ["names.tar/../../outside.pcap",
                                "names.tar//etc/absolute.pcap",
                                "names.tar/dot.pcap",
                                "names.tar/\\x1b[2J\\u{202e}.pcap"],
                list(found))
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"link{kind!r}")
            info.type, info.linkname = kind, bench.path("alone/" + FAILS)
            archive.addfile(info)
    bench.write("links.tar", out.getvalue())
    status, found, said = bench.scan("links.tar")
    bench.check("links are not followed",
                status == 2 and "without captures" in said, said)


def bombs_do_not_go_off(bench):
    """A capture of 100 MiB of zeros behind its header, 1000 times smaller."""
    header = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = bytes(1 << 20)
    packed = packer.compress(header)
    crc, size = zlib.crc32(header), len(header)
    for _ in range(100):
        packed += packer.compress(zeros)
        size += len(zeros)
    packed += packer.flush()
    local = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, crc,
                        len(packed), size, 6, 0) + b"b.pcap"
    central = struct.pack("<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, 0, 8, 0,
                          0, crc, len(packed), size, 6, 0, 0, 0, 0, 0, 0)
    central += b"b.pcap"
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(central),
                      len(local) + len(packed), 0)
    bench.write("bomb.zip", local + packed + central + end)
    status, _, said = bench.scan("bomb.zip")
    bench.check("a bomb is left alone", status == 2 and
                "bomb.zip: is not read on after member 1 (b.pcap): it unpacks "
                "to far more than captures do" in said, said)


def members_are_bounded(bench):
    info = tarfile.TarInfo("x").tobuf()
    bench.write("crowd.tgz", gzip.compress(info * 100001 + bytes(1024), 1))
    status, _, said = bench.scan("crowd.tgz")
    bench.check("too many members", status == 2 and
                "after member 100000 (x): it has more members than that" in said,
                said)


def no_room_is_told(bench):
    env = dict(os.environ, TMPDIR=bench.path("nowhere"))
    done = bench.run("scan", "m.zip", env=env)
    bench.check("no place to unpack", done.returncode == 2 and
                b"nowhere: No such file or directory; let TMPDIR name"
                in done.stderr, done.stderr)


def what_does_not_fit_makes_no_others_fail(bench):
    """The room is given back at once, not when its turn to be told has come."""
    header = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 1)
    packet = struct.pack("<IIII", 1, 1, 60000, 60000) + bytes(60000)
    members = []
    for i in range(6):
        members += [(f"{i}.pcap", header + packet * 90),
                    (f"small{i}.pcap", bench.sample(FINE))]
    bench.write("large.zip", zipped(members))
    room = bench.path("room")
    os.mkdir(room)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", room],
                      capture_output=True, check=False).returncode != 0:
        print("a full disk is not tested: it takes root to mount a small one")
        return
    try:
        with subprocess.Popen(
                [bench.mailwhy, "scan", "--jobs", "2", "--format", "json", "-",
                 "large.zip"], cwd=bench.folder, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=dict(os.environ, TMPDIR=room)) as scanner:
            time.sleep(2)  # the archive is done, and waits for its turn
            out, _ = scanner.communicate(bench.sample(FINE))
    finally:
        subprocess.run(["umount", room], check=True)
    found = json.loads(out)["captures"]
    fine = [c["file"] for c in found if not c["error"]]
    bench.check("captures that fit, beside others that do not",
                fine == ["-"] + [f"large.zip/small{i}.pcap" for i in range(6)]
                and len(found) == 13, fine)


def the_same_name_twice_is_two_captures(bench):
    bench.write("same.tar", tarred([("a.pcap", bench.sample(FAILS)),
                                    ("a.pcap", bench.sample(FINE))]))
    done = bench.run("scan", "--format", "json", "same.tar")
    said = [(c["file"], c["verdict"])
            for c in json.loads(done.stdout)["captures"]]
    bench.check("the same name twice", said ==
                [("same.tar/a.pcap", "failure"), ("same.tar/a.pcap", "healthy")],
                said)


def others_name_scan(bench):
    for words, feed in ((("diff", "m.zip", "alone/" + FAILS), None),
                        (("redact", "m.zip", "out.pcap"), None),
                        (("scan", "-"), bench.path("m.zip"))):
        how = {}
        if feed: # a pipe, in which nobody can go back
            with open(feed, "rb") as file:
                how["input"] = file.read()
        done = bench.run(*words, **how)
        bench.check(f"{words[0]}: not for archives, and what is",
                    done.returncode == 2 and b"a ZIP archive; name it to "
                    b"mailwhy scan" in done.stderr, done.stderr)


def main():
    mailwhy, samples = (os.path.abspath(p) for p in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(mailwhy, samples, folder)
        for test in (each_kind_holds_its_captures,
                     order_does_not_depend_on_jobs, folders_hold_archives,
                     what_is_wrong_is_told, what_comes_before_a_cut_is_reported,
                     seven_zip_is_read, names_are_never_paths,
                     bombs_do_not_go_off, members_are_bounded, no_room_is_told,
                     what_does_not_fit_makes_no_others_fail,
                     the_same_name_twice_is_two_captures, others_name_scan):
            test(bench)
        return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
