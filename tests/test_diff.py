"""Diffs that the tools of others take."""

import subprocess

import pytest

from tasks.diff import file_diff, files_diff

BEFORE = "one\u2028still one\ntwo\fstill two\nthree\rstill three\n\x85four\x1c\n\nfive, no newline at the end"
AFTERS = (
    BEFORE.replace("two", "2").replace("three", "3"),
    BEFORE.replace("still one", "1") + "\n",
    BEFORE.replace("five", "5"),
    "\u2028\r\f" + BEFORE,
)
TOOLS = (("git", "apply", "-"), ("patch", "--quiet", "-p1"))


def patched(folder, tool, before, after):
    page = folder / "page.html"
    page.write_bytes(before.encode())
    diff = file_diff("page.html", before, after).encode()
    done = subprocess.run(tool, cwd=folder, input=diff, capture_output=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    return page.read_bytes().decode()


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool[0])
@pytest.mark.parametrize("after", AFTERS)
def test_a_diff_of_lines_with_every_kind_of_break_in_them_is_taken(tmp_path, tool, after):
    assert patched(tmp_path, tool, BEFORE, after) == after
    assert patched(tmp_path, tool, after, BEFORE) == BEFORE


def test_only_files_that_differ_are_in_it():
    assert files_diff({"a.css": "x\n", "b.js": "y\n"}, [("a.css", "x\n"), ("b.js", "z\n")]) == (
        "--- a/b.js\n+++ b/b.js\n@@ -1 +1 @@\n-y\n+z\n"
    )
