"""Finding our needs, groups and criteria in the taxonomies of a foreign feed."""

from services.hsds import vocabulary
from services.hsds.vocabulary import CONFIDENTIALITY, CRITERIA, GROUPS, NEEDS, WAYS_IN
from services.models import Need, Service, TargetGroup
from services.search import normalise


class Terms:
    """Our words in every language; three queries when made, none afterwards."""

    def __init__(self):
        self._ours = vocabulary.vocabulary("en")
        self._words = {NEEDS: _words(Need), GROUPS: _words(TargetGroup)}

    def find(self, attribute):
        """[(taxonomy, code)] that an attribute of a service stands for.

        A word that two needs share stands for neither. Empty where nothing is known.
        """
        term = attribute.get("taxonomy_term")
        term = term if isinstance(term, dict) else {}
        ours = self._ours.terms.get(str(term.get("id") or attribute.get("taxonomy_term_id")))
        if ours:
            return [(ours.taxonomy.code, ours.code)]
        said = [term.get("code"), term.get("name"), term.get("term"), attribute.get("label")]
        found = (self._of_word(word) for word in said if isinstance(word, str) and word)
        return next(filter(None, found), [])

    def _of_word(self, word):
        word = normalise(word)
        return [
            (taxonomy, code)
            for taxonomy, levels in self._words.items()
            if (code := _only(levels, word))
        ]


def _only(levels, word):
    """The one code that bears a word, by code first, then by name, then by synonym."""
    for level in levels:
        codes = level.get(word, ())
        if codes:
            return next(iter(codes)) if len(codes) == 1 else None
    return None


def _words(model):
    codes, names, synonyms = {}, {}, {}
    rows = model._parler_meta.root_model.objects.values_list("master_id", "name", "synonyms")
    for code, name, others in rows:
        codes.setdefault(normalise(code), set()).add(code)
        names.setdefault(normalise(name), set()).add(code)
        for other in others:
            synonyms.setdefault(normalise(str(other)), set()).add(code)
    return codes, names, synonyms


def filed(attributes, terms):
    """What the attributes of a service say in our words, and the words nothing is known of."""
    found = {"needs": [], "groups": [], "criteria": [], "how_to_get_in": "", "secret": False}
    unknown = []
    for attribute in attributes:
        ours = terms.find(attribute)
        for taxonomy, code in ours:
            _enter(found, taxonomy, code, attribute.get("value"))
        if attribute.get("link_type") == CONFIDENTIALITY:
            found["secret"] = True
        elif not ours:
            unknown.append(_label(attribute))
    return found, [word for word in dict.fromkeys(unknown) if word]


def _enter(found, taxonomy, code, value):
    if taxonomy == CRITERIA and value in Service.Stance.values:
        found["criteria"].append({"code": code, "stance": value})
    elif taxonomy == WAYS_IN:
        found["how_to_get_in"] = code
    elif taxonomy == CONFIDENTIALITY:
        found["secret"] = True
    elif taxonomy == GROUPS and code not in found["groups"]:
        found["groups"].append(code)
    elif taxonomy == NEEDS and code not in (*found["needs"], *Need.Stage.values):
        found["needs"].append(code)


def _label(attribute):
    term = attribute.get("taxonomy_term")
    term = term if isinstance(term, dict) else {}
    said = term.get("name") or attribute.get("label") or attribute.get("value") or ""
    return str(said)[:80]
