"""What is not as it should be at a start, and what to do, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from plugin.casebook.soundness import Finding
from plugin.core.label import Label

TEXTS: Mapping[str, Label] = {
    "old-server": Label(
        "PostgreSQL {found} 太旧 → 升级到 {oldest} 或更新版本",
        "PostgreSQL {found} is too old → upgrade it to {oldest} or newer",
    ),
    "fsync": Label(
        "PostgreSQL 关闭了 fsync，断电会丢失已接收的内容 → 在 postgresql.conf 中设 fsync = on 并重新加载",
        "PostgreSQL runs with fsync off: a power cut loses what was accepted → set fsync = on in "
        "postgresql.conf and reload it",
    ),
    "synchronous-commit": Label(
        "PostgreSQL 关闭了 synchronous_commit，崩溃会丢失已接收的内容 → "
        "在服务器、数据库和用户的设置中改为 on（或 local）",
        "PostgreSQL runs with synchronous_commit off: a crash loses what was accepted → set it on (or local) "
        "for the server, the database and the user",
    ),
    "full-page-writes": Label(
        "PostgreSQL 关闭了 full_page_writes，断电可能损坏数据 → "
        "除非文件系统保证整页写入（如 ZFS），请设为 on",
        "PostgreSQL runs with full_page_writes off: a power cut may damage pages → set it on unless the file "
        "system writes whole pages (as ZFS does)",
    ),
    "read-only": Label(
        "数据库只读（备用服务器，或 default_transaction_read_only）→ 在 PAIDAN_DATABASE_URL 中指定主服务器，"
        "或列出全部主机并加 target_session_attrs=read-write",
        "the database only reads (a standby, or default_transaction_read_only) → name the primary in "
        "PAIDAN_DATABASE_URL, or all hosts with target_session_attrs=read-write",
    ),
    "few-connections": Label(
        "数据库只剩 {free} 个连接，派单最多会用 {needed} 个 → 调高 max_connections（或该用户、该库的上限），"
        "或减少 PAIDAN_WEB_WORKERS、PAIDAN_WEB_THREADS",
        "the database has {free} connections left and Paidan may open {needed} → raise max_connections (or "
        "the limit of the user or database), or lower PAIDAN_WEB_WORKERS and PAIDAN_WEB_THREADS",
    ),
    "clocks-apart": Label(
        "数据库与本机的时钟相差 {seconds} 秒 → 在两台机器上都运行 chrony",
        "the clocks of the database and of this machine are {seconds} seconds apart → run chrony on both",
    ),
    "journal-mode": Label(
        "SQLite 不能使用 WAL（journal_mode 是 {found}）→ 把案卷库放到本机磁盘上",
        "SQLite cannot use its write-ahead log (journal_mode is {found}) → put the case book on a disk of "
        "this machine",
    ),
    "synchronous": Label(
        "SQLite 的 synchronous 是 {found}，断电会丢失已接收的内容 → 使用未经改动的 SQLite",
        "SQLite's synchronous is {found}: a power cut loses what was accepted → use an SQLite that was not "
        "built otherwise",
    ),
    "network-disk": Label(
        "案卷库 {path} 在网络文件系统（{kind}）上，SQLite 在那里会损坏 → 放到本机磁盘上，或改用 PostgreSQL",
        "the case book {path} is on a network file system ({kind}), where SQLite gets damaged → put it on a "
        "disk of this machine, or use PostgreSQL",
    ),
    "volatile-disk": Label(
        "案卷库 {path} 所在的 {kind} 会随断电或容器消失 → 放到磁盘或挂载的卷上",
        "the case book {path} is on {kind}, which ends with the power or the container → put it on a disk or "
        "a mounted volume",
    ),
    "full-disk": Label(
        "{path} 只剩 {free} MB → 腾出空间，或把案卷库移到更大的磁盘",
        "{path} has {free} MB left → make room, or move the case book to a larger disk",
    ),
    "open-to-all": Label(
        "本机所有用户都能读写 {path}，其中有工单内容 → chmod o-rwx {path}",
        "everybody on this machine can open {path}, which holds words of tickets → chmod o-rwx {path}",
    ),
    "newer": Label(
        "案卷库由更新的版本（{found}）升级过，本版本只认识 {known} → 把这台机器也升级",
        "the case book was upgraded by a newer version ({found}, this one knows {known}) → upgrade this host "
        "too",
    ),
    "slow-disk": Label(
        "写一行用了 {seconds} 秒 → 检查磁盘和数据库的负载",
        "writing one row took {seconds} seconds → see how busy the disk and the database are",
    ),
    "mappings-open": Label(
        "本机所有用户都能改写 {path}，从而决定工单去向 → chmod -R o-w {path}",
        "everybody on this machine can change {path}, and so where tickets go → chmod -R o-w {path}",
    ),
    "no-copies": Label(
        "不能写入 {path}，日历订阅读不到时没有副本可用 → 让运行派单的用户能写入，或改 PAIDAN_FEED_COPIES",
        "{path} cannot be written: while a calendar feed cannot be read there is no copy of it → let the "
        "user that runs Paidan write there, or choose another PAIDAN_FEED_COPIES",
    ),
    "no-heartbeat": Label(
        "不能写入 {path}，不会有心跳 → 让运行派单的用户能写入，或改 PAIDAN_HEARTBEAT",
        "{path} cannot be written: there will be no heartbeat → let the user that runs Paidan write there, "
        "or choose another PAIDAN_HEARTBEAT",
    ),
}

STOPS = Label("不能启动", "cannot start")
WARNS = Label("注意", "warning")
RISK = Label(
    "明知风险仍要启动（例如试用）：PAIDAN_ACCEPT_RISKS={codes}",
    "To start all the same and bear the risk (for a trial): PAIDAN_ACCEPT_RISKS={codes}",
)


def said(finding: Finding, language: str) -> str:
    """One line: how grave, what, what to do, and the code."""
    grave = (STOPS if finding.endangers else WARNS).say(language)
    words = TEXTS[finding.code].say(language).format(**finding.slots)
    return f"{grave}{'：' if language == 'zh' else ': '}{words} [{finding.code}]"
