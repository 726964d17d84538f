"""A parent that has everything imported, and forks a real server in a tenth of a second: ``python -m`` me.

It reads one JSON object a line and answers likewise. ``{"id", "log", "env"}`` starts a server with just
that environment; with ``"now"`` its clock starts there, and it answers calls; with ``"probe"`` what held its
event loop is written to that file. ``{"id", "started", "pid", "port"}`` comes when it serves, ``{"id",
"died"}`` when it has ended, with its exit status (minus the signal's number). When the input ends, so does
every server.
"""

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import Any

from sqlalchemy.orm import configure_mappers

from cli.options import clock_of
from cli.serve import make_server
from config.logs import configure_logs
from config.settings import Settings
from kit.http.guard import tls_context
from language.agreement import load_grammar
from language.danger.detector import DangerDetector
from tests.fakes.coded_voice_agent import coded_voice_agent
from tests.fakes.loop_probe import LoopProbe
from tests.fakes.sampler import Sampler
from webhooks.app import build_routes, create_app

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "PYTHONPATH")
_STDOUT = 1


def _say(**message: Any) -> None:
    # One write of less than a pipe's buffer: lines of several processes do not mix.
    os.write(_STDOUT, json.dumps(message).encode() + b"\n")


def _serve(order: dict[str, Any]) -> None:
    """Be the server: what ``chairside serve`` runs, without voice or with one that needs no model."""
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 2)
    os.environ.clear()
    os.environ.update(order["env"])
    settings = Settings(_env_file=None)
    configure_logs(settings.log)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    now = order.get("now")
    app = create_app(
        settings,
        clock_of(now),
        voice_agent=coded_voice_agent if now else None,
        follow_ups=settings.followups.in_server,
    )

    probe = LoopProbe() if "probe" in order else None

    def started() -> None:
        if probe:
            probe.start()
        _say(id=order["id"], started=True, pid=os.getpid(), port=listener.getsockname()[1])

    make_server(app, settings, started).run(sockets=[listener])
    if probe:
        probe.write(Path(order["probe"]))


def _fork(order: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(0)
        sampler = Sampler() if "profile" in order else None
        _serve(order)
        if sampler:
            sampler.write(Path(order["profile"]))
        status = 0
    except BaseException:  # noqa: BLE001 - the edge of the process
        traceback.print_exc()
    finally:
        os._exit(status)


def _warm() -> None:
    """Import what a server imports while it runs, learnt from one that lives for a moment."""
    configure_mappers()
    tls_context()
    build_routes(create_app(Settings(_env_file=None), voice_agent=None))
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        with tempfile.TemporaryDirectory() as folder, contextlib.suppress(BaseException):
            os.close(reading)
            os.dup2(os.open(os.devnull, os.O_WRONLY), _STDOUT)
            env = {
                "CHAIRSIDE_DATA_DIR": folder,
                "CHAIRSIDE_SECRET": "warm",
                "CHAIRSIDE_FOLLOWUPS_IN_SERVER": "false",
            }
            signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
            signal.setitimer(signal.ITIMER_REAL, 1.5)
            _serve({"id": 0, "log": os.devnull, "env": env})
        with open(writing, "w", encoding="utf-8") as pipe:  # noqa: PTH123 - a pipe
            json.dump(sorted(sys.modules), pipe)
        os._exit(0)
    os.close(writing)
    with open(reading, encoding="utf-8") as pipe:  # noqa: PTH123 - a pipe
        names = json.load(pipe)
    os.waitpid(pid, 0)
    for name in names:
        if name not in sys.modules and not name.endswith(("_py", "__main__")):
            with contextlib.suppress(Exception):
                importlib.import_module(name)


def _reap(children: dict[int, int]) -> None:
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        if pid in children:
            _say(id=children.pop(pid), died=os.waitstatus_to_exitcode(status))


def main() -> None:
    """Fork servers until the input ends."""
    importlib.import_module("agent.speech.local")
    importlib.import_module("agent.llm.choice")
    DangerDetector.shared()
    load_grammar()
    _warm()
    # A lock that a thread holds at the fork is held for ever in the child. The one of onnxruntime, which
    # Python does not see, only ever serves voice.
    if threading.active_count() != 1:
        raise SystemExit("The parent has threads.")
    gc.collect()
    gc.freeze()
    woken, wake = socket.socketpair()
    woken.settimeout(0)
    wake.settimeout(0)
    signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    waiting = selectors.DefaultSelector()
    waiting.register(0, selectors.EVENT_READ)
    waiting.register(woken, selectors.EVENT_READ)
    children: dict[int, int] = {}
    unread = b""
    _say(ready=True)
    while True:
        ready = {key.fileobj for key, _ in waiting.select()}
        if woken in ready:
            with contextlib.suppress(BlockingIOError):
                woken.recv(4096)
            _reap(children)
        if 0 in ready:
            data = os.read(0, 65_536)
            if not data:
                break
            *lines, unread = (unread + data).split(b"\n")
            for line in lines:
                order = json.loads(line)
                children[_fork(order)] = order["id"]
    for pid in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
