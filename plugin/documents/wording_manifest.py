"""Texts of what is not true in ``manifest.yaml``."""

from __future__ import annotations

MANIFEST_TEXTS: dict[str, tuple[str, str, str, str]] = {
    "manifest-missing": (
        'the manifest does not tell of {what} "{given}" ({there})',
        "add it under {where}: {line}",
        "清单中没有{what}“{given}”（{there}）",
        "在 {where} 下补上：{line}",
    ),
    "manifest-unknown": (
        'the manifest tells of {what} "{given}", which there is not',
        "remove it from {where}, or correct the name; there are: {choices}",
        "清单中写了{what}“{given}”，实际没有",
        "从 {where} 中删除，或改正名称；现有：{choices}",
    ),
    "manifest-differs": (
        'of {what} "{given}" the manifest says {key}: {told}, in truth it is {true} ({there})',
        "write {key}: {true}, or change it there",
        "{what}“{given}”：清单写 {key}: {told}，实际是 {true}（{there}）",
        "改为 {key}: {true}，或修改那一处",
    ),
    "manifest-one-language": (
        '{key} of "{given}" has no {language}',
        "write it in both: {{zh: …, en: …}}",
        "“{given}”的 {key} 缺少{language}",
        "两种语言都要写：{{zh: …, en: …}}",
    ),
}
