#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a damaged or hostile table may not do: hang, crash, take the machine's
memory, or pass for a whole one. Each ends with 2 and one sentence."""

import io
import os
import resource
import subprocess
import sys
import tempfile
import warnings
import zipfile

SECONDS = 60
MEMORY = 1 << 30
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = (f'<workbook {MAIN} xmlns:r="{REL}"><sheets><sheet name="a" '
            f'sheetId="1" r:id="r1"/></sheets></workbook>')
RELATIONS = ('<Relationships xmlns="http://schemas.openxmlformats.org/package'
             '/2006/relationships"><Relationship Id="r1" '
             'Target="worksheets/sheet1.xml"/></Relationships>')
SHEET = (f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1" t="inlineStr">'
         f"<is><t>IPアドレス</t></is></c></row><row r=\"2\"><c r=\"A2\" "
         f't="inlineStr"><is><t>10.1.1.1</t></is></c></row>'
         f"</sheetData>MERGES</worksheet>")
warnings.simplefilter("ignore")
SANITIZED = "asan" in os.environ.get("SEKISHO_BUILD", "")


def workbook(**parts):
    """Bytes of an .xlsx; parts replace the usual ones by their names."""
    usual = {"xl/workbook.xml": WORKBOOK, "xl/_rels/workbook.xml.rels":
             RELATIONS, "xl/worksheets/sheet1.xml":
             SHEET.replace("MERGES", "")}
    usual.update({k.replace("__", "/"): v for k, v in parts.items()})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in usual.items():
            file.writestr(zipfile.ZipInfo(name), text,
                          zipfile.ZIP_DEFLATED)
    return out.getvalue()


def sheet(xml):
    return workbook(**{"xl/worksheets/sheet1.xml": xml})


def twice():
    out = io.BytesIO(workbook())
    with zipfile.ZipFile(out, "a") as file:
        file.writestr(zipfile.ZipInfo("xl/worksheets/sheet1.xml"),
                      SHEET.replace("10.1.1.1", "10.1.1.2"))
    return out.getvalue()


def encrypted():
    """The bit that says so, set in both headers of every part."""
    data = bytearray(workbook())
    for mark, at in (b"PK\3\4", 6), (b"PK\1\2", 8):
        place = data.find(mark)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(mark, place + 1)
    return bytes(data)


def laughs():
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">'
                       for i in range(1, 10))
    return sheet(f'<!DOCTYPE x [<!ENTITY e0 "10.1.1.1">{entities}]>' +
                 SHEET.replace("10.1.1.1", "&e9;").replace("MERGES", ""))


CASES = {
    "a bomb": sheet(SHEET.replace("MERGES", " " * (200 << 20))),
    "entities in entities": laughs(),
    "an entity from outside": sheet(
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' +
        SHEET.replace("10.1.1.1", "&e;").replace("MERGES", "")),
    "elements without end": sheet("<a>" * 100000),
    "rows out of order": sheet(SHEET.replace('row r="2"', 'row r="1"')
                               .replace("A2", "A1").replace("MERGES", "")),
    "too many joined cells": sheet(SHEET.replace(
        "MERGES", "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' *
        100001 + "</mergeCells>")),
    "a string that is not there": sheet(SHEET.replace(
        't="inlineStr"><is><t>10.1.1.1</t></is>', 't="s"><v>7</v>')
        .replace("MERGES", "")),
    "one long text in every cell": workbook(**{
        "xl/sharedStrings.xml": f"<sst {MAIN}><si><t>IPアドレス</t></si>"
        f"<si><t>{'x' * 32000}</t></si></sst>",
        "xl/worksheets/sheet1.xml":
        f'<worksheet {MAIN}><sheetData><row><c t="s"><v>0</v></c></row>' +
        '<row><c t="s"><v>1</v></c></row>' * 150000 +
        "</sheetData></worksheet>"}),
    "two parts of one name": twice(),
    "a password": encrypted(),
    "no sheet": workbook(**{"xl/_rels/workbook.xml.rels":
                            RELATIONS.replace("sheet1", "sheet9")}),
    "another zip": workbook(**{"xl/workbook.xml": ""}),
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "nothing": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "too many rows": "IPアドレス\n".encode() + b"10.1.1.1\n" * 200200,
}
MILD = {
    "one long text carried down": (
        "IPアドレス,備考\n10.1.1.1," + "x" * 32000 + "\n" +
        "10.1.1.2,〃\n" * 150000).encode(),
    "joined cells all over": sheet(SHEET.replace(
        "MERGES", "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 9999 +
        "</mergeCells>")),
}


def limit():
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(data, kind="ledger"):
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(data)
        file.flush()
        program = os.path.join(os.environ.get("SEKISHO_BUILD",
                                              "build/plain"), "sekisho")
        done = subprocess.run(
            [program, "import", kind, file.name, "--lang", "en"],
            capture_output=True, timeout=SECONDS, check=False,
            preexec_fn=limit)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def tell(name, fault):
    if fault:
        print(fault)
    print(("not ok " if fault else "ok ") + f"import of {name}")
    return bool(fault)


def truncations():
    """Every end of a workbook but the whole of it is told or harmless."""
    data = workbook()
    for n in range(4, len(data), 7):
        code, out, err = run(data[:n])
        if code != 2:
            return f"cut at {n} of {len(data)}: exit {code}: {out}{err}"
    return None


def main():
    failed = 0
    for name, data in CASES.items():
        code, out, err = run(data)
        fault = None
        if code != 2 or "error: " not in err:
            fault = f"{name}: exit {code}: {out[-500:]}{err[-500:]}"
        failed += tell(name, fault)
    for name, data in MILD.items():
        code, out, err = run(data)
        failed += tell(name, None if code in (0, 1, 2) else
                       f"{name}: exit {code}: {err[-500:]}")
    failed += tell("a workbook cut anywhere", truncations())
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
