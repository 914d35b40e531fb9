"""Texts of what keeps a file or folder from being read; ``wording`` takes them into its one table."""

from __future__ import annotations

FILE_TEXTS: dict[str, tuple[str, str, str, str]] = {
    # the file itself
    "too-large": (
        "this file is larger than {most} KB",
        "split it, and bring the parts together with include",
        "文件超过 {most} KB",
        "拆成几个文件，用 include 引入",
    ),
    "bad-encoding": (
        "this file is not UTF-8 text",
        "save it as UTF-8 in the editor",
        "文件不是 UTF-8 编码的文本",
        "在编辑器里另存为 UTF-8",
    ),
    "other-encoding": (
        "this file is saved as {given}, not as UTF-8",
        "save it again as UTF-8 in the editor",
        "文件的编码是 {given}，不是 UTF-8",
        "在编辑器里另存为 UTF-8",
    ),
    "control-character": (
        "an invisible character {given} stands here",
        "delete it and write the line again",
        "这里有一个不可见字符 {given}",
        "删除它，重新输入这一行",
    ),
    "tag": (
        '"{given}" is a YAML tag, which is not used here',
        "remove it, or put the text in quotes",
        "“{given}”是 YAML 标签，这里不使用",
        "删除它；如果是文字，请加引号",
    ),
    "anchor": (
        '"{given}" is a YAML anchor, which is not used here',
        "write the block out, or put it in a part and include it; text that begins with & needs quotes",
        "“{given}”是 YAML 锚点，这里不使用",
        "把内容写完整，或放入公共部分再 include；以 & 开头的文字要加引号",
    ),
    "alias": (
        '"{given}" points to another place of the file, which is not used here',
        "write the block out, or put it in a part and include it; text that begins with * needs quotes",
        "“{given}”引用文件的另一处，这里不使用",
        "把内容写完整，或放入公共部分再 include；以 * 开头的文字要加引号",
    ),
    "directive": (
        "a line that begins with % is not used here",
        "remove the line",
        "这里不使用以 % 开头的行",
        "删除这一行",
    ),
    "too-deep": (
        "blocks are nested more than {most} deep here",
        "check the brackets and the indentation",
        "这里的嵌套超过 {most} 层",
        "检查括号和缩进",
    ),
    "two-documents": (
        "a second document begins here; a file holds one",
        "remove the line ---, or move what follows to a file of its own",
        "这里开始了第二个文档，一个文件只能有一个",
        "删除 --- 这一行，或把后面的内容移到另一个文件",
    ),
    "tab": (
        "this line is indented with a tab",
        "indent with spaces",
        "这一行用制表符缩进",
        "改用空格缩进",
    ),
    "odd-space": (
        "this line is indented with full-width or hard spaces",
        "indent with plain spaces",
        "这一行用全角空格或不间断空格缩进",
        "改用半角空格缩进",
    ),
    "no-dash-space": (
        "there is no space after the dash",
        "write - and a space",
        "短横线后面缺少空格",
        "在短横线后加一个空格",
    ),
    "missing-colon": (
        'there is no colon after "{given}"',
        "write {given}: and go on below it",
        "“{given}”后面缺少冒号",
        "写成 {given}: 再在下面继续",
    ),
    "fullwidth-colon": (
        "a full-width colon ： stands here",
        "write : and a space",
        "这里用了全角冒号：",
        "改成半角冒号 : 再加一个空格",
    ),
    "no-space": (
        "there is no space after the colon",
        "write : and a space",
        "冒号后面缺少空格",
        "在冒号后加一个空格",
    ),
    "fullwidth-punctuation": (
        'a full-width "{given}" stands where YAML needs plain punctuation',
        "write it half-width, or put the whole text in quotes",
        "这里的全角“{given}”应是半角符号",
        "改成半角；如果是文字的一部分，整段加引号",
    ),
    "fullwidth-comma": (
        'a full-width "{given}" does not part the items of a list',
        "write a plain comma; where it belongs to the text, put the text in quotes",
        "列表的各项不能用全角“{given}”分开",
        "改成半角逗号；如果是文字的一部分，给文字加引号",
    ),
    "comparison": (
        '"{given}" is not how a range is written',
        "write 30.. for 30 or more, ..9 for 9 or less, 10..49 for both ends",
        "“{given}”不是范围的写法",
        "30 及以上写 30..，9 及以下写 ..9，两端都有写 10..49",
    ),
    "special-character": (
        '"{given}" begins with a character YAML keeps for itself',
        "put the text in quotes; leave a field out where anything will do",
        "“{given}”的首字符是 YAML 的保留符号",
        "给文字加引号；不限制的字段直接不写",
    ),
    "colon-in-text": (
        "a second colon on this line makes YAML expect another setting",
        "put the text in quotes",
        "这一行的第二个冒号会被当作另一个设置项",
        "给文字加引号",
    ),
    "open-quote": (
        "the quote {given} that begins here has no end",
        "close it with the same character",
        "从这里开始的引号 {given} 没有结束",
        "用同样的引号结束",
    ),
    "open-bracket": (
        "the bracket {given} that begins here is not closed properly",
        "check commas and the closing bracket",
        "从这里开始的括号 {given} 没有正确结束",
        "检查逗号和右括号",
    ),
    "bad-indent": (
        "this line does not fit the lines above it",
        "check the indentation, quotes and brackets of this line and the one above",
        "这一行与上面的行对不上",
        "检查这一行和上一行的缩进、引号和括号",
    ),
    "yaml-syntax": (
        "this is not valid YAML",
        "check the indentation, quotes and brackets of this line and the one above",
        "这里不符合 YAML 的写法",
        "检查这一行和上一行的缩进、引号和括号",
    ),
    "bad-key": (
        "the name of a setting must be one word or text",
        "check the brackets before the colon",
        "设置项的名称必须是一个词或一段文字",
        "检查冒号前的括号",
    ),
    "duplicate-key": (
        '"{given}" is set twice in this block (first on line {line})',
        "keep one of the two",
        "“{given}”在同一块里写了两次（第一次在第 {line} 行）",
        "只保留一个",
    ),
    # the folder
    "no-folder": (
        "there is no folder {given}",
        "name the folder that holds plans, rules and desks",
        "没有文件夹 {given}",
        "写出存放 plans、rules、desks 的文件夹",
    ),
    "unknown-folder": (
        'nothing reads the folder "{given}"',
        "the folders are: {choices}",
        "文件夹“{given}”不会被读取",
        "可用的文件夹：{choices}",
    ),
    "not-read": (
        'the file "{given}" is not read',
        "let its name end in .yaml",
        "文件“{given}”不会被读取",
        "把扩展名改为 .yaml",
    ),
    "unreadable-file": (
        "this file cannot be opened ({given})",
        "check its rights",
        "文件打不开（{given}）",
        "检查文件权限",
    ),
}
