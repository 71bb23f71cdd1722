"""Loading files over the wire: what one holds, what is wrong with it, and storing it."""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, UploadFile
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.api.bodies import OWN_FORMS
from app.api.dependencies import TheStore, TheViewer
from app.api.layers import Label
from app.api.problems import documented
from app.services import importing as service
from app.services.importing import ImportOptions, ImportReport, Upload
from app.services.importing.report import Outcome
from geo.errors import ParameterError

router = APIRouter(prefix="/imports", tags=["imports"], dependencies=OWN_FORMS)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ImportColumn(_Strict):
    """一列 One column of the file."""

    heading: str
    field: str | None = Field(description="对应字段，空为不读取 What it stands for; null: not read")
    confidence: float
    why: str
    why_en: str


class ImportLeftOut(_Strict):
    """不是数据的行 Rows that are no data: titles, totals, notes."""

    sheet: str = Field(description="合读多张工作表时的表名，否则为空 The sheet, where several are read together")
    row: int
    rows: int
    reason: str
    reason_en: str


class ImportIssue(_Strict):
    """一处问题 One problem, in the file's own row and heading."""

    sheet: str = Field(description="合读多张工作表时的表名，否则为空 The sheet, where several are read together")
    row: int = Field(description="文件中的行号 The file's row number")
    column: str = Field(description="文件中的表头 The file's heading")
    field: str
    rule: str
    value: str = Field(description="个人信息显示为 *** Personal data is shown as ***")
    reason: str
    reason_en: str
    hint: str
    hint_en: str
    doubt: bool = Field(description="可能没错，可接受 May be right after all: can be accepted")


class ImportSheet(_Strict):
    """工作表 A sheet of the file."""

    name: str
    rows: int
    hidden: bool


class DatumLine(_Strict):
    """一种坐标系的吻合情况 How well one datum fits."""

    datum: str
    label: str
    label_en: str
    inside: int = Field(description="落在所写的村或乡镇内的点 Points within the unit that they name")
    tested: int
    impossible: int


class DatumTest(_Strict):
    """坐标系 The datum: declared by the file, and what its points speak for."""

    declared: str | None
    likeliest: str | None = None
    reason: str = ""
    reason_en: str = ""
    evidence: list[DatumLine] = []


class ImportPreview(_Strict):
    """文件里有什么 What a file holds and how it would be taken."""

    layer: str
    file: str
    sha256: str
    kind: str
    encoding: str | None
    sheets: list[ImportSheet]
    sheet: str
    header_rows: list[int]
    rows: int
    left_out: list[ImportLeftOut]
    columns: list[ImportColumn]
    missing: list[str] = Field(description="必填而没有对应列的字段 Required fields without a column")
    sample: list[list[str]]
    datum: DatumTest
    notes: list[Label]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportAnswer(Outcome):
    """装入结果 rows_in = stored + unchanged + rejected; load 为台账编号 the entry in the ledger, null: nothing entered."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    issues: list[ImportIssue]
    columns: list[ImportColumn]
    left_out: list[ImportLeftOut]
    notes: list[Label]
    workbook: Annotated[str | None, Field(description="退回表（xlsx，base64），不留存 The return workbook; it is not kept")] = None


_ANSWER = TypeAdapter(ImportAnswer)


TheFile = Annotated[UploadFile, File(description="文件 The file")]
LayerName = Annotated[str, Form(description="图层名 Name of the layer", examples=["households"])]
Datum = Annotated[str, Form(description="坐标系 auto|wgs84|gcj02|bd09|cgcs2000|EPSG:… The datum")]
Sheet = Annotated[str | None, Form(description="工作表 Name of the sheet")]
Encoding = Annotated[str | None, Form(description="文本编码 Encoding of text")]
Columns = Annotated[str, Form(description='列的对应 JSON: {"字段 field": "表头 heading"}')]
Constants = Annotated[str, Form(description='每行都取的值 JSON: {"字段 field": "值 value"}')]
Accept = Annotated[str, Form(description="接受的疑点，逗号分隔 Doubts that are to pass, comma between")]
AsOf = Annotated[dt.date | None, Form(description="截至日期，默认今天 The day on which the data held; default today")]
Mode = Annotated[str, Form(description="all 全部或不装 All or none; good 先装好的 the good rows")]
Since = Annotated[str | None, Form(
    description="检查答复中的 state；此后数据有变动则不装入 The state of the check that was seen: nothing is loaded over others' changes")]
Returned = Annotated[bool, Form(description="同时给出退回表 Hand the rest back as a workbook")]


def _options(
    datum: Datum = "auto", sheet: Sheet = None, encoding: Encoding = None, columns: Columns = "{}", constants: Constants = "{}",
    accept: Accept = "", as_of: AsOf = None, mode: Mode = "all",
) -> ImportOptions:
    return ImportOptions(
        mode=mode, datum=datum, sheet=sheet or None, encoding=encoding or None, columns=_pairs("columns", columns),
        constants=_pairs("constants", constants), as_of=as_of,
        accept=frozenset(part.strip() for part in accept.split(",") if part.strip()),
    )


Options = Annotated[ImportOptions, Depends(_options)]
_PROBLEMS = documented(400, 403, 404, 413, 422, 503)


@router.post("/preview", operation_id="previewImport", summary="看文件里有什么 What a file holds", responses=_PROBLEMS)
def preview(store: TheStore, viewer: TheViewer, file: TheFile, layer: LayerName, options: Options) -> ImportPreview:
    """工作表、表头、各列对应的字段、坐标系的依据。 Sheets, header, what the columns are, what speaks for which datum."""
    found = service.preview(viewer, store, layer, _upload(file), options)
    return ImportPreview.model_validate(found.to_json())


@router.post("/check", operation_id="checkImport", summary="检查文件 Check a file", responses=_PROBLEMS)
def check(
    store: TheStore, viewer: TheViewer, file: TheFile, layer: LayerName, options: Options, return_workbook: Returned = False,
) -> ImportAnswer:
    """一次列出全部问题，什么也不保存。 Every problem at once; nothing is stored."""
    return _answer(service.check(viewer, store, layer, _upload(file), options), returned=return_workbook)


@router.post("", operation_id="loadImport", summary="装入文件 Load a file", responses=_PROBLEMS | documented(409))
def load(
    store: TheStore, viewer: TheViewer, file: TheFile, layer: LayerName, options: Options, return_workbook: Returned = False,
    unless_changed_since: Since = None,
) -> ImportAnswer:
    """检查后写入库和台账。 Checked, then stored and entered in the ledger."""
    report = service.load(viewer, store, layer, _upload(file), options, unless_changed_since=unless_changed_since or None)
    return _answer(report, returned=return_workbook)


def _upload(file: UploadFile) -> Upload:
    return Upload(file.filename or "file", file.file.read())


def _answer(report: ImportReport, *, returned: bool) -> ImportAnswer:
    book = base64.b64encode(report.workbook()).decode() if returned and not report.ok else None
    return _ANSWER.validate_python({**report.to_json(), "workbook": book})


def _pairs(name: str, text: str) -> dict[str, str]:
    try:
        found: Any = json.loads(text or "{}")
    except (json.JSONDecodeError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(value, str | None) for value in found.values()):
        msg = f'{name} 应为 JSON 对象，如 {{"phone": "联系电话"}} ({name} should be a JSON object of texts)'
        raise ParameterError(msg)
    return {key: value or "" for key, value in found.items()}
