"""A Roundup detector: posts one signed event for every new or changed issue. Roundup ships no webhooks.

Detectors run before the commit, so a thread posts a moment later. Address and secret come from the
server's environment.
"""

import hashlib
import hmac
import json
import os
import threading
import time
import urllib.request

AFTER_THE_COMMIT = 0.15


def send(url, secret, delivery, body):
    stamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    for attempt in (1, 2, 3):
        headers = {
            "Content-Type": "application/json",
            "X-Webhook-Timestamp": stamp,
            "X-Webhook-Delivery": delivery,
            "X-Webhook-Attempt": str(attempt),
            "X-Webhook-Signature": "sha256=" + signature,
        }
        try:
            urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=5).close()
            return
        except OSError:
            time.sleep(attempt)


def react(db, cl, nodeid, oldvalues):
    url, secret = os.environ.get("HOOK_URL"), os.environ.get("HOOK_SECRET", "")
    if not url:
        return
    node, old = cl.getnode(nodeid), oldvalues or {}
    changed = {k: [str(old[k]), str(node[k])] for k in old if k in cl.properties and old[k] != node[k]}
    delivery = f"ru-issue{nodeid}-{time.time_ns()}"
    event = {
        "event": "ticket.updated" if oldvalues else "ticket.created",
        "delivery": delivery,
        "actor": db.user.get(db.getuid(), "username"),
        "source": getattr(db, "tx_Source", None),
        "ticket": {"id": int(nodeid), "title": node["title"], "activity": str(node["activity"])},
        "changed": changed,
    }
    threading.Timer(AFTER_THE_COMMIT, send, (url, secret, delivery, json.dumps(event).encode())).start()


def init(db):
    db.issue.react("create", react)
    db.issue.react("set", react)
