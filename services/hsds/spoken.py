"""Languages of a feed, by code or by name, as the tags we use."""

import functools
import re

from django.conf import settings
from django.utils.translation import override

from services.languages import NAMES
from services.search import normalise

TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,2}", re.IGNORECASE)
#: Codes of three letters (ISO 639-2 and 639-3) of languages that have one of two.
THREE = dict(
    re.findall(
        r"(\w{3})=(\w{2})",
        "amh=am ara=ar bul=bg bam=bm ben=bn bos=bs ces=cs cze=cs dan=da deu=de ger=de ell=el gre=el"
        " eng=en spa=es est=et fas=fa per=fa ful=ff fin=fi fra=fr fre=fr hau=ha hin=hi hrv=hr"
        " hun=hu hye=hy arm=hy ita=it kat=ka geo=ka kur=ku ltz=lb lin=ln lit=lt lav=lv mkd=mk"
        " mac=mk nep=ne nld=nl dut=nl nor=no orm=om pan=pa pol=pl pus=ps por=pt run=rn ron=ro"
        " rum=ro rus=ru kin=rw slk=sk slo=sk slv=sl som=so sqi=sq alb=sq srp=sr swe=sv swa=sw"
        " tam=ta tha=th tir=ti tgl=tl tur=tr ukr=uk urd=ur vie=vi wol=wo yor=yo zho=zh chi=zh",
    )
)


def tag_of(code, name):
    """The tag of a language by its code, else by its name in a language of the site; or nothing."""
    code = code.replace("_", "-")
    base, _dash, rest = code.lower().partition("-")
    tag = "-".join(filter(None, (THREE.get(base, base), rest)))
    if len(tag) <= 12 and TAG.fullmatch(tag) and (THREE.get(base, base) in NAMES or not name):
        return tag
    return _tags().get(normalise(name), tag if TAG.fullmatch(tag) and len(tag) <= 12 else "")


@functools.cache
def _tags():
    """Normalised name -> tag, in every language of the site."""
    found = {}
    for language, _label in settings.LANGUAGES:
        with override(language):
            for tag, name in NAMES.items():
                found.setdefault(normalise(str(name)), tag)
    return found
