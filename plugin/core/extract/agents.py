"""People named by a word no list has: porters, tea growers, ticket holders.

English makes such words freely; they are told by their form (-ers, -ists) or by what only people do.
"""

from __future__ import annotations

import re

_STOP = """
    in at of for to with from by and or but which that who whom whose is are was were has have had be
    been this these those on per than after before when while where until since because if as into onto
    over under about around outside inside near between do does did will would can could may might
    should must not no it we they he she you i my our their his her the a an years year months month
    weeks week days day hours hour minutes minute am pm o'clock metres meters miles km times percent
    pounds dollars yuan euros
"""
_STOPS = frozenset(_STOP.split())
EN_WORD = rf"(?!(?:{'|'.join(_STOP.split())})\b)[a-zà-ž'’-]+"
"""A word that may stand between a number and its noun."""

_THINGS = """
    computers elevators boilers meters orders numbers letters papers hours doors floors colours colors
    offers corners covers layers filters heaters chargers scooters trailers motors sensors towers
    showers drawers counters posters stickers dollars quarters centers centres containers printers
    matters errors factors sectors mirrors monitors radiators generators transformers escalators routers
    flowers rivers sewers gutters shutters banners lanterns rollers fliers flyers folders lockers
    speakers loudspeakers burners coolers freezers fryers hoovers mowers diggers bulldozers tankers
    freighters steamers ladders lifters bumpers dumpers hangers reminders answers newspapers others cars
    trucks lorries buses vans bikes bicycles vehicles bins lights lamps trees shops stalls rooms houses
    buildings windows gates roads streets lanes trains coaches ambulances tractors taxis cabs benches
    seats chairs tables boxes bags pipes drains wells pumps cables wires poles signs cameras screens
    dogs cats rats pigs cows sheep goats birds complaints reports calls tickets emails messages forms
    documents permits cases votes posts comments times
"""
_IS_THING = frozenset(_THINGS.split())
_EN_AGENTS = re.compile(
    rf"[ -](?:{EN_WORD} ){{0,3}}?(?P<noun>[a-z]{{2,14}}(?:ers|eers|tors|sors|wrights|smiths|ists|icians|folk"
    rf"|men|women|mates|keepers|holders))\b"
)
_EN_PLURAL = re.compile(rf"[ -](?:{EN_WORD} ){{0,2}}?(?P<noun>[a-z]{{2,16}}s)\b(?=[ ,])")
_EN_DEEDS = re.compile(
    r"(?: (?:from|of|at|in) (?:the |our |your )?[a-z]+(?: [a-z]+)?)?,?(?: who)?(?: (?:are|were|have|has"
    r"|had|been|now|still|already|all|also)){0,3}"
    r" (?:gather(?:ed|ing)?|queu(?:e)?ing|queued|standing|sitting|seated|protesting|demonstrating"
    r"|marching|demanding|asking|complaining|came|come|arrived|turned up|showed up"
    r"|signed|gathered|chanting|shouting|holding (?:signs|banners|placards)|at the (?:front desk|gate"
    r"|gates|counter|entrance|door|hall|reception|town hall|office|bureau)|waiting (?:outside|in|at|to"
    r"|here|on))\b"
)


def agents(text: str, end: int) -> int | None:
    """Where the noun behind a number ends, if it names people by its form or by what they do."""
    if found := _EN_AGENTS.match(text, end):
        return None if found["noun"] in _IS_THING else found.end()
    found = _EN_PLURAL.match(text, end)
    if found is None or found["noun"] in _IS_THING or found["noun"] in _STOPS:
        return None
    return found.end() if _EN_DEEDS.match(text, found.end()) else None
