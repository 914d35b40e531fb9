"""Fill a new Roundup tracker from the JSON on standard input, and print API tokens as JSON.

Run in Roundup's own venv: ``roundup_seed.py TRACKER`` with ``{"queues": [...], "users": {name: role}}``.
"""

import json
import sys
import time

import jwt
from roundup import instance, password


def token(db, name):
    config, now = db.config, int(time.time())
    claims = {
        "sub": db.user.lookup(name),
        "iss": config.TRACKER_WEB,
        "aud": config.TRACKER_WEB,
        "roles": db.user.get(db.user.lookup(name), "roles").split(","),
        "iat": now,
        "exp": now + 30 * 86400,
    }
    return jwt.encode(claims, config.WEB_JWT_SECRET[0], algorithm="HS256")


def fill(db, seed):
    for order, name in enumerate(seed["queues"]):
        db.getclass("queue").create(name=name, order=order)
    for name, (role, address) in seed["users"].items():
        secret = password.Password("unused", config=db.config)
        db.user.create(username=name, password=secret, address=address, roles=role)
    db.commit()


db = instance.open(sys.argv[1]).open("admin")
seed = json.load(sys.stdin)
fill(db, seed)
sys.stdout.write(json.dumps({name: token(db, name) for name in seed["users"]}) + "\n")
db.close()
