"""Nouns and phrases that messages are made of: English first, then Chinese."""

from __future__ import annotations

NOUNS: dict[str, tuple[str, str]] = {
    "value": ("value", "值"),
    "key": ("setting", "设置项"),
    "group": ("group", "组"),
    "level": ("level", "级别"),
    "event": ("event type", "事件类型"),
    "field": ("field", "字段"),
    "list": ("word list", "词表"),
    "rule": ("rule", "规则"),
    "step": ("step", "步骤"),
    "test": ("test", "测试"),
    "plan": ("plan", "预案"),
    "rules": ("rules file", "规则文件"),
    "desk": ("desk", "接入配置"),
    "calendar": ("calendar", "日历"),
    "roster": ("roster", "值班表"),
    "connector": ("connector", "连接器"),
    "clock": ("clock", "时限"),
    "task": ("task", "任务"),
    "role": ("role", "岗位"),
    "person": ("person of this roster", "人员（people 中）"),
    "word": ("word of this feed", "写法"),
    "playbook": ("playbook", "处置流程"),
    "fact": ("fact", "要素"),
    "part": ("part", "公共部分"),
    "kind": ("kind", "种类"),
    "mode": ("mode", "模式"),
    "language": ("language", "语言"),
    "priority": ("priority", "优先级"),
    "policy": ("policy", "取舍方式"),
    "operator": ("operator", "比较方式"),
    "mood": ("mood", "语气"),
    "entry": ("entry", "条目"),
    "report": ("report", "报告"),
    "content": ("report content", "报告要素"),
    "site": ("site", "地点"),
    "weekday": ("weekday", "星期"),
    "holiday": ("holiday", "假日"),
    "workday": ("make-up working day", "调休上班日"),
    "override": ("day with hours of its own", "特别时间的日子"),
}

WEEKDAYS: dict[str, tuple[str, str]] = {
    "mon": ("Monday", "星期一"),
    "tue": ("Tuesday", "星期二"),
    "wed": ("Wednesday", "星期三"),
    "thu": ("Thursday", "星期四"),
    "fri": ("Friday", "星期五"),
    "sat": ("Saturday", "星期六"),
    "sun": ("Sunday", "星期日"),
}

PERSON: dict[str, tuple[str, str]] = {
    "name": ("who somebody is", "人的姓名或身份"),
    "identity": ("a person's identity or personal number", "个人证件或号码"),
    "address": ("where a person lives", "个人住址"),
    "contact": ("how to reach a person", "个人联系方式"),
    "ethnicity": ("ethnicity", "民族、族群"),
    "religion": ("religion or belief", "宗教、信仰"),
    "health": ("a person's health", "个人健康"),
    "gender": ("gender, age or family", "性别、年龄或家庭"),
    "feeling": ("a person's mood or thoughts", "个人情绪或思想"),
    "history": ("earlier complaints of a person", "个人以前的信访"),
    "profile": ("a person's profile or standing", "个人画像或等级"),
    "label": ("a label put on persons", "给人贴的标签"),
    "own": ("a word your organisation has barred", "本单位禁用的词"),
}

PHRASES: dict[str, tuple[str, str]] = {
    "polled": (
        "{desk}: takes no webhooks; its helpdesk is asked what changed every {every:g} s",
        "{desk}：不接收 webhook，每 {every:g} 秒向工单系统查询变化",
    ),
    "near": ('did you mean "{near}"? ', "是不是“{near}”？"),
    "more": (" and {count} more", " 等，另有 {count} 个"),
    "none": ("(there is none yet)", "（还没有）"),
    "warning": ("warning: ", "警告："),
    "summary-good": ("{folder}: {counts_en}; no problems", "{folder}：{counts_zh}；没有问题"),
    "summary-warned": (
        "{folder}: {counts_en}; no errors, warnings: {warnings}",
        "{folder}：{counts_zh}；没有错误，警告 {warnings} 个",
    ),
    "summary-bad": (
        "{folder}: {files} files read; errors: {errors}, warnings: {warnings}. Nothing of it becomes active.",
        "{folder}：读取 {files} 个文件；错误 {errors} 个，警告 {warnings} 个。全部不会启用。",
    ),
    "not-tested": (
        "The tests were not run: correct these first.",
        "测试没有运行：请先改正以上问题。",
    ),
    "tests-passed": (
        "{rules}: {passed} tests passed; {covered} of {entries} rules, bands and grids covered",
        "{rules}：{passed} 个测试通过；{entries} 条规则、分档和表格中 {covered} 条被测试覆盖",
    ),
    "tests-failed": (
        "{rules}: {failed} tests failed, {passed} passed; {covered} of {entries} entries covered",
        "{rules}：{failed} 个测试未通过，{passed} 个通过；{entries} 条中 {covered} 条被测试覆盖",
    ),
    "beaten": (
        "held in a test, but another decided every time:",
        "在测试中成立过，但每次都由别的规则决定：",
    ),
    "never held": ("held in no test:", "没有测试使其成立："),
}
