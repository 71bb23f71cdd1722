"""Two processes that edit one object at the same moment: one of them saves, the other is told both values."""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

import pytest
from small_frames import households, provenance

from layers.errors import LostUpdateError
from layers.store import Store

ROUNDS = 6
SECRETS = {"a": "13900000001", "b": "13900000002"}


def editor(url: str, name: str, together: Barrier, told: Connection) -> None:
    """Edit the household once a round, from the version that both have read."""
    with Store.open(url) as store:
        for round_ in range(ROUNDS):
            version = int(store.read("households", columns=["version"])["version"].iloc[0])
            together.wait(60)
            values = {"group_name": f"{name}{round_}", "phone": SECRETS[name]}
            try:
                told.send(("saved", name, store.edit("households", "h00000", values, version=version, by=name)))
            except LostUpdateError as refused:
                told.send(("lost", name, refused.yours, refused.theirs, refused.version, str(refused)))
            together.wait(60)


@pytest.mark.usefixtures("plain_main")
def test_one_of_two_saves_and_the_other_is_told_both_values(store_url: str) -> None:
    context = multiprocessing.get_context("spawn")
    together, (here, there) = context.Barrier(2), context.Pipe(duplex=False)
    with Store.open(store_url) as store:
        store.load({"households": households(1, village=None)}, provenance())
        editors = [context.Process(target=editor, args=(store_url, name, together, there)) for name in SECRETS]
        for each in editors:
            each.start()
        for round_ in range(ROUNDS):
            assert here.poll(120)
            first = here.recv()
            assert here.poll(120)
            saved, lost = sorted([first, here.recv()], reverse=True)
            assert (saved[0], lost[0]) == ("saved", "lost")
            _, loser, yours, theirs, version, said = lost
            assert (saved[2], version) == (round_ + 2, round_ + 2)
            assert (yours["group_name"], theirs["group_name"]) == (f"{loser}{round_}", f"{saved[1]}{round_}")
            assert (yours["phone"], theirs["phone"]) == ("***", "***")
            assert not any(secret in f"{yours}{theirs}{said}" for secret in SECRETS.values())
        for each in editors:
            each.join(60)
            assert each.exitcode == 0
        assert [version.version for version in store.history("households", "h00000")] == list(range(1, ROUNDS + 2))
        assert len(store.loads()) == 1 + ROUNDS
