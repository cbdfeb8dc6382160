"""A card is merged: people's part stays byte for byte, whatever it is; and a second time changes nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.errors import BadInput
from tasks.feed.card import Said
from tasks.feed.merge import BEGIN, END, merge_card

FRONT = {
    "license": "mit",
    "tags": ["a", "b"],
    "configs": [
        {"config_name": "default", "data_files": [{"split": "train", "path": "default/train-*.parquet"}]},
    ],
}
OLD = Said(front=FRONT, text="# Pages\n\n4 tasks\n")
NEW = Said(front=FRONT | {"tags": ["a", "c"]}, text="# Pages\n\n5 tasks\n")

words = st.text(alphabet=st.sampled_from("ab #-<!>:\n\r`\u2028\ufeff\t\x00"), max_size=40)
lines = st.lists(
    st.sampled_from(["# why", "license: other", "doi: 'x'", "note: |\n  - a\n  # b", "", "x: {a: [b]}"]), unique=True
)


@settings(deadline=None, max_examples=60)
@given(words, words, st.sampled_from(["\n", "\r\n"]))
def test_text_outside_of_the_markers_stays(above: str, below: str, newline: str) -> None:
    first = merge_card(None, OLD, None, "here")
    head, tail = first.data.decode().replace("\n", newline).split(BEGIN)
    part, end = tail.split(END)
    card = f"{head}{above}{BEGIN}{part}{END}{below}{end}".encode()
    again = merge_card(card, NEW, first.own, "here")
    before, _, rest = again.data.decode().partition(BEGIN)
    assert before.endswith(above) and rest.split(END)[1] == below + end
    assert "5 tasks" in rest and before == head.replace(f"- b{newline}", f"- c{newline}") + above
    assert merge_card(again.data, NEW, again.own, "here").data == again.data


@settings(deadline=None, max_examples=60)
@given(lines, lines)
def test_keys_of_people_stay_in_their_order(above: list[str], below: list[str]) -> None:
    first = merge_card(None, OLD, None, "here")
    front = first.data.decode().split("---\n")[1].replace("license: mit\n", "")
    people = ["\n".join([*part, ""]) if part else "" for part in (above, [line for line in below if line not in above])]
    card = first.data.decode().replace(first.data.decode().split("---\n")[1], f"{people[0]}{front}{people[1]}", 1)
    again = merge_card(card.encode(), NEW, first.own, "here")
    assert again.data.decode().split("---\n")[1] == people[0] + front.replace("- b\n", "- c\n") + people[1]


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=60), st.integers(0, 400))
def test_a_spoilt_card_is_edited_or_refused_in_one_sentence(noise: bytes, at: int) -> None:
    first = merge_card(None, OLD, None, "here")
    try:
        again = merge_card(first.data[:at] + noise + first.data[at:], NEW, first.own, "here")
    except BadInput as error:
        assert "README.md in here" in str(error) and "\n" not in str(error)
    else:
        assert merge_card(again.data, NEW, again.own, "here").data == again.data
