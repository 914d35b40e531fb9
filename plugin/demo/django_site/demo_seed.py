"""Fill the migrated database from a JSON description on standard input.

``{"queues": [[id, slug, title], …], "fields": [{"name", "label", "choices"?, "staff_only"}, …],
"users": [{"id", "name", "admin", "token"?}, …], "password": "…"}``
"""

import json
import sys

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 (Django must be set up first)
from helpdesk.models import CustomField, Queue  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402


def make_queue(number, slug, title):
    Queue.objects.create(
        id=number,
        slug=slug,
        title=title,
        email_address=f"{slug}@helpdesk.invalid",
        allow_public_submission=number == 1,  # the public opens tickets in the inbox
    )


def make_field(order, spec):
    choices = spec.get("choices")
    CustomField.objects.create(
        name=spec["name"],
        label=spec["label"],
        ordering=order,
        required=False,
        staff_only=spec["staff_only"],
        data_type="list" if choices else "varchar",
        max_length=None if choices else 200,
        list_values="\n".join(choices) if choices else None,
        empty_selection_list=bool(choices),
    )


def make_user(spec, password):
    user = get_user_model()(
        id=spec["id"],
        username=spec["name"],
        email=f"{spec['name']}@helpdesk.invalid",
        is_staff=True,
        is_superuser=spec["admin"],
    )
    user.set_password(password)
    user.save()
    if spec.get("token"):
        Token.objects.create(user=user, key=spec["token"])


def main():
    seed = json.load(sys.stdin)
    for queue in seed["queues"]:
        make_queue(*queue)
    for order, field in enumerate(seed["fields"], 1):
        make_field(order, field)
    for user in seed["users"]:
        make_user(user, seed["password"])


main()
