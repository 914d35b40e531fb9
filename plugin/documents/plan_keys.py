"""Every key a plan file may have, described once: for checks, the JSON Schema and the reference."""

from __future__ import annotations

from plugin.documents.reader import Choice, Either, Key, Keys, ListOf, MapOf, keys
from plugin.documents.rules_keys import TYPES

KINDS = ("command", "team", "department", "office", "desk", "channel", "outside")
OPENS = ("read", "activate", "raise", "lower", "change", "end")
RAISES = ("restart", "carry", "keep", "restart_always")

IDS = ListOf("id", or_one=True)
_ID = Key("id", "id", required=True, en="Name other lines refer to.", zh="供其他条目引用的标识。")
_LABEL = Key("label", "label", required=True, en="What people read.", zh="给人看的名称。")
_ENTRY = (
    _ID,
    _LABEL,
    Key("source_ref", IDS, en="Clauses this entry carries out.", zh="本条落实的条款。"),
    Key("note", "label", en="How a clause was read.", zh="对条款的理解。"),
)
_WHEN = Key("when", "condition", en="When it holds; left out: always.", zh="成立条件；省略为始终。")


def entry(*own: Key) -> Keys:
    """An entry's keys: what all have, and its own."""
    return keys(*_ENTRY, *own)


STATEMENT = entry(
    Key(
        "kind",
        "id",
        required=True,
        en="purpose, principle, scope, by_law, …",
        zh="目的、原则、范围、附则等。",
    ),
    Key("binding", "flag", en="false: words only, carried out by nothing.", zh="false：仅文字，不执行。"),
    Key("does", IDS, en="Entries that carry it out.", zh="落实它的条目。"),
)
LEGAL_BASIS = entry(
    Key("year", "whole", en="Year of the text.", zh="文本年份。"),
    Key("superseded_by", "text", en="What replaced it.", zh="取代它的文件。"),
    Key("warning", "label", en="What to bring up to date.", zh="需要更新之处。"),
)
OWNER = entry(Key("who", "id", required=True, en="Group or role.", zh="组或岗位。"))
FACT = keys(
    Key("type", Choice(TYPES), required=True, en="What kind of value it has.", zh="值的种类。"),
    _LABEL,
    Key("values", ListOf("text"), en="Its values.", zh="可取的值。"),
    Key("default", "any", en="What holds while nothing says otherwise.", zh="没有说明时按此处理。"),
)
CIRCUMSTANCE = entry(
    Key("when", "condition", required=True, en="When it holds.", zh="成立条件。"),
)
CRITERION = entry(Key("facts", IDS, required=True, en="Facts it is judged by.", zh="据以判断的要素。"))
DUTY = entry(Key("does", IDS, required=True, en="Entries that carry it out.", zh="落实它的条目。"))
GROUP = entry(
    Key(
        "kind",
        Choice(KINDS),
        required=True,
        en="What it is; outside: is only told.",
        zh="种类；outside 只被告知。",
    ),
    Key("join_when", "condition", en="When it joins as supporting group.", zh="何时作为协办加入。"),
    Key("recuse_when", "condition", en="When the matter is about it.", zh="何时应当回避。"),
    Key("replaced_by", "id", en="Who takes its part then.", zh="回避时由谁代替。"),
    Key("confidential", "flag", en="May see sealed matters.", zh="可看保密件。"),
    Key("ad_hoc", "flag", en="Formed when needed.", zh="临时组建。"),
    Key("can", IDS, en="What its members may confirm.", zh="成员可确认的事项。"),
    Key("members", IDS, en="Roles in it.", zh="其中的岗位。"),
    Key("call_in", MapOf("whole"), en="Rank and further staff called in.", zh="严重度与增派人数。"),
    Key("duties", ListOf(DUTY), en="Its duties.", zh="职责。"),
)
ROLE = entry(
    Key("position", "label", required=True, en="The seat, never a person.", zh="职位，不写人名。"),
    Key("organ", "id", required=True, en="The group it belongs to.", zh="所属组。"),
    Key("deputy", "id", en="Role that acts when nobody answers.", zh="无人应答时的代理岗位。"),
    Key("acts_after", "duration", en="How long to wait for an answer.", zh="等待应答的时间。"),
    Key("empty_seat_reminder", "flag", en="Remind while a seat is empty.", zh="空缺时提醒。"),
)
LEAD = keys(_WHEN, Key("lead", "id", required=True, en="The group that leads.", zh="主办组。"))
EVENT_TYPE = entry(
    _WHEN,
    Key("fallback", "flag", en="Takes what no other takes.", zh="兜底类型。"),
    Key("leads", ListOf(LEAD), en="Who leads; the first that holds.", zh="主办组，取首个成立的。"),
)
LEVEL = entry(
    Key("when", "condition", required=True, en="When it is reached.", zh="达到条件。"),
    Key("lead", "id", en="The group that leads.", zh="主办组。"),
    Key("co", IDS, en="Supporting groups.", zh="协办组。"),
    Key("notify", IDS, en="Who is told.", zh="通知对象。"),
    Key("criteria", ListOf(STATEMENT), en="Its criteria in words.", zh="文字标准。"),
)
LEVELS = keys(
    Key(
        "mode",
        Choice(("graded", "inherited")),
        required=True,
        en="graded: the items decide; inherited: none of its own.",
        zh="graded 按所列级别；inherited 沿用。",
    ),
    Key("items", ListOf(LEVEL), en="Levels, lowest first.", zh="级别，由低到高。"),
    Key("hints", MapOf("label"), required=True, en="Rank and its common name.", zh="严重度与通用名称。"),
    Key("lead", "id", en="Lead where nothing else names one.", zh="别处未写明时的主办组。"),
    Key("notify", IDS, en="Told on every activation.", zh="每次启动都通知。"),
    Key("provisional_when", "condition", en="When the level must be verified.", zh="级别待核实的情况。"),
    Key("source_ref", IDS, en="Clauses this carries out.", zh="落实的条款。"),
)
ORDINARY = keys(
    Key("event_type", "id", required=True, en="Event type of rank 0.", zh="严重度 0 的事件类型。"),
    Key("lead", "id", required=True, en="The desk ordinary matters stay with.", zh="普通事项的受理组。"),
    Key("label", "label", en="What people read.", zh="给人看的名称。"),
    Key("source_ref", IDS, en="Clauses this carries out.", zh="落实的条款。"),
)
CONFIDENTIAL = keys(
    Key("when", "condition", required=True, en="When a matter is sealed.", zh="何时按保密件办理。"),
    Key("lead", "id", required=True, en="Who alone gets it.", zh="唯一承办组。"),
    Key("source_ref", IDS, en="Clauses this carries out.", zh="落实的条款。"),
)
CHANNEL = entry(
    Key("values", IDS, required=True, en="Values of the fact channel.", zh="要素 channel 的取值。"),
    Key("owner", "id", required=True, en="Group that takes in what comes.", zh="受理组。"),
)
TASK = entry(
    Key("owner", "id", required=True, en="Group, role, or lead.", zh="组、岗位或 lead。"),
    Key("opens", Choice(OPENS), en="When it opens.", zh="何时开始。"),
    _WHEN,
    Key("due", "duration", en="Limit.", zh="时限。"),
    Key("due_by_rank", MapOf("duration"), en="Limit by rank.", zh="按严重度的时限。"),
    Key("due_working_days", "whole", en="Limit in working days.", zh="工作日时限。"),
    Key("every", "duration", en="Repeated at this distance.", zh="重复间隔。"),
    Key("clock", "id", en="The clock it arms.", zh="启动的时限。"),
    Key("report", "id", en="The report it makes.", zh="提交的报告。"),
    Key("produces", "id", en="Event its completion adds.", zh="完成时产生的事件。"),
    Key("checklist", ListOf("label"), en="What to tick.", zh="检查项。"),
    Key("form", IDS, en="What is written down.", zh="需填写的内容。"),
)
PLAYBOOK = entry(_WHEN, Key("steps", ListOf(TASK), required=True, en="Its tasks.", zh="任务。"))
CONTENT = entry(
    Key(
        "filled_when",
        "condition",
        en="When it is there; left out: staff add it.",
        zh="何时算有；省略由人补。",
    ),
    Key("required", "flag", en="false: may be left out.", zh="false 表示可缺。"),
    Key("choices", ListOf("label"), en="Fixed answers.", zh="固定选项。"),
)
REPORT = entry(
    Key("to", IDS, required=True, en="Who gets it.", zh="报送对象。"),
    Key("opens", ListOf(Choice(OPENS), or_one=True), en="At which changes.", zh="在哪些变化时。"),
    _WHEN,
    Key("clocks", IDS, en="Its limits.", zh="时限。"),
    Key("contents", IDS, en="What it holds.", zh="内容要素。"),
    Key("every", "duration", en="A digest at this distance.", zh="定期汇总间隔。"),
    Key("aggregates_only", "flag", en="Totals only.", zh="仅含汇总。"),
)
PUBLISH = keys(
    _ID,
    _LABEL,
    Key("owner", "id", required=True, en="The one that answers for it.", zh="唯一责任方。"),
    Key("clock", "id", required=True, en="Its limit.", zh="时限。"),
    Key("source_ref", IDS, en="Clauses this carries out.", zh="落实的条款。"),
)
_HOURS = Key(
    "hours",
    Choice(("always", "working")),
    en="Around the clock (always, where left out), or the open hours of the desk's calendar.",
    zh="always（默认，全天计时）或 working（按接入配置的日历）。",
)
TARGET = keys(
    Key("minutes", "whole", en="Minutes.", zh="分钟。"),
    Key("time", "duration", en="Time with a unit: 90s, 4h.", zh="带单位的时间：90s、4h。"),
    Key("days", "whole", en="Days.", zh="天数。"),
    Key("count", Choice(("calendar", "working")), en="How days are counted.", zh="日的计算方法。"),
    Key("roll", Choice(("next_working",)), en="Where a rest day ends.", zh="遇休息日顺延。"),
    Key(
        "ends",
        Choice(("midnight", "closing")),
        en="When the last day ends; midnight where left out.",
        zh="最后一日的终点：midnight（默认，24时）或 closing（下班）。",
    ),
    Key("by_level", MapOf("duration"), en="Level and time.", zh="级别与时间。"),
    Key("by_rank", MapOf("duration"), en="Rank and time.", zh="严重度与时间。"),
)
CLOCK = entry(
    Key(
        "kind", Choice(("once", "periodic")), required=True, en="Once, or again and again.", zh="一次或循环。"
    ),
    Key(
        "when",
        "condition",
        en="Matters that have it; left out: a task arms it.",
        zh="适用事项；省略由任务启动。",
    ),
    Key("start", "id", required=True, en="Event that starts it.", zh="起算事件。"),
    Key("stop", IDS, required=True, en="Events that end it.", zh="终止事件。"),
    Key("target", TARGET, required=True, en="How long it gives.", zh="期限。"),
    Key("restart_when", IDS, en="Events that start the next round.", zh="开始下一轮的事件。"),
    _HOURS,
    Key("pause_states", "flag", en="Whether the desk's pause states hold it.", zh="暂停状态是否停表。"),
    Key("warn", ListOf("whole"), en="Percent of the time at which to warn.", zh="提醒的百分比。"),
    Key("after_raise", Choice(RAISES), en="What a raise does to it.", zh="升级后的处理。"),
    Key("after_lower", Choice(("carry", "keep")), en="What a fall does to it.", zh="降级后的处理。"),
    Key("after_reopen", Choice(("resume", "new_cycle", "ignore")), en="When reopened.", zh="重办后的处理。"),
    Key("extension_days", "whole", en="One extension, approved and told.", zh="可延长一次的天数。"),
    Key("basis", "text", en="Law or rule it rests on.", zh="依据。"),
    Key("keep", "flag", en="Stays due after a fall or an end.", zh="降级或终止后仍须完成。"),
)
CHAIN_STEP = keys(
    Key("after", "duration", required=True, en="Time after the step before.", zh="距上一步的时间。"),
    Key("to", "id", required=True, en="Group, role, or lead.", zh="组、岗位或 lead。"),
    Key("must_send", "flag", en="Goes out also when late.", zh="迟到也要发出。"),
    Key("assign", "id", en="Group the ticket moves to as well.", zh="同时转交的组。"),
    Key(
        "priority",
        "text",
        en="Level or severity whose priority the ticket gets, if it stands lower.",
        zh="同时调到该级别对应的优先级（只升不降）。",
    ),
)
REPEAT = keys(
    Key("every", "duration", required=True, en="Distance.", zh="间隔。"),
    Key("max", "whole", en="How often.", zh="次数。"),
    Key("from", Choice(("last", "all")), en="Which steps.", zh="重复哪些步骤。"),
)
CHAIN = entry(
    Key("at", Choice(("start", "warn", "breach")), required=True, en="What sets it off.", zh="触发时点。"),
    Key("of", IDS, required=True, en="Clocks it belongs to.", zh="所属时限。"),
    Key("percent", "whole", en="Which warning.", zh="哪一次提醒。"),
    Key("levels", IDS, en="Only at these levels.", zh="仅在这些级别。"),
    Key("steps", ListOf(CHAIN_STEP), required=True, en="Who is told when.", zh="何时告知谁。"),
    _HOURS,
    Key(
        "pause_with_clock",
        "flag",
        en="Stands still with its clock (true where left out).",
        zh="随时限一起暂停（默认 true）。",
    ),
    Key("stop_events", IDS, en="Events that end it.", zh="终止事件。"),
    Key("repeat", REPEAT, en="Repeats while nobody answers.", zh="无人应答时重复。"),
)
EARLY_WARNING = entry(
    Key("to", "id", required=True, en="Who is warned.", zh="提醒对象。"),
    Key("when", "condition", en="Condition on a matter.", zh="对事项的条件。"),
    Key("same_matter", "whole", en="Linked tickets.", zh="关联件数。"),
    Key("within", "duration", en="In this time.", zh="时间范围。"),
    Key("breach_percent", "whole", en="Share of a unit's clocks breached.", zh="单位超时比例。"),
    Key("due_soon_percent", "whole", en="Share of time left.", zh="剩余时间比例。"),
    Key("task", "id", en="Task it opens.", zh="开启的任务。"),
)
RECURRING = entry(
    Key("owner", "id", required=True, en="Group or role.", zh="组或岗位。"),
    Key("every", "duration", en="How often; left out: standing.", zh="频率；省略为常设。"),
    Key("topics", ListOf("label"), en="What it is about.", zh="内容。"),
    Key("incomplete", "flag", en="The source breaks off here.", zh="原文中断。"),
)
CLAUSES = keys(
    Key("plain", ListOf("id"), en="Clauses of the source.", zh="来源条款。"),
    Key(
        "careful", ListOf("id"), en="Clauses whose citing entry needs a note.", zh="引用时须写 note 的条款。"
    ),
)

