"""What the server and its parsing worker say to each other: frames of JSON, through pipes.

To the worker: a job, ``{"name", "size", "seconds", "limits": {…}}``, and then the file's bytes.
From the worker: ``{"ready": true}`` once; for each job any number of
``{"chunks": [[text, heading, page], …]}``, and then one ``{"mime_type", "pages", "last"}`` or
``{"error", "message", "last"}``; ``last`` says that it takes no more jobs.
"""

import json
import struct
from typing import Any, BinaryIO

LENGTH = struct.Struct(">I")
MAX_FRAME_BYTES = 4 * 2**20


def packed(message: dict[str, Any]) -> bytes:
    """Make a frame.

    Returns:
        Its length in four bytes, and the JSON.
    """
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    return LENGTH.pack(len(body)) + body


def read_frame(pipe: BinaryIO) -> dict[str, Any] | None:
    """Wait for a frame, blocking.

    Returns:
        The message; None when the other end has closed the pipe.
    """
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    message: dict[str, Any] = json.loads(pipe.read(*LENGTH.unpack(head)))
    return message
