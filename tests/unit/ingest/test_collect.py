"""Remote landing places: a real S3 server and a real SFTP server on loopback."""

import asyncio
import threading
from datetime import UTC, date, datetime

import districts
import pytest

from ingest import journal
from ingest.collect import collect
from ingest.land import ledger_path
from pipeline import steps
from pipeline.settings import Settings

NOW = datetime(2024, 12, 16, 15, tzinfo=UTC)


@pytest.fixture(scope="module")
def s3_server():
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def bucket(s3_server, monkeypatch):
    """An empty bucket, found by fsspec's own configuration, as on a server."""
    import fsspec.config
    import s3fs

    options = {"endpoint_url": s3_server, "key": "test", "secret": "test"}
    monkeypatch.setitem(fsspec.config.conf, "s3", options)
    s3fs.S3FileSystem.clear_instance_cache()
    system = s3fs.S3FileSystem()
    if system.exists("landing"):
        system.rm("landing", recursive=True)
    system.mkdir("landing")
    return system


@pytest.fixture
def sftp_folder(tmp_path, monkeypatch):
    """A folder served by a real SFTP server; gives the folder and its URL."""
    import asyncssh
    import fsspec.config

    folder = tmp_path / "sftp"
    folder.mkdir()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    class Clerk(asyncssh.SSHServer):
        def begin_auth(self, username):
            return True

        def password_auth_supported(self):
            return True

        def validate_password(self, username, password):
            return (username, password) == ("ocop", "secret")

    async def serve():
        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=Clerk,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=str(folder)),
        )

    server = asyncio.run_coroutine_threadsafe(serve(), loop).result(20)
    monkeypatch.setitem(fsspec.config.conf, "sftp", {"known_hosts": None, "password": "secret"})
    yield folder, f"sftp://ocop@127.0.0.1:{server.get_port()}/"

    async def close():
        server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:  # sessions that the client left open
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(close(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(20)


def settings(tmp_path, place):
    return Settings(tmp_path / "home", date(2024, 12, 16), NOW, districts.PROVINCE, place)


def test_a_night_takes_workbooks_from_an_s3_store_once(tmp_path, bucket):
    path = districts.make(tmp_path)
    bucket.put_file(str(path), "landing/587/2024H2/bao-cao.xlsx")
    bucket.pipe("landing/rac.xlsx", b"broken")
    home = settings(tmp_path, "s3://landing")
    outcome = steps.land(home)
    assert outcome.details["not_taken"] == {}
    assert len(outcome.details["new"]) == 2
    assert bucket.find("landing") == []
    lines = journal.read(ledger_path(home.archive))
    stored = next(line for line in lines if line["unit_code"] == "587")
    archived = home.archive / stored["submission_id"] / stored["file_name"]
    assert archived.read_bytes() == path.read_bytes()
    assert steps.land(home).summary == "0 new, 0 already known"


def test_a_copy_that_was_left_behind_is_known_again(tmp_path, bucket):
    path = districts.make(tmp_path)
    home = settings(tmp_path, "s3://landing")
    for expected in ("1 new, 0 already known", "0 new, 1 already known"):
        bucket.put_file(str(path), "landing/bao-cao.xlsx")
        assert steps.land(home).summary == expected


def test_uploads_under_way_and_too_large_files_stay_and_are_named(tmp_path, bucket, monkeypatch):
    monkeypatch.setattr("ingest.collect.MAX_FILE_BYTES", 10)
    bucket.pipe("landing/a.xlsx.filepart", b"half")
    bucket.pipe("landing/b.xlsx", b"more than ten bytes")
    bucket.pipe("landing/~$c.xlsx", b"lock")
    left = {item.file_name: item.problem for item in collect("s3://landing", tmp_path / "landing")}
    assert "still being uploaded" in left["a.xlsx.filepart"]
    assert "too large" in left["b.xlsx"]
    assert len(left) == 2
    assert len(bucket.find("landing")) == 3


def test_a_key_never_leaves_the_landing_folder(tmp_path, bucket):
    bucket.pipe("landing/x/../../../evil.xlsx", b"x")
    bucket.pipe("landing/x/con\ttrol.xlsx", b"y")
    assert collect("s3://landing", tmp_path / "landing") == []
    names = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert names == ["landing/x/con_trol.xlsx", "landing/x/evil.xlsx"]


def test_two_files_of_one_name_both_arrive(tmp_path, bucket):
    bucket.pipe("landing/a.xlsx", b"new")
    (tmp_path / "landing").mkdir()
    (tmp_path / "landing" / "a.xlsx").write_bytes(b"lies there already")
    collect("s3://landing", tmp_path / "landing")
    contents = {p.name: p.read_bytes() for p in (tmp_path / "landing").iterdir()}
    assert contents == {"a.xlsx": b"lies there already", "a (2).xlsx": b"new"}


def test_a_place_that_does_not_answer_is_named_and_takes_nothing(tmp_path, bucket):
    with pytest.raises(
        steps.StepError, match=r"The landing place s3://nowhere cannot be read .*OCOP_LANDING"
    ):
        steps.land(settings(tmp_path, "s3://nowhere"))


def test_a_night_takes_workbooks_from_an_sftp_server(tmp_path, sftp_folder):
    folder, url = sftp_folder
    path = districts.make(tmp_path)
    (folder / "587").mkdir()
    (folder / "587" / "bao-cao.xlsx").write_bytes(path.read_bytes())
    outcome = steps.land(settings(tmp_path, url))
    assert outcome.summary == "1 new, 0 already known"
    assert not (folder / "587" / "bao-cao.xlsx").exists()


def test_a_local_folder_can_be_the_landing_place(tmp_path):
    (tmp_path / "share").mkdir()
    districts.make(tmp_path / "share")
    assert steps.land(settings(tmp_path, str(tmp_path / "share"))).summary == "1 new, 0 already known"
