from hypothesis import given
from hypothesis import strategies as st

from tasks.feed.message import files_of, message_of

names = st.from_regex(r"\A[a-z]{1,8}\.(html|css|js|txt)\Z")
contents = st.text(alphabet=st.sampled_from("ab `\n<>{}\t"), max_size=60).map(lambda text: text + "\n")


@given(st.lists(st.tuples(names, contents), min_size=1, max_size=4))
def test_a_message_gives_its_files_back(files: list[tuple[str, str]]) -> None:
    assert files_of(message_of(files)) == files


def test_a_message_reads_as_a_model_would_write_it() -> None:
    assert message_of([("index.html", "<p>hi</p>\n"), ("script.js", "let a = `\n```\n`;")]) == (
        "`index.html`\n\n```html\n<p>hi</p>\n```\n\n`script.js`\n\n````javascript\nlet a = `\n```\n`;\n````"
    )
