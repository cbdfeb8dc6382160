import pytest

from tasks.diagnose.slip import is_slip


@pytest.mark.parametrize("name", ["marign", "flxe", "border-ardius", "colr", "font-sizee", "Colro", "font_size"])
def test_one_slip_from_a_property_is_an_error(name):
    assert is_slip(f"Unknown property: '{name}'")


@pytest.mark.parametrize(
    "name",
    [
        "text-box-trim",
        "interpolate-size",
        "corner-shape",
        "reading-flow",
        "-webkit-colour",
        "abc",
        "my-own-thing",
        "zzz",
    ],
)
def test_a_new_or_foreign_property_is_none(name):
    assert not is_slip(f"Unknown property: '{name}'")
