"""A learner who walks a case: with the reviewed answers, or with some of them changed."""

from django.urls import reverse

from learning.practice import city
from learning.practice.guide import JAR, PracticeGuide
from referrals import answers

CODE = "the-cough"


def address(name, code=CODE, *arguments):
    return reverse(f"practice-{name}", args=[code, *arguments])


def reviewed(code=CODE):
    """{question: what the form sends} for the reviewed answers of a case."""
    case = city.all_cases()[code]
    return {
        question.id: {
            field.fact: _keys(field, case.facts[field.fact])
            for field in question.fields
            if field.fact in case.facts
        }
        for question in city.pathway().questions
    }


def _keys(field, value):
    values = value if field.several else [value]
    return [option.key for option in field.options if option.value in values]


def walk(client, given, code=CODE):
    """Answer what is asked, with "don't know" where nothing is given; every response on the way."""
    responses = [client.get(address("question", code, "danger"))]
    following = address("question", code, "danger")
    while following != address("plan", code):
        question = following.rstrip("/").split("/")[-1]
        sent = client.post(following, given.get(question) or {"skip": "1"})
        assert sent.status_code == 303, f"{question} took no answer"
        following = sent["Location"]
        responses += [sent, client.get(following)]
        assert len(responses) < 60, following
    return responses


def beside_the_plan(client, given, code=CODE):
    """Answer the questions beside the plan, as far as the case says something."""
    for question in city.pathway().questions:
        if question.refine and given.get(question.id):
            client.post(address("question", code, question.id), given[question.id])


def kept(client, code=CODE):
    """The answers as the device holds them."""

    class Request:
        COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}

    return answers.read(Request, PracticeGuide(city.all_cases()[code]).city, JAR)
