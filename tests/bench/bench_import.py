"""A county's list of households from an XLSX: read, checked and loaded by the command, beside a plain read of the file.

The file is as an office would send it: a title, Chinese headings and labels, names of villages, totals. Run by
``make bench``; the limits that it prints are those that the project set itself.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import xlsxwriter
from broken_files import READ as READ_FILES
from broken_files import REFUSED
from postgis_cluster import own_schema, throwaway_cluster

from data.demo import make_county
from layers.registry import get
from layers.store import Provenance, Store

RONGTU = str(Path(sys.executable).parent / "rongtu")
RUNS = 3
ROWS = 22_000
PLAIN = "import pandas, sys; pandas.read_excel(sys.argv[1], dtype=str, header=1, engine='openpyxl')"
READ = """
import sys
from layers.errors import IntakeError
from layers.intake.files import find_table, read_file
try:
    print(len(find_table(read_file(sys.argv[1])).frame))
except IntakeError as error:
    print(error)
"""
HEAVY = {
    "million_empty_rows.xlsx", "bomb_that_lies_about_its_size.xlsx", "bomb_that_declares_its_size.xlsx",
    "cell_in_the_far_corner.xlsx", "millions_of_repeated_empty_cells.ods", "millions_of_repeated_filled_cells.ods",
    "spans_without_end_called.xls",
}
"""Files of the corpus that are small and mean to become large."""


def office_file(households: pd.DataFrame, villages: pd.DataFrame, path: Path) -> int:
    """Write the households as an office would; the number of rows."""
    layer = get("households")
    more = households.sample(ROWS - len(households), random_state=1)
    more = more.assign(id="more-" + more["id"], contact_name=more["contact_name"] + "乙", phone=None, identity_no=None)
    households = pd.concat([households, more.astype(households.dtypes.to_dict())], ignore_index=True)
    names = villages.set_index("id")["name"]
    table = pd.DataFrame(households.drop(columns="geometry")).assign(
        village=names.reindex(households["village"]).to_numpy(), lon=households.geometry.x, lat=households.geometry.y)
    for spec in layer.fields:
        if spec.vocabulary is not None:
            label = {code: told.zh for code, told in spec.vocabulary.terms.items()}
            table[spec.name] = [
                "、".join(label[code] for code in value) if isinstance(value, tuple) else label.get(value)
                for value in table[spec.name]]
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("名册")
    sheet.write_string(0, 0, "某县退役军人及其他优抚对象家庭名册")
    headings = {spec.name: spec.label.zh for spec in layer.fields} | {"lon": "经度", "lat": "纬度"}
    sheet.write_row(1, 0, [headings[name] for name in table.columns])
    for r, cells in enumerate(table.astype(object).where(table.notna(), None).to_numpy().tolist(), start=2):
        for c, value in enumerate(cells):
            if isinstance(value, bool):
                sheet.write_string(r, c, "是" if value else "否")
            elif isinstance(value, pd.Timestamp):
                sheet.write_datetime(r, c, value)
            elif value is not None:
                sheet.write(r, c, value) if not isinstance(value, str) else sheet.write_string(r, c, value)
    sheet.write_string(len(table) + 2, 0, "合计")
    sheet.write_number(len(table) + 2, 1, len(table))
    book.close()
    return len(table)


def large_file(path: Path) -> float:
    """Write a workbook of about 60 MB; its megabytes."""
    draw = random.Random(1)
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [f"第{c}项" for c in range(20)])
    for r in range(1, 320_000):
        for c in range(10):
            sheet.write_string(r, c, f"甲{draw.randrange(10**8)}乙")
        for c in range(10, 16):
            sheet.write_number(r, c, draw.random())
        for c in range(16, 20):
            sheet.write_string(r, c, "是")
    book.close()
    return path.stat().st_size / 1e6


def measured(command: list[str]) -> tuple[float, float, str]:
    """Wall seconds, megabytes of all its processes together at their most, and the output of a command."""
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    most = 0.0
    while child.poll() is None:
        most = max(most, _resident_mb(child.pid))
        time.sleep(0.02)
    seconds = time.perf_counter() - begin
    said = child.stdout.read() if child.stdout else ""
    if child.returncode not in {0, 1}:
        sys.exit(f"{command[:3]} failed")
    return seconds, most, said


def _resident_mb(pid: int) -> float:
    """Resident megabytes of a process and those that it started."""
    total = 0.0
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        total = pages * os.sysconf("SC_PAGE_SIZE") / 1e6
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += sum(_resident_mb(int(each)) for each in (task / "children").read_text("ascii").split())
    except (OSError, ValueError, IndexError):  # it has ended
        pass
    return total


def report(what: str, figure: str, limit: str) -> None:
    """One line of the table."""
    print(f"{what:<66}{figure:>30}   {limit}", flush=True)


def load_runs(file: Path, n_rows: int, fresh: Callable[[int], str]) -> tuple[float, float]:
    """Median seconds and most megabytes of the command, each time into a store without households."""
    runs = []
    for k in range(RUNS):
        seconds, peak, said = measured([RONGTU, "import", "households", str(file), "--mode", "good", "--datum", "wgs84",
                                        "--accept", "near_duplicate", "--accept", "same_household", "--json", "--store", fresh(k)])
        answer = json.loads(said)
        if answer["rows_in"] != n_rows or n_rows != answer["stored"] + answer["unchanged"] + answer["rejected"]:
            sys.exit(f"rows do not add up: {({k: answer[k] for k in ('rows_in', 'stored', 'unchanged', 'rejected')})}")
        if answer["stored"] < 0.95 * n_rows:
            sys.exit(f"only {answer['stored']} of {n_rows} rows were stored; the bench would measure something else")
        runs.append((seconds, peak))
    return statistics.median(s for s, _ in runs), max(p for _, p in runs)


def main() -> None:
    """Make the county without its households, and load them from the file."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        county = make_county()
        file, big = folder / "households.xlsx", folder / "big.xlsx"
        n_rows = office_file(county.frames["households"], county.frames["villages"], file)
        frames = {key: frame for key, frame in county.frames.items() if key not in {"households", "visits"}}
        provenance = Provenance("bench", "", "steward", county.as_of)
        plain = statistics.median(measured([sys.executable, "-c", PLAIN, str(file)])[0] for _ in range(RUNS))
        report(f"pandas.read_excel of the same file ({n_rows:,} rows), whole process", f"{plain:.1f} s", "")
        read = statistics.median(measured([sys.executable, "-c", READ, str(file)])[0] for _ in range(RUNS))
        report("read_file and find_table, whole process", f"{read:.1f} s", "")

        def on_sqlite(k: int) -> str:
            place = folder / f"run{k}"
            place.mkdir()
            for path in (folder / "empty").rglob("*"):
                if path.is_file():
                    (place / path.relative_to(folder / "empty")).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(path, place / path.relative_to(folder / "empty"))
            return str(place / "county.db")

        (folder / "empty").mkdir()
        with Store.open(f"sqlite:///{folder / 'empty' / 'county.db'}") as store:
            store.load(frames, provenance)
        _told("SQLite", load_runs(file, n_rows, on_sqlite), plain)

        with throwaway_cluster() as server:
            key = folder / "rongtu.key"
            os.environ["RONGTU_KEY"] = str(key)
            schemas = []

            def on_postgis(_k: int) -> str:
                schema = own_schema(server)
                schemas.append(schema)
                url = schema.__enter__()
                with Store.open(url) as store:
                    store.load(frames, provenance)
                return url

            _told("PostGIS", load_runs(file, n_rows, on_postgis), plain)
            for schema in schemas:
                schema.__exit__(None, None, None)

        size = large_file(big)
        seconds, peak, _ = measured([sys.executable, "-c", READ, str(big)])
        report(f"a workbook of {size:.0f} MB to its table, whole process", f"{seconds:.1f} s, {peak:,.0f} MB", "limit 2,000 MB")
        for fault, make in {**READ_FILES, **REFUSED}.items():
            if fault in HEAVY:
                (folder / fault).write_bytes(make())
                seconds, peak, _ = measured([sys.executable, "-W", "ignore", "-c", READ, str(folder / fault)])
                report(f"{fault}, to its table or a message", f"{seconds:.1f} s, {peak:,.0f} MB", "limit 180 s, 2,000 MB")


def _told(what: str, run: tuple[float, float], plain: float) -> None:
    seconds, peak = run
    report(f"rongtu import households on {what}, whole process", f"{seconds:.1f} s, {peak:,.0f} MB, {seconds / plain:.1f} x",
           "limit 15 s, 1,000 MB, 3 x the plain read")


if __name__ == "__main__":
    main()
