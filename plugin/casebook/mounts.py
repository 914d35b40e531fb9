"""The kind of file system a path is on."""

from __future__ import annotations

import re
from pathlib import Path

_OF_THE_KERNEL = (
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "gfs2",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
)
_OTHERS = ("nfs4", "ocfs2", "smb3", "smbfs", "davfs", "prl_fs", "vboxsf")
_OF_PROGRAMS = ("ceph", "davfs2", "glusterfs", "rclone", "s3fs", "sshfs", "vmhgfs-fuse")
NETWORK = frozenset({*_OF_THE_KERNEL, *_OTHERS, *(f"fuse.{name}" for name in _OF_PROGRAMS)})
"""Other machines write there too, and locks and shared memory do not hold as SQLite's log needs them to
(https://www.sqlite.org/wal.html, https://www.sqlite.org/howtocorrupt.html)."""
VOLATILE = frozenset({"tmpfs", "ramfs", "overlay"})
"""What is there ends with the machine's power, or with the container."""
MOUNTS = Path("/proc/self/mountinfo")
_OCTAL = re.compile(r"\\([0-7]{3})")


def file_system(path: Path, mounts: Path = MOUNTS) -> str:
    """Its name as in proc(5); empty where that cannot be told. ``path`` need not exist yet."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    wanted, best, kind = path.resolve(), -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        point = Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), before.split()[4]))
        if wanted.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), after.split()[0]
    return kind
