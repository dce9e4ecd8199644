"""Write rows only where they differ, each checked first, with a complaint that names the spot."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from services.phones import line_of
from services.translating import origins
from services.visibility import Visibility

#: Model fields that fixture files know by another name.
FILE_NAMES = {
    "official_name": "name",
    "official_language": "language",
    "opening_hours": "hours",
    "slug": "key",
}

_NOT_SAID = ("id", "service_id", "sealed_details")


def write(model, lookup, values, where, words=None):
    """The row that `lookup` finds, or a new one, with these values and words; and whether it changed.

    `words` are translated fields by language; other languages are left alone.
    """
    instance = model.objects.filter(**lookup).first()
    adding = instance is None
    instance = instance or model(**lookup)
    changed = adding or any(getattr(instance, name) != value for name, value in values.items())
    if changed:
        for name, value in values.items():
            setattr(instance, name, value)
        # The database checks its constraints itself; asking it twice doubles the time of a first load.
        _checked(lambda: instance.full_clean(validate_constraints=False), where)
        _checked(lambda: instance.save(force_insert=adding), where)
    said = bool(words) and _write_all_words(instance, adding, words, where)
    return instance, changed or said


def _write_all_words(instance, adding, words, where):
    known = {} if adding else {row.language_code: row for row in instance.translations.all()}
    # All first, then the question: a generator would stop writing at the first change.
    changed = [_write_words(instance, known, *said, where) for said in words.items()]
    return any(changed)


def _write_words(instance, known, language, texts, where):
    row = known.get(language) or instance.translations.model(
        master=instance, language_code=language
    )
    texts = dict(texts)
    made_from = texts.pop("origins", None)
    if row.pk and all(getattr(row, name) == text for name, text in texts.items()):
        return False
    for name, text in texts.items():
        setattr(row, name, text)
    if made_from:
        row.origins = row.origins | made_from
        origins.as_they_are(row)
    _checked(lambda: row.clean_fields(exclude=["master", "language_code"]), where)
    row.save()
    return True


def set_related(relation, wanted):
    """Make a many-to-many relation hold exactly these; whether it did not."""
    changed = set(relation.all()) != set(wanted)
    if changed:
        relation.set(wanted)
    return changed


def replace(service, relation, wanted, where):
    """Make the rows that hang on a service exactly these, in this order; whether they were not."""
    model = relation.model
    known = [_said(row) for row in relation.order_by("pk")]
    rows = [model(service=service, **values) for values in wanted]
    for number, row in enumerate(rows, start=1):
        spot = where.at(number)
        _checked(lambda row=row: row.clean_fields(exclude=["service"]), spot)
    if known == [_said(row) for row in rows]:
        return False
    if known:
        relation.all().delete()
    model.objects.bulk_create(rows)
    return True


def with_kept_phones(service, listed):
    """The values of these phones and of those that people keep from the public, in order.

    None is shown more widely than people have it.
    """
    kept = _kept_from_public(service)
    lines = [line_of(phone["number"]) for phone in listed]
    wanted = [
        phone | {"visibility": kept[line].visibility} if line in kept else phone
        for phone, line in zip(listed, lines, strict=True)
    ]
    wanted += [_values(phone) for line, phone in kept.items() if line not in lines]
    return [phone | {"position": n} for n, phone in enumerate(wanted)]


def _kept_from_public(service):
    """The phones that not everyone may see, by line; of two for one line the one fewer may see."""
    widest_first = sorted(service.phones.all(), key=lambda p: Visibility.values.index(p.visibility))
    return {line_of(p.number): p for p in widest_first if p.visibility != Visibility.PUBLIC}


def _values(phone):
    return {
        name: getattr(phone, name) for name in ("number", "note", "opening_hours", "visibility")
    }


def _said(row):
    """What a row that hangs on a service says."""
    names = (field.attname for field in row._meta.fields)
    return {name: getattr(row, name) for name in names if name not in _NOT_SAID}


def _checked(act, where):
    """Do it, and turn a complaint of the model into one about the file."""
    try:
        act()
    except ValidationError as error:
        complain(error, where)
    except IntegrityError:
        # Its own words may hold the whole row, and with it a place.
        where.refuse("the database refuses it.")


def complain(error, where):
    """Refuse a row with what a model complained of."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    name, messages = next(iter(by_field.items()))
    spot = where.at(FILE_NAMES.get(name, name)) if name.strip("_") not in ("", "all") else where
    spot.refuse(" ".join(messages))
