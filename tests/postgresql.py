"""A PostgreSQL server of our own: Debian's, in a temporary folder, for as long as the tests run."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Thread
from typing import IO
from urllib.parse import quote

import psycopg

PASSWORD = "hush/hush@hush"
"""With signs that an address has to write as %2F and %40."""
OWNER = "lookout"
"""Who owns the databases of tests: as on a hosted server, no superuser."""
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "80",
    "shared_buffers": "64MB",
    "deadlock_timeout": "50ms",
    "timezone": "Asia/Tokyo",  # neither UTC nor the machine's: nobody may rely on it
    "listen_addresses": "127.0.0.1",
}


def programs() -> Path | None:
    """The folder of the newest server that is installed; None where there is none."""
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in found), key=lambda folder: float(folder.parent.name), default=None)


@dataclass
class Server:
    port: int
    socket: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def new_database(self) -> str:
        """The address, as Heroku gives it, of a new and empty database."""
        name = f"lookout_{next(self._numbers)}"
        self.tell(f"CREATE DATABASE {name} OWNER {OWNER}")
        return self.url(name)

    def url(self, name: str, user: str = OWNER, password: str = PASSWORD) -> str:
        place = f"127.0.0.1:{self.port}/{name}?sslmode=prefer"
        return f"postgres://{user}:{quote(password, safe='')}@{place}"

    def tell(self, statement: str) -> list[tuple[object, ...]]:
        """As superuser, outside of any transaction."""
        with psycopg.connect(
            host=str(self.socket), port=self.port, user="postgres", autocommit=True
        ) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def cut(self, url: str) -> None:
        """Break off all connections to a database."""
        name = name_of(url)
        self.tell(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")  # noqa: S608

    def shut(self, url: str) -> None:
        """Let nobody into a database, nor stay in it."""
        self.tell(f"ALTER DATABASE {name_of(url)} WITH ALLOW_CONNECTIONS false")
        self.cut(url)

    def reopen(self, url: str) -> None:
        self.tell(f"ALTER DATABASE {name_of(url)} WITH ALLOW_CONNECTIONS true")


def name_of(url: str) -> str:
    """The database's name in its address."""
    return url.rpartition("/")[2].partition("?")[0]


@contextmanager
def serving(folder_of_programs: Path) -> Iterator[Server]:
    """A server refuses to run as root: it runs as another user then."""
    user = _unprivileged() if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="lookout-pg-"))
    try:
        (folder / "password").write_text(PASSWORD)
        if user:
            for path in (folder, folder / "password"):
                shutil.chown(path, user.pw_uid, user.pw_gid)
        _make(folder_of_programs, folder, user)
        server = None
        while server is None:  # another took the port meanwhile
            process = _started(folder_of_programs, folder, user, port := _free_port())
            server = _ready(process, port, folder)
        try:
            server.tell(f"CREATE ROLE {OWNER} LOGIN CREATEDB PASSWORD '{PASSWORD}'")
            yield server
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing is to be kept
            process.wait()
    finally:
        shutil.rmtree(folder)


def _unprivileged() -> pwd.struct_passwd:
    return min(
        (user for user in pwd.getpwall() if user.pw_name in {"postgres", "nobody"}),
        key=lambda user: user.pw_name != "postgres",
    )


def _make(programs: Path, folder: Path, user: pwd.struct_passwd | None) -> None:
    made = subprocess.run(
        [
            *_as(user),
            *(programs / "initdb", "--pgdata", folder / "data", "--username=postgres", "--no-sync"),
            *("--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={folder / 'password'}"),
            *("--no-locale", "--encoding=UTF8"),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise RuntimeError(made.stderr)


def _started(
    programs: Path, folder: Path, user: pwd.struct_passwd | None, port: int
) -> subprocess.Popen[str]:
    """It ends with this process, however that ends."""
    return subprocess.Popen(
        [
            *_as(user),
            *("--pdeathsig=QUIT", programs / "postgres", "-D", folder / "data", "-k", folder),
            *(f"-c{name}={value}" for name, value in {**SETTINGS, "port": port}.items()),
        ],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def _ready(process: subprocess.Popen[str], port: int, folder: Path) -> Server | None:
    """None where its port is another's."""
    said = ""
    assert process.stderr is not None
    for line in process.stderr:
        said += line
        if "is ready to accept connections" in line:
            Thread(target=_drained, args=[process.stderr]).start()
            return Server(port, folder)
    process.stderr.close()
    process.wait()
    if "Address already in use" in said:
        return None
    raise RuntimeError(said)


def _drained(pipe: IO[str]) -> None:
    """A full pipe would stop it."""
    with pipe:
        for _ in pipe:
            pass


def _as(user: pwd.struct_passwd | None) -> list[str]:
    if user is None:
        return ["setpriv"]
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
