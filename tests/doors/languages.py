"""The doors of languages: how far each one is, and texts out to translators and back."""

from tests.doors import Door, everybody, for_administrators, for_keepers, for_the_network

_FORM = Door(get=everybody(405), post=for_administrators(400))

DOORS = {
    "languages": Door(get=for_keepers()),
    "languages-export": Door(get=for_administrators(), query="?language=fr"),
    "languages-preview": _FORM,
    "languages-apply": _FORM,
    "network-languages": Door(lambda world: [], get=for_the_network()),
}
