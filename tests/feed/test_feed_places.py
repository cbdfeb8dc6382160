"""What a publication leaves alone, in a folder and on the Hub: the same rules in both."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tasks.feed.training import TRAINING
from tests.feed.place import Place

MANIFEST = ".dojo/publication.json"
DATA = "default/train-00000-of-00001.parquet"
BEGIN, END = "<!-- dojo:begin -->", "<!-- dojo:end -->"


def front_of(card: bytes) -> dict[str, Any]:
    front: dict[str, Any] = yaml.safe_load(card.decode().split("---\n")[1])
    return front


def test_the_second_night_changes_nothing(place: Place) -> None:
    first = place.publish()
    files = place.files()
    again = place.publish()
    assert first.changed and not again.changed and again.notes == ()
    assert str(again).startswith("Nothing has changed at ") and len(str(again).splitlines()) == 1
    assert place.files() == files and set(files) == {"README.md", MANIFEST, DATA}
    if place.hub:
        assert len(place.hub.repos["lab/pages"].commits) == 2


def test_more_tasks_change_our_files_and_nothing_else(place: Place) -> None:
    place.publish(tasks=4)
    mine = {"extra/notes.parquet": b"PAR1 mine", "default/more.parquet": b"mine", "LICENSE": b"mine", "é ü.txt": b"x"}
    for name, data in mine.items():
        place.change(name, data)
    before = place.files()
    assert place.publish().changed
    after = place.files()
    assert {name: after[name] for name in mine} == mine
    assert after[DATA] != before[DATA] and b"12 tasks for human labellers" in after["README.md"]
    assert set(after) == set(before)


def test_what_people_write_into_the_card_stays(place: Place) -> None:
    place.publish(tasks=4)
    place.edit_card("license: mit\n", "# ours since June\nlicense: 'cc-by-4.0'   # asked legal\ndoi: 10.1/x\n")
    place.edit_card("- dojo-synth\n", "- dojo-synth\n- mine\n")
    place.edit_card(BEGIN, f"# Pages of the lab\n\nAsk *us* first. \n\n{BEGIN}")
    card = place.edit_card(END, f"{END}\n\n## Licence\nours  \n\n")
    said = place.publish().notes
    after = place.files()["README.md"].decode()
    assert after.split(BEGIN)[0] == card.split(BEGIN)[0] and after.split(END)[1] == card.split(END)[1]
    assert "12 tasks" in after and "4 tasks" not in after
    assert said == ("The front matter of the card stays as people set it: license, tags.",)
    assert not place.publish().changed


def test_keys_that_people_took_out_stay_out_and_ours_move_on(place: Place) -> None:
    place.publish(tasks=4)
    place.edit_card("license: mit\n", "")
    place.edit_card("size_categories:\n- n<1K\n", "size_categories:\n- 1K<n<10K\n")
    place.publish()
    front = front_of(place.files()["README.md"])
    assert "license" not in front and front["size_categories"] == ["1K<n<10K"] and front["configs"]


def test_the_part_between_the_markers_is_ours(place: Place) -> None:
    place.publish()
    place.edit_card("four versions of it", "five versions of it")
    said = place.publish().notes
    assert b"four versions of it" in place.files()["README.md"]
    assert said == ("The part of the card between our markers was edited and is written anew; write outside of them.",)


def test_a_part_that_people_took_out_stays_out(place: Place) -> None:
    place.publish(tasks=4)
    card = place.files()["README.md"].decode()
    place.change("README.md", (card.split(BEGIN)[0] + "Mine alone.\n").encode())
    said = place.publish().notes
    after = place.files()["README.md"].decode()
    assert after.endswith("\nMine alone.\n") and BEGIN not in after
    assert len(said) == 1 and BEGIN in said[0]
    place.change("README.md", None)
    place.publish()
    assert BEGIN in place.files()["README.md"].decode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (END, ""),
        (BEGIN, ""),
        (END, f"{END}{END}"),
        (BEGIN, f"{BEGIN}\n{BEGIN}\n{END}"),
        (BEGIN, END),
    ],
)
def test_broken_markers_are_refused(place: Place, old: str, new: str) -> None:
    place.publish(tasks=4)
    place.edit_card(old, new)
    assert "README.md in" in place.refused() and BEGIN in place.refused()


def test_windows_line_breaks_and_the_mark_of_utf_8_stay(place: Place) -> None:
    place.publish(tasks=4)
    card = place.files()["README.md"].decode().replace(END, f"{END}\nMine.\n")
    place.change("README.md", ("\ufeff" + card.replace("\n", "\r\n")).encode())
    assert place.publish().notes == ()
    after = place.files()["README.md"].decode()
    assert after.startswith("\ufeff---\r\n") and "12 tasks" in after
    assert after.count("\n") == after.count("\r\n") and after.endswith("Mine.\r\n\r\n")
    assert not place.publish().changed


def test_a_file_that_people_changed_is_not_written_over(place: Place) -> None:
    place.publish(tasks=4)
    place.change(DATA, b"PAR1 corrected by hand")
    assert DATA in place.refused() and "--take-over" in place.refused()
    said = place.publish(take_over=True).notes
    assert said == (f"Written over, though no publication of ours wrote them: {DATA}.",)
    assert not place.publish().changed


def test_a_file_that_people_deleted_comes_back(place: Place) -> None:
    place.publish()
    files = place.files()
    place.change(DATA, None)
    assert place.publish().changed and place.files() == files


def test_another_purpose_or_dataset_is_refused_unless_told_to(place: Place) -> None:
    place.publish()
    assert "is published for labelling, not training" in place.refused(purpose="training")
    assert "from another dataset" in place.refused(dataset="0123")
    place.change("default/mine.parquet", b"mine")
    place.edit_card("license: mit", "license: other")
    place.publish(purpose="training", take_over=True)
    files = place.files()
    assert DATA not in files and files["default/mine.parquet"] == b"mine"
    front = front_of(files["README.md"])
    assert [config["config_name"] for config in front["configs"]] == list(TRAINING)
    assert front["license"] == "other" and "dpo" in front["tags"]
    assert not place.publish(purpose="training").changed


def test_an_old_file_that_people_changed_is_kept_and_said(place: Place) -> None:
    place.publish()
    place.change(DATA, b"changed")
    said = place.publish(purpose="training", take_over=True).notes
    assert place.files()[DATA] == b"changed"
    assert said == (f"Kept, because somebody changed them since they were published: {DATA}.",)


def test_a_place_that_dojo_did_not_make_is_refused_unless_told_to(place: Place) -> None:
    mine = "---\nlicense: apache-2.0\nconfigs:\n- config_name: mine  # keep\n  data_files: a.csv\n---\n# Mine\n"
    place.change("README.md", mine.encode())
    place.change("a.csv", b"a,b\n")
    assert "--take-over" in place.refused()
    place.publish(take_over=True)
    files = place.files()
    assert files["a.csv"] == b"a,b\n"
    head, tail = mine.split("---\n# Mine\n")[0], "---\n# Mine\n"
    assert files["README.md"].decode().startswith(head) and tail + f"\n{BEGIN}\n" in files["README.md"].decode()
    front = front_of(files["README.md"])
    assert [config["config_name"] for config in front["configs"]] == ["mine", "default"]
    assert front["license"] == "apache-2.0"
    assert not place.publish().changed


def test_a_card_of_people_gets_no_licence_from_us(place: Place) -> None:
    place.change("README.md", b"# Mine\n")
    place.publish(tasks=4)
    place.publish()
    card = place.files()["README.md"]
    assert "license" not in front_of(card) and front_of(card)["configs"] and card.count(b"# Mine\n") == 1


def test_a_config_of_the_same_name_is_not_replaced(place: Place) -> None:
    place.change("README.md", b"---\nconfigs:\n- config_name: default\n  data_files: a.csv\n---\n")
    place.change("a.csv", b"a,b\n")
    assert "config 'default'" in place.refused(take_over=True)


def test_a_config_that_people_changed_stays(place: Place) -> None:
    place.publish(purpose="training")
    place.edit_card("- config_name: preference\n", "- config_name: preference\n  default: true\n")
    place.edit_card(f"---\n\n{BEGIN}", f"- config_name: raw\n  data_files: raw.csv\n---\n\n{BEGIN}")
    card = place.files()["README.md"]
    said = place.publish(purpose="training").notes
    assert place.files()["README.md"] == card
    assert said == ("The card's configs stay as people changed them: preference.",)
    place.publish(take_over=True)
    assert [config["config_name"] for config in front_of(place.files()["README.md"])["configs"]] == [
        "preference",
        "raw",
        "default",
    ]


def test_a_place_with_nothing_but_a_first_card_is_no_take_over(place: Place) -> None:
    place.change("README.md", b"---\nlicense: gpl-3.0\n---\n")
    place.publish()
    card = place.files()["README.md"]
    assert front_of(card)["license"] == "gpl-3.0" and card.decode().count(BEGIN) == 1


@pytest.mark.parametrize(
    "front",
    [
        "- a\n- b\n",
        "just words\n",
        "{license: mit}\n",
        "license: [mit\n",
        "license: mit\nlicense: gpl\n",
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{n}: &{n} [{', '.join([f'*{m}'] * 9)}]\n" for m, n in zip("abcdefgh", "bcdefghi", strict=True)),
        "a: &a [*a]\n",
        "a: " + "[" * 5000 + "]" * 5000 + "\n",
        "configs: [{config_name: x}]\n",
        "configs: words\n",
        "? [a, b]\n: c\n",
        "a: \x01\n",
        "pad: " + "x" * 250_000 + "\n",
    ],
)
def test_front_matter_that_cannot_be_edited_is_refused(place: Place, front: str) -> None:
    place.change("README.md", f"---\n{front}---\nMine.\n".encode())
    said = place.refused()
    assert said.startswith("The front matter of README.md in ") and len(said) < 400


def test_a_card_that_is_no_text_is_refused(place: Place) -> None:
    place.change("README.md", b"\xff\xfe---\n")
    assert "is not UTF-8" in place.refused()
    place.change("README.md", b"x" * 6_000_000)
    assert "more than 5,000,000 bytes" in place.refused()


def broken_manifests() -> Iterator[bytes]:
    entry = {"path": DATA, "sha256": "0" * 64, "git": "0" * 40}
    good = {
        "version": 1,
        "dataset": "da7a",
        "purpose": "labelling",
        "files": [entry],
        "card": {"front": {}, "body": ""},
    }
    for path in ("../x.parquet", "/etc/passwd", "LICENSE", "README.md", f"{DATA}\n", "default/../" + DATA, "", None, 3):
        yield json.dumps(good | {"files": [entry | {"path": path}]}).encode()
    for change in ({"version": "1"}, {"version": 0}, {"dataset": 3}, {"dataset": "x" * 99}, {"purpose": "sale"},
                   {"files": {}}, {"files": [entry | {"sha256": "0"}]}, {"card": []}, {"more": 1}):  # fmt: skip
        yield json.dumps(good | change).encode()
    yield from (b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 100_000, b'{"version": 1}', b"1" * 20_000)
    yield json.dumps(good | {"files": [entry] * 20_000}).encode()


@pytest.mark.parametrize("manifest", broken_manifests())
def test_a_manifest_that_is_none_is_refused(place: Place, manifest: bytes) -> None:
    place.change(MANIFEST, manifest)
    place.change("LICENSE", b"mine")
    said = place.refused(take_over=True)
    assert MANIFEST in said and "not as dojo writes it" in said and len(said) < 500


def test_a_manifest_of_a_newer_dojo_is_refused(place: Place) -> None:
    place.change(MANIFEST, b'{"version": 2, "shape": "new"}')
    assert "newer dojo" in place.refused(take_over=True)


def test_a_file_where_a_folder_has_to_be(place: Place) -> None:
    place.change("default", b"mine")
    assert "default" in place.refused(take_over=True) and "in the way" in place.refused(take_over=True)