SECTIONS = keys(
    Key("clauses", CLAUSES, en="Clauses the plan must carry out.", zh="预案须落实的条款。"),
    Key(
        "about", ListOf(STATEMENT), en="Purposes, principles, scope, by-laws.", zh="目的、原则、范围、附则。"
    ),
    Key("legal_basis", ListOf(LEGAL_BASIS), en="Laws it rests on.", zh="法律依据。"),
    Key("owners", ListOf(OWNER), en="Who revises, approves, interprets.", zh="修订、批准、解释。"),
    Key("facts", MapOf(FACT), en="What conditions may ask.", zh="条件可用的要素。"),
    Key("circumstances", ListOf(CIRCUMSTANCE), en="Conditions with a name.", zh="有名称的条件。"),
    Key("criteria", ListOf(CRITERION), en="What the levels are judged by.", zh="分级标准。"),
    Key(
        "groups",
        ListOf(GROUP),
        en="Organs, groups, desks, bodies outside.",
        zh="机构、组、受理台、外部单位。",
    ),
    Key("roles", ListOf(ROLE), en="Seats.", zh="岗位。"),
    Key(
        "event_types",
        ListOf(EVENT_TYPE),
        en="Event types; the first that holds.",
        zh="事件类型，取首个成立的。",
    ),
    Key("channels", ListOf(CHANNEL), en="Ways in.", zh="渠道。"),
    Key("playbooks", ListOf(PLAYBOOK), en="Tasks by stage, type or level.", zh="按阶段、类型或级别的任务。"),
    Key("report_contents", ListOf(CONTENT), en="What a report must have.", zh="报告要素。"),
    Key("reports", ListOf(REPORT), en="What is reported to whom.", zh="报告。"),
    Key("events", MapOf("label"), en="Events staff or the desk produce.", zh="人员或工单系统产生的事件。"),
    Key("clocks", ListOf(CLOCK), en="Time limits.", zh="时限。"),
    Key("escalation", ListOf(CHAIN), en="Who is told when nobody answers.", zh="逐级告知。"),
    Key("early_warning", ListOf(EARLY_WARNING), en="Warnings about matters.", zh="对事项的预警。"),
    Key("prevention", ListOf(RECURRING), en="Tasks of the calendar.", zh="日常任务。"),
    Key("follow_up", ListOf(TASK), en="Tasks after the end.", zh="结束后的任务。"),
    Key("safeguards", ListOf(RECURRING), en="Staff and funds.", zh="保障措施。"),
)
PART: Keys = SECTIONS

