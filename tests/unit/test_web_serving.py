"""`seogo serve` as a person runs it: two addresses, one Ctrl-C, one sentence for what goes wrong."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from replay_fixture import build

COMMAND = [sys.executable, "-c", "from archive.commands.serve import serve; serve(prog_name='seogo serve')"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=600, check=False)


def test_both_servers_answer_and_end_with_ctrl_c(tmp_path: Path) -> None:
    build(tmp_path)
    with subprocess.Popen(
        [*COMMAND, "-a", str(tmp_path), "--port", "0", "--replay-port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = [process.stdout.readline() for _ in range(2)]
        browse, replay = (re.findall(r"http://\S+", line)[0] for line in lines)
        assert browse.startswith("http://127.0.0.1:")
        assert replay.startswith("http://localhost:")
        with urllib.request.urlopen(browse) as answer:
            page = answer.read().decode()
        assert replay.rstrip("/") + "/capture/" in page
        with urllib.request.urlopen(replay.replace("localhost", "127.0.0.1")) as answer:
            assert answer.status == 200
            assert "server" not in {name.lower() for name in answer.headers}
        process.send_signal(signal.SIGINT)
        assert process.wait(600) == 0
        assert "Traceback" not in process.stderr.read()


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    build(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        for option in ("--port", "--replay-port"):
            options = {"--port": "0", "--replay-port": "0", option: port}
            ended = run("-a", str(tmp_path), *(part for pair in options.items() for part in pair))
            assert ended.returncode == 2
            assert ended.stderr.count("\n") == 1
            assert f"port {port} on 127.0.0.1 is taken" in ended.stderr


def test_what_a_user_gets_wrong(tmp_path: Path) -> None:
    missing = run("-a", str(tmp_path / "nowhere"))
    assert missing.returncode == 2
    assert str(tmp_path / "nowhere") in missing.stderr
    assert "Traceback" not in missing.stderr
    build(tmp_path / "a")
    same = run("-a", str(tmp_path / "a"), "--port", "8123", "--replay-port", "8123")
    assert same.returncode == 2
    assert run("--port", "99999").returncode == 2
    (tmp_path / "a" / "index.db").write_bytes(b"no database" * 1000)
    broken = run("-a", str(tmp_path / "a"), "--port", "0", "--replay-port", "0")
    assert broken.returncode == 3
    assert "reindex" in broken.stderr
