"""Texts of wrong settings and values; ``wording`` takes them into its one table."""

from __future__ import annotations

VALUE_TEXTS: dict[str, tuple[str, str, str, str]] = {
    # values
    "unknown-key": (
        '"{given}" is not a setting of {where}',
        "allowed here: {choices}",
        "{where} 没有设置项“{given}”",
        "可用：{choices}",
    ),
    "missing-key": (
        '{where} lacks the setting "{given}"',
        'add "{given}: …"',
        "{where} 缺少设置项“{given}”",
        "补上“{given}: …”",
    ),
    "unknown-value": (
        '"{given}" is not {a} {what}',
        "use one of: {choices}",
        "没有这个{what}：“{given}”",
        "可用：{choices}",
    ),
    "empty-value": (
        "there is no value here",
        "write one, or remove the line",
        "这里没有值",
        "补上值，或删除这一行",
    ),
    "not-a-block": (
        "{where} must be a block of settings",
        "write one setting a line below it, such as {choices}",
        "{where} 应是一块设置",
        "在下面每行写一个设置项，例如 {choices}",
    ),
    "not-a-list": (
        '"{given}" is not a list',
        "write [one, two] or one item a line, each after a dash",
        "“{given}”不是列表",
        "写成 [甲, 乙]，或每行一项、以短横线开头",
    ),
    "not-text": (
        '"{given}" is not text',
        "write one text, in quotes where it looks like something else",
        "“{given}”不是文字",
        "写一段文字；看起来像别的东西时加引号",
    ),
    "bad-id": (
        '"{given}" cannot be a name that other lines refer to',
        "use letters, digits, - and _ without spaces, at most 80",
        "“{given}”不能用作标识",
        "只用文字、数字、- 和 _，不含空格，最多 80 个字符",
    ),
    "not-a-number": (
        '"{given}" is not a number',
        "write digits only, such as 30, without quotes, units or commas",
        "“{given}”不是数字",
        "只写数字，例如 30，不加引号、单位和逗号",
    ),
    "not-whole": (
        '"{given}" is not a whole number',
        "write it without decimals",
        "“{given}”不是整数",
        "去掉小数",
    ),
    "out-of-range": (
        '"{given}" is not allowed here',
        "allowed: {allowed}",
        "“{given}”超出范围",
        "允许的范围：{allowed}",
    ),
    "not-true-false": (
        '"{given}" is neither true nor false',
        "write true or false",
        "“{given}”既不是 true 也不是 false",
        "写 true 或 false",
    ),
    "bad-duration": (
        '"{given}" is not a duration',
        "write a whole number and a unit without a space, such as 90s, 30m, 4h or 2d",
        "“{given}”不是时长",
        "写整数加单位，中间不加空格，例如 90s、30m、4h、2d",
    ),
    "not-a-condition": (
        "a condition must be a block of fields and what is wanted of them",
        "write one field a line, such as people_present: 5..",
        "条件应是一块“字段: 取值”",
        "每行写一个字段，例如 people_present: 5..",
    ),
    "unknown-field": (
        'no field "{given}" is known here',
        "use one of: {choices}",
        "这里没有字段“{given}”",
        "可用：{choices}",
    ),
    "unknown-choice": (
        '"{given}" is not a value of {field}',
        "use one of: {choices}",
        "{field} 没有取值“{given}”",
        "可用：{choices}",
    ),
    "bad-number-range": (
        '{field} is a number; "{given}" is not a range',
        "write 30.. for 30 or more, ..9 for 9 or less, 10..49 for both ends",
        "{field} 是数字，“{given}”不是范围",
        "30 及以上写 30..，9 及以下写 ..9，两端都有写 10..49",
    ),
    "bad-duration-range": (
        '{field} is a duration; "{given}" is not a range',
        "write 30m.. for 30 minutes or more, ..4h for 4 hours or less, 1d..3d for both ends",
        "{field} 是时长，“{given}”不是范围",
        "30 分钟及以上写 30m..，4 小时及以下写 ..4h，两端都有写 1d..3d",
    ),
    "bad-time-range": (
        '{field} is a time of day; "{given}" is not a range',
        "write 18:00.. for 18:00 or later, ..8:30 for 8:30 or earlier, 9:00..17:30 for both ends",
        "{field} 是时刻，“{given}”不是范围",
        "18:00 及以后写 18:00..，8:30 及以前写 ..8:30，两端都有写 9:00..17:30",
    ),
    "bad-pattern": (
        '"{given}" is not a pattern: {why}',
        "RE2 patterns know no look-around and no back-references",
        "“{given}”不是可用的模式：{why}",
        "RE2 模式不支持环视和反向引用",
    ),
    "reserved-fn": (
        "fn is kept for later and means nothing yet",
        "write the condition with fields",
        "fn 是保留字，目前没有含义",
        "用字段写条件",
    ),
    "forbidden-key": (
        '"{given}" cannot be a name, because other programs read it as true or false',
        "give it another name",
        "“{given}”不能用作名称，别的程序会把它读成真假值",
        "换一个名称",
    ),
    "falling-band": (
        "a higher threshold gives a lower value here",
        "let the values rise with the thresholds",
        "这里阈值升高而取值降低",
        "取值应随阈值升高",
    ),
    "grid-gap": (
        "the grid has no row for {field} = {given}",
        "add the row",
        "表格缺少 {field} = {given} 这一行",
        "补上这一行",
    ),
    "grid-row": (
        "row {given} has {cells} cells for {columns} columns",
        "write one cell a column",
        "{given} 一行有 {cells} 格，应有 {columns} 格",
        "每列写一格",
    ),
    "not-countable": (
        'the field "{given}" is no number',
        "bands and columns read a number; there are: {choices}",
        "字段“{given}”不是数字",
        "分档和列只能读数字；可用：{choices}",
    ),
    "bad-near": (
        '"{given}" does not say which two words are near each other',
        "write one word ~8 the other, with spaces, for words within 8 characters",
        "“{given}”没有写明哪两个词相邻",
        "写成 甲 ~8 乙，两边留空格，表示相距不超过 8 个字符",
    ),
    "grid-hole": (
        "no column holds {given}",
        "let each column begin just behind the one before",
        "没有哪一列包含 {given}",
        "让每一列紧接前一列",
    ),
    "grid-two-fields": (
        "a grid has the columns of one number only",
        "make a second grid, or ask for this one under when",
        "一个表格的列只能用一个数",
        "另写一个表格，或把它写进 when",
    ),
    "range-of-words": (
        '{field} has words for values, so "{given}" is no range there',
        "give it type: number under fields; put it in quotes if it is a word",
        "{field} 的取值是文字，“{given}”在这里不是范围",
        "在 fields 里写 type: number；如果它就是一个取值，加引号",
    ),
    "grid-overlap": (
        "two columns both hold {given}",
        "let each column begin behind the one before",
        "有两列都包含 {given}",
        "让每一列从前一列之后开始",
    ),
    "duplicate-id": (
        'the {what} "{given}" is already at {first}',
        "give one of the two another name",
        "{what}“{given}”已在 {first} 出现",
        "把其中一个改名",
    ),
}
