import random

from hypothesis import given, settings
from hypothesis import strategies as st

from evals.leaks.columns import columns
from evals.leaks.distance import align, central, company, compression_distances, edit_distances, seriation
from evals.leaks.text import read
from tasks.record import Program

SCRIPT = """const total = 3;
function add(count, { step, deep: [first] }) {
  let next = total + count * step; // more
  for (const item of [first]) next += item.size;
  try { run(next); } catch (problem) { log(problem, 'it\\'s late'); }
  return (other) => ({ total, next: other });
}
"""


def page(script="", style="", markup="<p>hello</p>"):
    return Program.of([("index.html", markup), ("style.css", style), ("script.js", script)])


def words(**files):
    return read(page(**files)).words


def test_layout_comments_and_quotes_do_not_count():
    plain = words(script=SCRIPT, style="p { color: red; margin: 0 4px }")
    other = SCRIPT.replace("  ", "\t").replace("// more", "/* less */").replace("'it\\'s late'", '"it\\\'s late"')
    assert words(script=other, style="/* x */p{color:red;margin:0 4px}") == plain
    assert read(page(script=SCRIPT)).comments == ["// more"]


NAMES = st.text("abcdefghij", min_size=3, max_size=8).filter(lambda name: name not in ("decide",))


@settings(deadline=None)
@given(st.lists(NAMES, min_size=8, max_size=8, unique=True))
def test_names_that_the_script_binds_do_not_count(names):
    bound = ("total", "add", "count", "step", "first", "next", "item", "problem")
    source = (
        "const {0} = 3; function {1}({2}, [{3}, {4}]) {{ let {5} = {0} + {2}; "
        "for (const {6} of {3}) {5} += {6}.size; try {{ run({5}) }} catch ({7}) {{ log({7}, {4}) }} return {1} }}"
    )
    renamed = [f"{name}_" for name in names]
    assert words(script=source.format(*renamed)) == words(script=source.format(*bound))


def test_names_from_outside_and_properties_do_count():
    assert words(script="run(a.size)") != words(script="run(a.width)")
    assert words(script="run(1)") != words(script="halt(1)")


def test_inline_scripts_and_styles_are_read_as_such():
    found = read(
        page(markup="<style>p { color: red /* no */ }</style><script>const deep = 1; // no\nrun(deep)</script>")
    )
    assert "v0" in found.words and "deep" not in found.words
    assert len(found.comments) == 2


@settings(deadline=None)
@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_read_and_every_word_is_where_it_says(markup, style, script):
    program = page(script, style, markup)
    found = read(program)
    assert len(found.words) == len(found.files) == len(found.starts) == len(found.kinds)
    for word, file, start, kind in zip(found.words, found.files, found.starts, found.kinds, strict=True):
        data = found.contents[file].encode("utf-8", "replace")
        assert start < len(data)
        if kind == "word":
            assert data[start:].decode("utf-8", "replace").startswith(word)


def naive(a, b):
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (x != y)))
        last = row
    return last[-1]


SEQUENCE = st.lists(st.integers(0, 3), max_size=14)


@settings(deadline=None)
@given(SEQUENCE, SEQUENCE)
def test_the_edit_distance_is_levenshteins_and_the_runs_are_what_it_leaves(a, b):
    found = align(a, b)
    assert found.distance == naive(a, b)
    x = y = cost = 0
    for start, there, length in found.runs:
        assert a[start : start + length] == b[there : there + length]
        cost += max(start - x, there - y)
        x, y = start + length, there + length
    assert cost + max(len(a) - x, len(b) - y) == found.distance


def test_texts_that_share_nothing_are_bounded():
    rng = random.Random(1)
    a, b = ([7] + [rng.randrange(base, base + 5000) for _ in range(3000)] + [7] for base in (10, 9000))
    found = align(a, b)
    assert found.distance >= 400
    assert found.runs == [(0, 0, 1), (3001, 3001, 1)]


def test_what_distances_suggest():
    line = edit_distances([[0] * 9, [1] + [0] * 8, [1, 1] + [0] * 7, [1, 1, 1] + [0] * 6])
    assert central(line).argmin() in (0, 3)
    assert seriation(line).tolist() in ([0, -1, -2, -3], [-3, -2, -1, 0])
    star = edit_distances([[0] * 9, [1] + [0] * 8, [0, 2] + [0] * 7, [0, 0, 3] + [0] * 6])
    assert central(star).argmax() == 0
    equal = edit_distances([[0], [1], [2], [3]])
    assert len(set(central(equal))) == len(set(company(equal))) == len(set(seriation(equal))) == 1
    texts = ["the same words again and again " * 9] * 3 + ["another text, of which nothing is shared at all: xyz" * 5]
    assert central(compression_distances(texts)).argmin() == 3


def test_columns_are_where_four_texts_differ_and_nothing_else():
    readings = [
        read(page(f"go(1); wait({n}, 'a'); const x = 2; stop({m})")) for n, m in ((1, 5), (2, 6), (3, 7), (4, 8))
    ]
    found = columns(readings, [()] * 4, ["index.html", "style.css", "script.js"])
    assert [column.words for column in found] == [(("1",), ("2",), ("3",), ("4",)), (("5",), ("6",), ("7",), ("8",))]
    assert found[0].before[-2:] == ("wait", "(")
    assert columns([readings[0]] * 4, [()] * 4, ["index.html", "style.css", "script.js"]) == []
