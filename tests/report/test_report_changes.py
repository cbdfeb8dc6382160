from tasks.diff import file_diff
from tasks.record import Edit
from tasks.report.changes import list_changes

CLEAN = {"a.css": "".join(f"a{number}\n" for number in range(1, 41)), "b.js": "b\n"}


def edit(line, before, after, file="a.css"):
    return Edit(
        mutator=f"m{line}", family="visual", file=file, line=line, start=0, before=before, after=after, strength=1,
        note="It fades.",
    )  # fmt: skip


def made(*edits):
    """The changes that the edits make, given in another order."""
    files = dict(CLEAN)
    for one in edits:
        files[one.file] = files[one.file].replace(one.before, one.after, 1)
    return list_changes(CLEAN, files.items(), edits[::-1])


def test_each_edit_is_with_its_hunk_and_only_there():
    changes = made(edit(5, "a5\n", ""), edit(8, "a8", "x8"), edit(30, "a30", "x30"), edit(1, "b", "c", "b.js"))
    assert [[one.mutator for one in change.edits] for change in changes] == [["m5", "m8"], ["m30"], ["m1"]]
    assert [change.head for change in changes] == ["--- a/a.css\n+++ b/a.css\n", "", "--- a/b.js\n+++ b/b.js\n"]
    assert "\n-a8\n+x8\n" in changes[0].hunk and "\n-a30\n+x30\n" in changes[1].hunk
    assert all(change.hunk.startswith("@@ -") for change in changes)


def test_an_edit_whose_text_begins_long_before_what_it_changes_is_with_what_it_changes():
    long = "".join(f"a{number}\n" for number in range(4, 31))
    changes = made(edit(2, "a2\n", "x2\n"), edit(4, long, long.replace("a30", "x30")))
    assert [[one.mutator for one in change.edits] for change in changes] == [["m2"], ["m4"]]


def test_heads_and_hunks_joined_are_the_diff():
    assert made() == ()
    odd = (edit(5, "a5\n", "x\ry\u2028z\n"), edit(20, "a20", "@@ -1 +1 @@"), edit(39, "a39\n", "--- a\n"))
    changes = made(*odd)
    assert [change.edits for change in changes] == [(one,) for one in odd]
    text = CLEAN["a.css"]
    for one in odd:
        text = text.replace(one.before, one.after, 1)
    assert "".join(change.head + change.hunk for change in changes) == file_diff("a.css", CLEAN["a.css"], text)
