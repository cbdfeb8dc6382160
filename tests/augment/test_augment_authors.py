"""Who the authors of edits are decides what comes out, so it is part of a run's name."""

from tasks.settings import Settings


def test_who_the_authors_are_is_part_of_the_configuration() -> None:
    assert Settings().authors == "rules"
    hashes = {Settings(authors=authors).config_hash() for authors in ("rules", "model", "both")}
    assert len(hashes) == 3
