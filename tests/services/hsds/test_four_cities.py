"""The shipped cities, exported, deleted and restored, are what they were."""

import pytest

from tests.services.hsds.trips import assert_comes_back, export, odd_services


@pytest.mark.usefixtures("four_cities")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file", "audience"),
    [("all.json", "public"), ("all.ndjson", "professional"), ("all.zip", "professional")],
)
def test_a_directory_comes_back_as_it_was(tmp_path, file, audience):
    odd_services()
    after = assert_comes_back(tmp_path, file, audience)
    again = export(tmp_path / f"again-{file}", audience=audience)
    assert again.read_bytes() == after.read_bytes()
