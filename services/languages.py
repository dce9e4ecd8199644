"""The languages that people ask for, by BCP 47 tag, with their names."""

from django.utils.translation import gettext_lazy as _

NAMES = {
    "am": _("Amharic"),
    "ar": _("Arabic"),
    "bg": _("Bulgarian"),
    "bm": _("Bambara"),
    "bn": _("Bengali"),
    "bs": _("Bosnian"),
    "cs": _("Czech"),
    "da": _("Danish"),
    "de": _("German"),
    "dyu": _("Dyula"),
    "el": _("Greek"),
    "en": _("English"),
    "es": _("Spanish"),
    "et": _("Estonian"),
    "fa": _("Farsi"),
    "ff": _("Fula"),
    "fi": _("Finnish"),
    "fr": _("French"),
    "ha": _("Hausa"),
    "hi": _("Hindi"),
    "hr": _("Croatian"),
    "hu": _("Hungarian"),
    "hy": _("Armenian"),
    "it": _("Italian"),
    "ka": _("Georgian"),
    "ku": _("Kurdish"),
    "kmr": _("Kurmanji"),
    "ckb": _("Sorani"),
    "lb": _("Luxembourgish"),
    "ln": _("Lingala"),
    "lt": _("Lithuanian"),
    "lv": _("Latvian"),
    "mk": _("Macedonian"),
    "ne": _("Nepali"),
    "nl": _("Dutch"),
    "no": _("Norwegian"),
    "om": _("Oromo"),
    "pa": _("Punjabi"),
    "pl": _("Polish"),
    "prs": _("Dari"),
    "ps": _("Pashto"),
    "pt": _("Portuguese"),
    "rn": _("Kirundi"),
    "ro": _("Romanian"),
    "rom": _("Romani"),
    "ru": _("Russian"),
    "rw": _("Kinyarwanda"),
    "sk": _("Slovak"),
    "sl": _("Slovenian"),
    "so": _("Somali"),
    "sq": _("Albanian"),
    "sr": _("Serbian"),
    "sv": _("Swedish"),
    "sw": _("Swahili"),
    "ta": _("Tamil"),
    "th": _("Thai"),
    "ti": _("Tigrinya"),
    "tl": _("Tagalog"),
    "tr": _("Turkish"),
    "uk": _("Ukrainian"),
    "ur": _("Urdu"),
    "vi": _("Vietnamese"),
    "wo": _("Wolof"),
    "yo": _("Yoruba"),
    "zh": _("Chinese"),
}


def language_name(tag):
    """The name of a language; the tag itself where no name is known."""
    name = NAMES.get(tag) or NAMES.get(tag.split("-")[0])
    return str(name) if name else tag


def speaks(tags, wanted):
    """Whether one of these tags is the language wanted, in any of its regional forms."""
    return any(tag == wanted or tag.startswith(f"{wanted}-") for tag in tags)
