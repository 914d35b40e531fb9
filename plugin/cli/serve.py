"""``paidan serve``: take webhooks, move cases, until told to stop."""

from __future__ import annotations

import os

import click

from plugin.app.paidan import Paidan
from plugin.cli.environment import settings_for
from plugin.cli.listening import Listening
from plugin.cli.processes import TEXTS as COMMON
from plugin.cli.processes import composed, give_up, on_signals, write_logs_as_json
from plugin.cli.supervisor import Supervisor
from plugin.core.label import Label
from plugin.errors import StoreError
from plugin.settings import Settings

TEXTS = {
    "listening": Label("派单已在 {url} 就绪。", "Paidan is ready at {url}."),
    "hook": Label(
        "  {desk}（{mode}）：webhook 地址 {url}/…（填写方法见 docs/helpdesks/{connector}.md）",
        "  {desk} ({mode}): send webhooks to {url}/… (see docs/helpdesks/{connector}.md)",
    ),
    "polled": Label(
        "  {desk}（{mode}）：不接收 webhook，每 {every:g} 秒向工单系统查询变化",
        "  {desk} ({mode}): takes no webhooks; the helpdesk is asked what changed every {every:g} s",
    ),
    "no_desk": Label(
        "  还没有 desk 文件：在 {folder}/desks/ 中新建一个，保存后自动生效。",
        "  No desk file yet: write one in {folder}/desks/; it is taken up by itself.",
    ),
    "stopping": Label("正在停止……", "Stopping …"),
    "port": Label(
        "无法在 {host}:{port} 监听（{detail}）→ 用 PAIDAN_PORT 换一个端口",
        "Cannot listen at {host}:{port} ({detail}) → choose another port in PAIDAN_PORT",
    ),
}
ACTING = Label("，对 {groups} 执行", ", acting for {groups}")


@click.command()
@click.option("--lang", type=click.Choice(["zh", "en"]), default=None, help="Language of what is printed.")
def serve(lang: str | None) -> None:
    """Take webhooks and move cases until interrupted.

    Everything is set in the environment: see paidan manifest show. A socket handed over by systemd is used
    instead of host and port. SIGHUP reads the documents again and accepts the clock as it is.
    """
    write_logs_as_json()
    settings = settings_for(lang or "en")
    language = lang or settings.language
    paidan = composed(settings, language, "serve")
    try:
        listening = Listening(paidan.web, settings)
    except OSError as error:
        paidan.database.close()
        slots = {"host": settings.host, "port": settings.port, "detail": error.strerror}
        give_up(TEXTS["port"].say(language).format(**slots), 2)
    on_signals(paidan, listening.stop)
    supervisor = Supervisor(os.environ)
    try:
        paidan.start()
        _greet(paidan, settings, listening.urls[0], language)
        supervisor.ready()
        listening.run(lambda: supervisor.look(paidan.is_moving))
        paidan.begin_to_stop()
        supervisor.stopping()
        click.echo(TEXTS["stopping"].say(language))
        listening.finish()
    except StoreError as error:
        give_up(COMMON["store"].say(language).format(detail=error), 1)
    finally:
        listening.close()
        paidan.stop()


def _greet(paidan: Paidan, settings: Settings, url: str, language: str) -> None:
    """Where the hooks are; a token that belongs into an address is never shown."""
    click.echo(TEXTS["listening"].say(language).format(url=url))
    desks, running = paidan.desks.documents.documents.desks, paidan.desks()
    for name, desk in desks.items():
        some = ACTING.say(language).format(groups=", ".join(desk.act_for)) if desk.act_for else ""
        text = TEXTS["hook" if running[name].hears else "polled"].say(language)
        slots = {
            "desk": name,
            "mode": desk.mode + some,
            "url": f"{url}/hooks/{name}",
            "connector": desk.connector,
            "every": running[name].look_every,
        }
        click.echo(text.format(**slots))
    if not desks:
        click.echo(TEXTS["no_desk"].say(language).format(folder=settings.mappings))
