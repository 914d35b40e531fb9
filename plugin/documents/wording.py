"""The words of every problem, in one table: code → (message, what to do) in English and in Chinese.

Slots stand in braces. ``{what}`` is a noun of ``NOUNS``; ``{choices}`` a sorted list cut at eight.
A text with slots ``given`` and ``choices`` is preceded by "did you mean …" where one name is near.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from plugin.documents.wording_connectors import CONNECTOR_TEXTS

Language = Literal["zh", "en"]


class Texts(NamedTuple):
    """One code's message and advice, in both languages."""

    en: str
    en_fix: str
    zh: str
    zh_fix: str


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
    "playbook": ("playbook", "处置流程"),
    "fact": ("fact", "要素"),
    "part": ("part", "公共部分"),
    "kind": ("kind", "种类"),
    "mode": ("mode", "模式"),
    "language": ("language", "语言"),
    "priority": ("priority", "优先级"),
    "operator": ("operator", "比较方式"),
    "mood": ("mood", "语气"),
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

TEXTS: dict[str, Texts] = {
    # the file itself
    "too-large": Texts(
        "this file is larger than {most} KB",
        "split it, and bring the parts together with include",
        "文件超过 {most} KB",
        "拆成几个文件，用 include 引入",
    ),
    "bad-encoding": Texts(
        "this file is not UTF-8 text",
        "save it as UTF-8 in the editor",
        "文件不是 UTF-8 编码的文本",
        "在编辑器里另存为 UTF-8",
    ),
    "other-encoding": Texts(
        "this file is saved as {given}, not as UTF-8",
        "save it again as UTF-8 in the editor",
        "文件的编码是 {given}，不是 UTF-8",
        "在编辑器里另存为 UTF-8",
    ),
    "control-character": Texts(
        "an invisible character {given} stands here",
        "delete it and write the line again",
        "这里有一个不可见字符 {given}",
        "删除它，重新输入这一行",
    ),
    "tag": Texts(
        '"{given}" is a YAML tag, which is not used here',
        "remove it, or put the text in quotes",
        "“{given}”是 YAML 标签，这里不使用",
        "删除它；如果是文字，请加引号",
    ),
    "anchor": Texts(
        '"{given}" is a YAML anchor, which is not used here',
        "write the block out, or put it in a part and include it; text that begins with & needs quotes",
        "“{given}”是 YAML 锚点，这里不使用",
        "把内容写完整，或放入公共部分再 include；以 & 开头的文字要加引号",
    ),
    "alias": Texts(
        '"{given}" points to another place of the file, which is not used here',
        "write the block out, or put it in a part and include it; text that begins with * needs quotes",
        "“{given}”引用文件的另一处，这里不使用",
        "把内容写完整，或放入公共部分再 include；以 * 开头的文字要加引号",
    ),
    "directive": Texts(
        "a line that begins with % is not used here",
        "remove the line",
        "这里不使用以 % 开头的行",
        "删除这一行",
    ),
    "too-deep": Texts(
        "blocks are nested more than {most} deep here",
        "check the brackets and the indentation",
        "这里的嵌套超过 {most} 层",
        "检查括号和缩进",
    ),
    "two-documents": Texts(
        "a second document begins here; a file holds one",
        "remove the line ---, or move what follows to a file of its own",
        "这里开始了第二个文档，一个文件只能有一个",
        "删除 --- 这一行，或把后面的内容移到另一个文件",
    ),
    "tab": Texts(
        "this line is indented with a tab",
        "indent with spaces",
        "这一行用制表符缩进",
        "改用空格缩进",
    ),
    "fullwidth-colon": Texts(
        "a full-width colon ： stands here",
        "write : and a space",
        "这里用了全角冒号：",
        "改成半角冒号 : 再加一个空格",
    ),
    "no-space": Texts(
        "there is no space after the colon",
        "write : and a space",
        "冒号后面缺少空格",
        "在冒号后加一个空格",
    ),
    "fullwidth-punctuation": Texts(
        'a full-width "{given}" stands where YAML needs plain punctuation',
        "write it half-width, or put the whole text in quotes",
        "这里的全角“{given}”应是半角符号",
        "改成半角；如果是文字的一部分，整段加引号",
    ),
    "comparison": Texts(
        '"{given}" is not how a range is written',
        "write 30.. for 30 or more, ..9 for 9 or less, 10..49 for both ends",
        "“{given}”不是范围的写法",
        "30 及以上写 30..，9 及以下写 ..9，两端都有写 10..49",
    ),
    "special-character": Texts(
        '"{given}" begins with a character YAML keeps for itself',
        "put the text in quotes; leave a field out where anything will do",
        "“{given}”的首字符是 YAML 的保留符号",
        "给文字加引号；不限制的字段直接不写",
    ),
    "colon-in-text": Texts(
        "a second colon on this line makes YAML expect another setting",
        "put the text in quotes",
        "这一行的第二个冒号会被当作另一个设置项",
        "给文字加引号",
    ),
    "open-quote": Texts(
        "the quote {given} that begins here has no end",
        "close it with the same character",
        "从这里开始的引号 {given} 没有结束",
        "用同样的引号结束",
    ),
    "open-bracket": Texts(
        "the bracket {given} that begins here is not closed properly",
        "check commas and the closing bracket",
        "从这里开始的括号 {given} 没有正确结束",
        "检查逗号和右括号",
    ),
    "bad-indent": Texts(
        "this line does not fit the lines above it",
        "check the indentation, quotes and brackets of this line and the one above",
        "这一行与上面的行对不上",
        "检查这一行和上一行的缩进、引号和括号",
    ),
    "yaml-syntax": Texts(
        "this is not valid YAML",
        "check the indentation, quotes and brackets of this line and the one above",
        "这里不符合 YAML 的写法",
        "检查这一行和上一行的缩进、引号和括号",
    ),
    "bad-key": Texts(
        "the name of a setting must be one word or text",
        "check the brackets before the colon",
        "设置项的名称必须是一个词或一段文字",
        "检查冒号前的括号",
    ),
    "duplicate-key": Texts(
        '"{given}" is set twice in this block (first on line {line})',
        "keep one of the two",
        "“{given}”在同一块里写了两次（第一次在第 {line} 行）",
        "只保留一个",
    ),
    # values
    "unknown-key": Texts(
        '"{given}" is not a setting of {where}',
        "allowed here: {choices}",
        "{where} 没有设置项“{given}”",
        "可用：{choices}",
    ),
    "missing-key": Texts(
        '{where} lacks the setting "{given}"',
        'add "{given}: …"',
        "{where} 缺少设置项“{given}”",
        "补上“{given}: …”",
    ),
    "unknown-value": Texts(
        '"{given}" is not a {what}',
        "use one of: {choices}",
        "没有这个{what}：“{given}”",
        "可用：{choices}",
    ),
    "empty-value": Texts(
        "there is no value here",
        "write one, or remove the line",
        "这里没有值",
        "补上值，或删除这一行",
    ),
    "not-a-block": Texts(
        "{where} must be a block of settings",
        "write one setting a line below it, such as {choices}",
        "{where} 应是一块设置",
        "在下面每行写一个设置项，例如 {choices}",
    ),
    "not-a-list": Texts(
        '"{given}" is not a list',
        "write [one, two] or one item a line, each after a dash",
        "“{given}”不是列表",
        "写成 [甲, 乙]，或每行一项、以短横线开头",
    ),
    "not-text": Texts(
        '"{given}" is not text',
        "put it in quotes",
        "“{given}”不是文字",
        "加上引号",
    ),
    "bad-id": Texts(
        '"{given}" cannot be a name that other lines refer to',
        "use letters, digits, - and _ without spaces, at most 80",
        "“{given}”不能用作标识",
        "只用文字、数字、- 和 _，不含空格，最多 80 个字符",
    ),
    "not-a-number": Texts(
        '"{given}" is not a number',
        "write digits only, such as 30, without quotes, units or commas",
        "“{given}”不是数字",
        "只写数字，例如 30，不加引号、单位和逗号",
    ),
    "not-whole": Texts(
        '"{given}" is not a whole number',
        "write it without decimals",
        "“{given}”不是整数",
        "去掉小数",
    ),
    "out-of-range": Texts(
        '"{given}" is not allowed here',
        "allowed: {allowed}",
        "“{given}”超出范围",
        "允许的范围：{allowed}",
    ),
    "not-true-false": Texts(
        '"{given}" is neither true nor false',
        "write true or false",
        "“{given}”既不是 true 也不是 false",
        "写 true 或 false",
    ),
    "bad-duration": Texts(
        '"{given}" is not a duration',
        "write a whole number and a unit without a space, such as 90s, 30m, 4h or 2d",
        "“{given}”不是时长",
        "写整数加单位，中间不加空格，例如 90s、30m、4h、2d",
    ),
    "not-a-condition": Texts(
        "a condition must be a block of fields and what is wanted of them",
        "write one field a line, such as people_present: 5..",
        "条件应是一块“字段: 取值”",
        "每行写一个字段，例如 people_present: 5..",
    ),
    "unknown-field": Texts(
        'no field "{given}" is known here',
        "use one of: {choices}",
        "这里没有字段“{given}”",
        "可用：{choices}",
    ),
    "unknown-choice": Texts(
        '"{given}" is not a value of {field}',
        "use one of: {choices}",
        "{field} 没有取值“{given}”",
        "可用：{choices}",
    ),
    "bad-number-range": Texts(
        '{field} is a number; "{given}" is not a range',
        "write 30.. for 30 or more, ..9 for 9 or less, 10..49 for both ends",
        "{field} 是数字，“{given}”不是范围",
        "30 及以上写 30..，9 及以下写 ..9，两端都有写 10..49",
    ),
    "bad-duration-range": Texts(
        '{field} is a duration; "{given}" is not a range',
        "write 30m.. for 30 minutes or more, ..4h for 4 hours or less, 1d..3d for both ends",
        "{field} 是时长，“{given}”不是范围",
        "30 分钟及以上写 30m..，4 小时及以下写 ..4h，两端都有写 1d..3d",
    ),
    "bad-time-range": Texts(
        '{field} is a time of day; "{given}" is not a range',
        "write 18:00.. for 18:00 or later, ..8:30 for 8:30 or earlier, 9:00..17:30 for both ends",
        "{field} 是时刻，“{given}”不是范围",
        "18:00 及以后写 18:00..，8:30 及以前写 ..8:30，两端都有写 9:00..17:30",
    ),
    "bad-pattern": Texts(
        '"{given}" is not a pattern: {why}',
        "RE2 patterns know no look-around and no back-references",
        "“{given}”不是可用的模式：{why}",
        "RE2 模式不支持环视和反向引用",
    ),
    "reserved-fn": Texts(
        "fn is kept for later and means nothing yet",
        "write the condition with fields",
        "fn 是保留字，目前没有含义",
        "用字段写条件",
    ),
    "forbidden-key": Texts(
        '"{given}" cannot be a name, because other programs read it as true or false',
        "give it another name",
        "“{given}”不能用作名称，别的程序会把它读成真假值",
        "换一个名称",
    ),
    "falling-band": Texts(
        "a higher threshold gives a lower value here",
        "let the values rise with the thresholds",
        "这里阈值升高而取值降低",
        "取值应随阈值升高",
    ),
    "grid-gap": Texts(
        "the grid has no row for {field} = {given}",
        "add the row",
        "表格缺少 {field} = {given} 这一行",
        "补上这一行",
    ),
    "grid-row": Texts(
        "row {given} has {cells} cells for {columns} columns",
        "write one cell a column",
        "{given} 一行有 {cells} 格，应有 {columns} 格",
        "每列写一格",
    ),
    "grid-overlap": Texts(
        "two columns both hold {given}",
        "let each column begin behind the one before",
        "有两列都包含 {given}",
        "让每一列从前一列之后开始",
    ),
    "duplicate-id": Texts(
        'the {what} "{given}" is already at {first}',
        "give one of the two another name",
        "{what}“{given}”已在 {first} 出现",
        "把其中一个改名",
    ),
    # whether documents fit each other
    "unknown-document": Texts(
        'there is no {what} "{given}"',
        "there are: {choices}",
        "没有{what}“{given}”",
        "现有：{choices}",
    ),
    "unknown-setting": Texts(
        '{product} has no setting "{given}"',
        "it has: {choices}",
        "{product} 没有设置“{given}”",
        "它有：{choices}",
    ),
    "missing-setting": Texts(
        '{product} needs "{given}" under {where}',
        'add "{given}: …"; the connector file says where to get it',
        "{product} 需要在 {where} 下写“{given}”",
        "补上“{given}: …”，从哪里取得见连接器文件",
    ),
    "cannot-write": Texts(
        "{product} cannot be given a {given}",
        "remove it; it can take: {choices}",
        "{product} 不能写入 {given}",
        "删除它；可写入：{choices}",
    ),
    "field-needed": Texts(
        "{product} has no field of its own for the {given}",
        "write {given}: {{field: …}} with the name of a field made for it",
        "{product} 没有现成的 {given} 字段",
        "写 {given}: {{field: …}}，填为它新建的字段名",
    ),
    "group-not-mapped": Texts(
        'this desk says no helpdesk group for {groups} of the plan "{plan}"',
        "add a line for each: plan group, colon, helpdesk group",
        "没有写明预案“{plan}”的这些组对应帮助台的哪个组：{groups}",
        "每组补一行：预案的组、冒号、帮助台的组",
    ),
    "unknown-to-plan": Texts(
        'the rules set "{given}", which neither the plan "{plan}" nor a later step reads',
        "correct the name, or declare it under facts of the plan; it knows: {choices}",
        "规则设置了“{given}”，但预案“{plan}”和后面的步骤都不读它",
        "改正名称，或在预案的 facts 中声明；现有：{choices}",
    ),
    "no-fallback": Texts(
        "no event type takes what no other takes",
        "give the last one fallback: true",
        "没有兜底的事件类型",
        "给最后一个写 fallback: true",
    ),
    "level-without-lead": Texts(
        'nobody leads at level "{given}"',
        "add lead: and a group",
        "级别“{given}”没有牵头的组",
        "补上 lead: 和一个组",
    ),
    "never-reached": Texts(
        'rule "{given}" can never decide: "{earlier}" (line {line}) takes every ticket before it',
        "move it up, or give the earlier rule a condition",
        "规则“{given}”永远轮不到：前面的“{earlier}”（第 {line} 行）对所有工单都成立",
        "把它移到前面，或给前面的规则加条件",
    ),
    "unused-list": Texts(
        'nothing uses the word list "{given}"',
        "refer to it as ${given}, or remove it",
        "词表“{given}”没有被使用",
        "用 ${given} 引用它，或删除它",
    ),
    "unused-part": Texts(
        'no file includes the part "{given}"',
        "include it, or remove it",
        "没有文件引入公共部分“{given}”",
        "用 include 引入它，或删除它",
    ),
    # the folder
    "no-folder": Texts(
        "there is no folder {given}",
        "name the folder that holds plans, rules and desks",
        "没有文件夹 {given}",
        "写出存放 plans、rules、desks 的文件夹",
    ),
    "unknown-folder": Texts(
        'nothing reads the folder "{given}"',
        "the folders are: {choices}",
        "文件夹“{given}”不会被读取",
        "可用的文件夹：{choices}",
    ),
    "not-read": Texts(
        'the file "{given}" is not read',
        "let its name end in .yaml",
        "文件“{given}”不会被读取",
        "把扩展名改为 .yaml",
    ),
    "unreadable-file": Texts(
        "this file cannot be opened ({given})",
        "check its rights",
        "文件打不开（{given}）",
        "检查文件权限",
    ),
    # tests of a rules file
    "test-failed": Texts(
        'test "{given}" expects {field} {wanted} but gets {found}',
        "correct the rule or the test; paidan explain shows why",
        "测试“{given}”要求 {field} 为 {wanted}，实际为 {found}",
        "改正规则或测试；paidan explain 会说明原因",
    ),
    "test-decided-by": Texts(
        'test "{given}" expects step {step} to be decided by {wanted}; it was {found}',
        "correct the rule or the test",
        "测试“{given}”要求步骤 {step} 由 {wanted} 决定，实际是 {found}",
        "改正规则或测试",
    ),
    "person-changes-decision": Texts(
        'the matter of test "{given}" is decided differently after a change of {of}',
        "find the word that reads the person, and remove it; such rules are not published",
        "测试“{given}”的事项不变，只改动{of}，结果就不同",
        "找出读取个人特征的词并删除；这样的规则不能发布",
    ),
    # guards
    "person-word": Texts(
        '"{given}" reads {of} ("{word}"); rules read matters, never persons',
        "use what happened, where, how many, or for how long nobody answered; this cannot be switched off",
        "“{given}”读取的是{of}（“{word}”）；规则只看事项，不看人",
        "改用事情、地点、人数或多久没有答复；此项检查不能关闭",
    ),
    # desks
    "literal-secret": Texts(
        "a secret stands here in the open",
        "write the name of where it is kept, env:NAME or file:/path; then change the secret",
        "这里直接写了密钥",
        "改写为存放处的名称：env:名称 或 file:/路径，并更换这个密钥",
    ),
    "secret-in-url": Texts(
        "the address holds a user name or password",
        "take it out; secrets are named under secrets",
        "地址里含有用户名或密码",
        "删除它；密钥的名称写在 secrets 下",
    ),
    "bad-url": Texts(
        "this is not the address of a helpdesk",
        "write https:// or http:// and the host, without ? and #",
        "这不是帮助台的地址",
        "写 https:// 或 http:// 加主机名，不含 ? 和 #",
    ),
    "other-name": Texts(
        'this file calls itself "{given}" but is named {file}',
        "make the two the same, or remove the line",
        "文件自称“{given}”，但文件名是 {file}",
        "改成一致，或删除这一行",
    ),
}

TEXTS |= {code: Texts(*row) for code, row in CONNECTOR_TEXTS.items()}
