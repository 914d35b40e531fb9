"""The command line, ``paidan``: prints, and exits 0 (fine), 1 (problems found) or 2 (used wrongly)."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "check": ("plugin.cli.check:check", "Check the documents: all problems of all files at once."),
    "test": ("plugin.cli.check:test", "Run the tests written in the rules files."),
    "connect": ("plugin.cli.connect:connect", "Connect a helpdesk: look, propose, set up, try."),
    "disconnect": (
        "plugin.cli.disconnect:disconnect",
        "Take away what connect made; tickets stay as they are.",
    ),
    "explain": ("plugin.cli.explain:explain", "Say why a ticket stands where it stands."),
    "decide": ("plugin.cli.decide:decide", "Decide a file of tickets; nothing is sent."),
    "calendar": ("plugin.cli.calendar:calendar", "Show a calendar, or bring next year's holidays into it."),
    "clocks": ("plugin.cli.clocks:clocks", "Show a ticket's clocks, or run a file of worked cases."),
    "due": ("plugin.cli.due:due", "List what is due next, and what was missed."),
    "simulate": ("plugin.cli.simulate:simulate", "Show a ticket's future, if nobody does anything."),
    "roster": ("plugin.cli.roster:roster", "Show who is on duty now and next, and when nobody is."),
    "ack": ("plugin.cli.tell:ack", "Answer for a ticket: its escalation stops."),
    "tell": ("plugin.cli.tell:tell_event", "Record an event of the plan, an extension, a fall or an end."),
    "notify": ("plugin.cli.notify:notify", "Try the contacts of a desk: see them, send a test message."),
    "review": ("plugin.cli.review:review", "Compare what a desk would have done with what people did."),
    "act": ("plugin.cli.switch:act", "Act on a desk's tickets, of some groups or of all."),
    "observe": ("plugin.cli.switch:observe", "Only look at a desk's tickets again."),
    "dead": ("plugin.cli.dead:dead", "List what was not done, and why; desks that are paused."),
    "retry": ("plugin.cli.retry:retry", "Try dead letters again, once what kept them is mended."),
    "pause": ("plugin.cli.pause:pause", "Ask nothing of a desk's helpdesk until it is resumed."),
    "resume": ("plugin.cli.pause:resume", "Go on with a paused desk."),
    "backfill": ("plugin.cli.backfill:backfill", "Take in the tickets a helpdesk has already."),
    "doctor": ("plugin.cli.doctor:doctor", "Look whether desks still fit their helpdesks."),
    "serve": ("plugin.cli.serve:serve", "Receive webhooks and bring tickets where they belong."),
    "web": ("plugin.cli.web:web", "Receive webhooks only, in several processes on PostgreSQL."),
    "worker": ("plugin.cli.worker:worker", "Move cases only: one of several processes on PostgreSQL."),
    "backup": ("plugin.cli.backup:backup", "Copy a SQLite case book while it is served."),
    "move": ("plugin.cli.move:move", "Move the case book to another database, from SQLite to PostgreSQL."),
    "manifest": (
        "plugin.cli.manifest:manifest",
        "Say what the plugin needs and offers; check that it is true.",
    ),
    "demo": ("plugin.cli.demo:demo", "Show it all on a real helpdesk, from nothing."),
}
"""Command → where it is, and what it does; imported only when run: ``check`` needs no web server."""


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name][0].split(":")
        command = getattr(import_module(module), attribute)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="paidan")
def main() -> None:
    """Route the tickets of the helpdesk you already have by your organisation's response plan."""
    from plugin.documents.zones import use_packaged_zones  # not for --help and --version

    use_packaged_zones()
