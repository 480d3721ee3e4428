#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports every ugly table (NAME.in) and compares what sekisho import says
and keeps with what is expected (NAME.ok).

  run.py [--update] [NAME...]

NAME.in is the table as text below lines that say what becomes of it:
  #! import ledger|conduits|leases|list
  #! encoding utf-8|utf-8-sig|cp932|utf-16   how the file is written
  #! option --encoding cp932                 a further argument, one a line
  #! ends lf|crlf|cr                         line ends
  #! separator tab                           commas become tabs
  #! bytes 3:82ff                            these bytes replace the text @3@
  #! columns {"address": "..."}              a column map
  #! xlsx                                    a workbook of the rows below
  #! merge A4:A6                             joined cells of the sheet
  #! sheet NAME, #! hidden NAME              the sheet begins below
In a workbook a cell {d:45748} is a day, {n:443} a number, {r:住民|ジュウミン}
a text with its reading, {i:...} an inline string; another cell is a shared
string. NAME.ok holds the exit code, the text in both languages and the clean
CSV. Held of every case besides: the JSON is of its schema and its counts add
up, the clean CSV imports again without a fault and to the same table, and a
model takes a clean ledger without a warning.
"""

import argparse
import csv
import difflib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from xml.sax.saxutils import escape, quoteattr

try:
    import jsonschema
except ImportError:
    jsonschema = None

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMA = os.path.join(HERE, "../../topology/schema/sekisho-import-1.json")
SECONDS = 60
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def program():
    return os.path.join(os.environ.get("SEKISHO_BUILD", "build/plain"),
                        "sekisho")


def letters(column):
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


class Workbook:
    """An .xlsx made of rows of text."""

    def __init__(self):
        self.strings, self.sheets = [], []

    def begin(self, name, hidden):
        self.sheets.append([name, hidden, [], []])

    def cell(self, place, text):
        found = re.fullmatch(r"\{([dnri]):(.*)\}", text, re.S)
        kind, value = found.groups() if found else ("s", text)
        if kind == "d":
            return f'<c r="{place}" s="1"><v>{value}</v></c>'
        if kind == "n":
            return f'<c r="{place}"><v>{value}</v></c>'
        if kind == "i":
            return (f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}'
                    f'</t></is></c>')
        if kind == "r":
            value, reading = value.split("|")
            item = (f"<r><t>{escape(value[:1])}</t></r><r><t>"
                    f"{escape(value[1:])}</t></r><rPh sb=\"0\" eb=\"1\"><t>"
                    f"{escape(reading)}</t></rPh>")
        else:
            item = f'<t xml:space="preserve">{escape(value)}</t>'
        self.strings.append(item)
        return f'<c r="{place}" t="s"><v>{len(self.strings) - 1}</v></c>'

    def sheet_xml(self, rows, merges):
        out = [f"<worksheet {MAIN}><sheetData>"]
        for number, row in enumerate(rows, 1):
            cells = "".join(self.cell(letters(c) + str(number), text)
                            for c, text in enumerate(row, 1) if text)
            out.append(f'<row r="{number}">{cells}</row>')
        out.append("</sheetData>")
        if merges:
            out.append("<mergeCells>" + "".join(
                f'<mergeCell ref="{m}"/>' for m in merges) + "</mergeCells>")
        return "".join(out) + "</worksheet>"

    def write(self):
        parts = {}
        names, links = "", ""
        for n, (name, hidden, rows, merges) in enumerate(self.sheets, 1):
            parts[f"xl/worksheets/sheet{n}.xml"] = self.sheet_xml(rows,
                                                                  merges)
            state = ' state="hidden"' if hidden else ""
            names += (f"<sheet name={quoteattr(name)} sheetId=\"{n}\"{state} "
                      f"r:id=\"r{n}\"/>")
            links += (f'<Relationship Id="r{n}" Type="{REL}/worksheet" '
                      f'Target="worksheets/sheet{n}.xml"/>')
        parts["xl/workbook.xml"] = (
            f'<workbook {MAIN} xmlns:r="{REL}"><sheets>{names}</sheets>'
            f"</workbook>")
        parts["xl/_rels/workbook.xml.rels"] = (
            f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>')
        parts["xl/sharedStrings.xml"] = (
            f"<sst {MAIN}>" + "".join(f"<si>{s}</si>" for s in self.strings) +
            "</sst>")
        parts["xl/styles.xml"] = (
            f'<styleSheet {MAIN}><numFmts count="1"><numFmt numFmtId="176" '
            f'formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;"/>'
            f'</numFmts><cellXfs count="2"><xf numFmtId="0"/>'
            f'<xf numFmtId="176"/></cellXfs></styleSheet>')
        parts["[Content_Types].xml"] = "<Types/>"
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            for name, text in parts.items():
                file.writestr(zipfile.ZipInfo(name),
                              '<?xml version="1.0" encoding="UTF-8"?>' + text)
        return out.getvalue()


class Case:
    """NAME.in, read."""

    def __init__(self, name):
        self.name, self.kind, self.options = name, "ledger", []
        self.encoding, self.ends, self.columns = "utf-8", "lf", None
        self.separator, self.xlsx, self.bytes = ",", False, {}
        self.merges, sheets, lines = [], [("Sheet1", False)], [[]]
        path = os.path.join(HERE, name + ".in")
        with open(path, encoding="utf-8", newline="") as file:
            for line in file.read().split("\n"):
                if not line.startswith("#! "):
                    lines[-1].append(line)
                    continue
                word, _, rest = line[3:].partition(" ")
                if word in ("sheet", "hidden"):
                    begin = (rest, word == "hidden")
                    if any(lines[-1]):
                        sheets.append(begin)
                        lines.append([])
                    else:
                        sheets[-1] = begin
                else:
                    self.directive(word, rest)
        self.texts = ["\n".join(part) for part in lines]
        self.sheets = sheets

    def directive(self, word, rest):
        if word == "import":
            self.kind = rest
        elif word == "encoding":
            self.encoding = rest
        elif word == "ends":
            self.ends = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}[rest]
        elif word == "option":
            self.options += rest.split()
        elif word == "columns":
            self.columns = rest
        elif word == "separator":
            self.separator = "\t"
        elif word == "bytes":
            number, _, digits = rest.partition(":")
            self.bytes[f"@{number}@".encode()] = bytes.fromhex(digits)
        elif word == "merge":
            self.merges.append(rest)
        elif word == "xlsx":
            self.xlsx = True
        else:
            sys.exit(f"{self.name}: what is \"#! {word}\"?")

    def data(self):
        if self.xlsx:
            book = Workbook()
            for (name, hidden), text in zip(self.sheets, self.texts):
                book.begin(name, hidden)
                book.sheets[-1][2] += list(csv.reader(io.StringIO(text)))
                book.sheets[-1][3] += self.merges
            return book.write()
        text = self.texts[0]
        if self.separator != ",":
            text = text.replace(",", self.separator)
        if self.ends != "lf":
            text = text.replace("\n", self.ends)
        data = text.encode(self.encoding)
        for mark, raw in self.bytes.items():
            data = data.replace(mark, raw)
        return data


def run(arguments, folder):
    done = subprocess.run([os.path.abspath(program()), *arguments],
                          cwd=folder, capture_output=True, timeout=SECONDS,
                          check=False)
    return (done.returncode, done.stdout.decode("utf-8", "strict"),
            done.stderr.decode("utf-8", "strict"))


def check_json(case, arguments, folder, code):
    """Faults of the JSON form."""
    status, out, _ = run([*arguments, "--lang", "en", "--format", "json"],
                         folder)
    found = json.loads(out) if out else {}
    if status != code:
        yield f"json: exit {status}, not {code}"
    if code == 2 and not found:
        return
    if jsonschema:
        with open(SCHEMA, encoding="utf-8") as file:
            schema = json.load(file)
        for fault in jsonschema.Draft7Validator(schema).iter_errors(found):
            yield f"json: {list(fault.path)}: {fault.message}"
    if case.kind == "list":
        return
    counts = found["counts"]
    if counts["read"] != counts["kept"] + sum(counts["left_out"].values()):
        yield "json: read is not kept + left out"
    if len(found["rows"]) != counts["kept"]:
        yield "json: not as many rows as are kept"
    if len(found["faults"]) != counts["errors"] + counts["warnings"]:
        yield "json: not as many faults as are counted"


def check_again(case, folder, clean):
    """Faults of the clean table, imported again."""
    path = os.path.join(folder, "clean.csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(clean)
    status, out, err = run(["import", case.kind, "clean.csv", "--lang", "en",
                            "--format", "csv"], folder)
    # Ranges that overlap in part are written as they are, and told again.
    rest = [line for line in err.splitlines() if "stands in row" not in line]
    allowed = clean.count("\n") < 2
    if (status == 2 or rest) and not allowed:
        yield f"the clean table, imported again: exit {status}: {err}"
    elif out != clean and not allowed:
        yield "the clean table, imported again, is another one"


def check_model(folder):
    """Faults of a model that takes clean.csv as its ledger."""
    zones = [{"id": "core", "tier": "mynumber", "name": "個人番号利用事務系",
              "networks": ["10.1.0.0/16", "fd00:1::/48"]},
             {"id": "lg", "tier": "lgwan", "name": "LGWAN接続系",
              "networks": ["10.2.0.0/16", "fd00:2::/48"]},
             {"id": "office", "tier": "internet",
              "name": "インターネット接続系", "networks": ["10.3.0.0/16"]}]
    columns = {c: c for c in ("address", "mac", "name", "system", "division",
                              "kind", "offline", "zone")}
    with open(os.path.join(folder, "clean.csv"), encoding="utf-8",
              newline="") as file:
        rows = list(csv.DictReader(file))
    # Ledgers name zones in words of their own: whoever keeps the model maps
    # them; here each is one of the three.
    names = {"基幹系": "core", "個人番号利用事務系": "core",
             "イントラネット": "core", "マイナンバー系": "core",
             "LGWAN系": "lg", "LGWAN接続系": "lg", "情報系": "office",
             "インターネット系": "office"}
    with open(os.path.join(folder, "mapped.csv"), "w", encoding="utf-8",
              newline="") as file:
        out = csv.DictWriter(file, list(columns))
        out.writeheader()
        for row in rows:
            row["zone"] = names.get(row["zone"], row["zone"])
            out.writerow(row)
    model = {"format": "sekisho-topology/1", "stage": "in-force",
             "organisation": {"name": "見本市", "code": "999997",
                              "timezone": "Asia/Tokyo"},
             "guideline": {"file": "mic-2025-03.json", "model": "alpha"},
             "zones": zones,
             "ledger": {"file": "mapped.csv", "encoding": "utf-8",
                        "columns": columns}}
    with open(os.path.join(folder, "model.json"), "w",
              encoding="utf-8") as file:
        json.dump(model, file, ensure_ascii=False)
    _, out, err = run(["check", "model.json", "--lang", "en", "--format",
                       "json"], folder)
    found = json.loads(out) if out else {"loads": False, "findings": []}
    if not found["loads"]:
        yield f"a model does not load with the clean ledger: {out}{err}"
    for finding in found["findings"]:
        if (finding["file"].endswith("mapped.csv") and
                "is already that of" not in finding["sentence"]):
            yield (f"a model with the clean ledger: row {finding['line']}: "
                   f"{finding['sentence']}")
    # A row without address is not counted by its interfaces, but as a host.
    if found["loads"] and found["holds"]["hosts"] != len(rows):
        yield (f"a model takes {found['holds']['hosts']} hosts from "
               f"{len(rows)} rows")


def play(name):
    """(what came out, faults)"""
    case = Case(name)
    out, faults = [], []
    with tempfile.TemporaryDirectory() as folder:
        file = name + (".xlsx" if case.xlsx else ".csv")
        with open(os.path.join(folder, file), "wb") as handle:
            handle.write(case.data())
        arguments = ["import", case.kind, file, *case.options]
        if case.columns:
            with open(os.path.join(folder, "columns.json"), "w",
                      encoding="utf-8") as handle:
                handle.write(case.columns)
            arguments += ["--columns", "columns.json"]
        for lang in "ja", "en":
            code, text, err = run([*arguments, "--lang", lang], folder)
            text = re.sub(r"(?m)^(SHA-256 +)[0-9a-f]{64}$", r"\1...", text)
            text = re.sub(r"\d+ (日前|days ago)", r"... \1", text)
            out.append(f"== {lang}: exit {code}\n{text}{err}")
        status, clean, _ = run([*arguments, "--lang", "en", "--format",
                                "csv"], folder)
        if status != code:
            faults.append(f"csv: exit {status}, not {code}")
        out.append("== csv\n" + clean.replace("\r\n", "\n"))
        faults += check_json(case, arguments, folder, code)
        if code != 2 and case.kind != "list":
            faults += check_again(case, folder, clean)
        if code != 2 and case.kind == "ledger":
            faults += check_model(folder)
    return "".join(out), faults


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("names", nargs="*")
    wanted = parser.parse_args()
    names = wanted.names or sorted(
        n[:-3] for n in os.listdir(HERE) if n.endswith(".in"))
    failed = 0
    for name in names:
        try:
            found, faults = play(name)
        except subprocess.TimeoutExpired:
            found, faults = "", [f"no end after {SECONDS} s"]
        path = os.path.join(HERE, name + ".ok")
        if wanted.update:
            with open(path, "w", encoding="utf-8") as file:
                file.write(found)
        expected = ""
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                expected = file.read()
        faults += difflib.unified_diff(
            expected.splitlines(), found.splitlines(), name + ".ok", "found",
            lineterm="", n=1)
        for fault in faults:
            print(fault)
        failed += bool(faults)
        print(("not ok " if faults else "ok ") + f"import {name}")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