PLAN = keys(
    Key("version", "whole", required=True, en="Version of the file's form: 1.", zh="文件格式版本：1。"),
    Key("title", "label", required=True, en="Title.", zh="标题。"),
    Key(
        "edition", "text", required=True, en="Version of the plan, kept with every decision.", zh="预案版本。"
    ),
    Key("status", Choice(("draft", "active", "retired")), en="draft, active or retired.", zh="状态。"),
    Key("is_template", "flag", en="Shown until local values are confirmed.", zh="确认本地数值前显示提示。"),
    Key("effective_from", Either(("text", "date")), en="publication, or a date.", zh="publication 或日期。"),
    Key("incomplete", ListOf("text"), en="Chapters the source leaves unfinished.", zh="来源未完的章节。"),
    Key("include", ListOf("id"), en="Parts from plans/parts.", zh="引入 plans/parts 中的公共部分。"),
    Key("levels", LEVELS, required=True, en="Levels.", zh="级别。"),
    Key("ordinary", ORDINARY, required=True, en="Where ordinary matters stay.", zh="普通事项的去向。"),
    Key("confidential", CONFIDENTIAL, en="Where accusations in confidence go.", zh="保密件的去向。"),
    Key("publish", PUBLISH, en="Public information and its one owner.", zh="信息发布及唯一责任方。"),
    *SECTIONS.values(),
)
