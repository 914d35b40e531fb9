# ruff: noqa: F821 (the names come from the template this is appended to)
# Appended to the classic template's schema.py: the organisation's groups, its fields, and residents who
# see neither the reason of a routing nor its record.
queue = Class(db, "queue", name=String(), order=Number())
queue.setkey("name")
issue.addprop(
    queue=Link("queue"),
    channel=String(),
    region=String(),
    response_level=String(),
    tags=String(),
    routing_run=String(),
    routing_reason=String(),
    due=Date(),
)
db.security.addPermissionToRole("User", "View", "queue")

db.security.addRole(name="Resident", description="Opens tickets, adds messages, sees no routing")
for _name in ("Web Access", "Email Access", "Rest Access"):
    db.security.addPermissionToRole("Resident", _name)
for _name in ("queue", "priority", "status", "msg", "file"):
    db.security.addPermissionToRole("Resident", "View", _name)
for _name in ("issue", "msg", "file"):
    db.security.addPermissionToRole("Resident", "Create", _name)
_open = ("id", "title", "messages", "nosy", "status", "queue", "channel", "region", "creation", "activity")
db.security.addPermissionToRole(
    "Resident", db.security.addPermission(name="View", klass="issue", properties=_open)
)
db.security.addPermissionToRole(
    "Resident", db.security.addPermission(name="Edit", klass="issue", properties=("messages", "nosy"))
)
