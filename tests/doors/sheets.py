"""The doors of spreadsheets: an import is opened by whoever uploaded it, here the editor."""

import datetime

from django.utils import timezone

from services.models import Membership, SheetImport
from tests.doors import Door, answers, everybody, for_editors


def _an_import(world, state="waiting"):
    """The arguments of an import of the city's editor."""
    editor = Membership.objects.get(city=world.city, role="editor").user
    one = SheetImport.objects.create(
        city=world.city,
        user=editor,
        state=state,
        file_name="sheet.csv",
        content={
            "headers": ["who"],
            "numbers": [2],
            "origins": {"id": 0},
            "rows": [],
            "language": "en",
            "foreign": False,
            "notes": [],
        },
        result={"lines": []},
        expires_at=timezone.now() + datetime.timedelta(hours=1),
    )
    return [world.city.slug, one.pk]


def _for_the_editor(status):
    return answers(worker=403, editor=status, administrator=404, network=403)


DOORS = {
    "sheets": Door(get=for_editors(), post=for_editors(400)),
    "sheets-export": Door(get=for_editors()),
    "sheets-template": Door(get=for_editors(), query="?format=csv"),
    "sheet-import": Door(_an_import, get=_for_the_editor(200)),
    "sheet-columns": Door(
        lambda world: _an_import(world, "columns"),
        get=_for_the_editor(200),
        post=_for_the_editor(400),
    ),
    "sheet-apply": Door(_an_import, get=everybody(405), post=_for_the_editor(302)),
    "sheet-check": Door(_an_import, get=everybody(405), post=_for_the_editor(302)),
    "sheet-discard": Door(_an_import, get=everybody(405), post=_for_the_editor(302)),
    "sheet-rejected": Door(_an_import, get=_for_the_editor(200)),
}
