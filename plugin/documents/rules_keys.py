"""Every key a rules file may have, described once: for checks, the JSON Schema and the reference."""

from __future__ import annotations

from plugin.documents.extract import ANY_KIND, LANGUAGE, WORDS
from plugin.documents.reader import Choice, Key, ListOf, MapOf, keys

TYPES = ("choice", "tree", "text", "number", "duration", "time", "flag", "tags")
POLICIES = ("first", "highest", "all")
FIELD = keys(
    Key("type", Choice(TYPES), required=True, en="What kind of value it has.", zh="值的种类。"),
    Key(
        "values",
        ListOf("text"),
        en="Its values, lowest first where order matters.",
        zh="可取的值，有高低时由低到高。",
    ),
    Key("default", "any", en="What holds while nothing says otherwise.", zh="没有值时按此处理。"),
)
RULE = keys(
    Key("id", "id", required=True, en="Name of the rule.", zh="规则标识。"),
    Key("when", "condition", en="When it holds; left out: always.", zh="成立条件；省略为始终成立。"),
    Key("set", MapOf("any"), required=True, en="What it sets.", zh="设置的结果。"),
    Key("note", "text", en="Why it is there.", zh="说明。"),
    Key("enabled", "flag", en="false switches it off.", zh="false 表示停用。"),
)
BAND = keys(
    Key("id", "id", required=True, en="Name of the band.", zh="分档标识。"),
    Key("of", "id", required=True, en="The number it reads.", zh="所读的数。"),
    Key("at", MapOf("whole"), required=True, en="Threshold and value.", zh="阈值与取值。"),
    Key("when", "condition", en="When it applies.", zh="适用条件。"),
    Key("note", "text", en="Why it is there.", zh="说明。"),
)
GRID = keys(
    Key("id", "id", required=True, en="Name of the grid.", zh="表格标识。"),
    Key("when", "condition", en="When it applies.", zh="适用条件。"),
    Key("down", "id", required=True, en="The field of its rows.", zh="行的字段。"),
    Key("across", MapOf(ListOf("text")), required=True, en="A number and its bands.", zh="列的数值及分档。"),
    Key(
        "cells",
        MapOf(ListOf("any")),
        required=True,
        en="Row value and one cell a band.",
        zh="行的取值与每档一格。",
    ),
)
STEP = keys(
    Key("step", "id", required=True, en="Name of the step.", zh="步骤标识。"),
    Key("policy", Choice(POLICIES), en="Which of the entries that hold decide.", zh="多条成立时由哪条决定。"),
    Key(
        "output",
        "id",
        en="What bands and grids set; the step's name if left out.",
        zh="分档与表格设置的结果；省略为步骤名。",
    ),
    Key("rules", ListOf(RULE), en="Its rules, in order.", zh="规则，按顺序。"),
    Key("bands", ListOf(BAND), en="Thresholds.", zh="分档。"),
    Key("grids", ListOf(GRID), en="Matrices.", zh="表格。"),
    Key("otherwise", MapOf("any"), en="What is set when nothing holds.", zh="都不成立时的结果。"),
)
TEST = keys(
    Key("name", "text", required=True, en="What it shows.", zh="测试名称。"),
    Key(
        "ticket", MapOf("any"), required=True, en="title, text, at and fields.", zh="标题、正文、时间与字段。"
    ),
    Key("expect", MapOf("any"), required=True, en="What must come out.", zh="应得的结果。"),
    Key("by", MapOf("text"), en="Step and who must decide it.", zh="步骤与应由哪条决定。"),
)
RULES = keys(
    Key("version", "whole", required=True, en="1", zh="1"),
    Key("name", "label", en="Title for people.", zh="标题。"),
    Key("include", ListOf("id"), en="Parts to bring in.", zh="引入的公共部分。"),
    Key("fields", MapOf(FIELD), en="Fields of the ticket and outputs of steps.", zh="工单字段与步骤结果。"),
    Key("lists", MapOf(ListOf("text")), en="Word lists, used as $name.", zh="词表，用 $名称 引用。"),
    Key(
        "language",
        {name: Key(name, WORDS) for name in LANGUAGE},
        en="More words for ways of speaking (past, planned, …) and for what is counted (person, staff, …).",
        zh="补充的语气词（过去、计划等）与计数对象词（人、工作人员等）。",
    ),
    Key("extract", MapOf(ANY_KIND), en="Facts read from text.", zh="从文字读出的要素。"),
    Key(
        "steps", ListOf(STEP), required=True, en="What is made of a ticket, in order.", zh="依次处理的步骤。"
    ),
    Key("tests", ListOf(TEST), en="Tests of this file.", zh="本文件的测试。"),
)
