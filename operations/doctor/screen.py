"""One screen for people, JSON for programs."""

import json

from operations.doctor.finding import Level

MARKS = {Level.FAULT: "FAULT", Level.RISK: "risk "}


def as_text(report):
    """Worst first: two lines each; then one line of what is fine, and one of what could not be seen."""
    lines = [_headline(report)]
    for found in report.findings:
        lines += [f"{MARKS[found.level]} {found.code}  {_one_line(found.what)}"]
        lines += [f"            → {_one_line(found.mend)}"]
    lines.append(f"fine        {' '.join(report.fine) or 'nothing'}")
    if report.not_looked_at:
        lines.append(f"not seen    {_reasons(report.not_looked_at)}")
    return "\n".join(lines)


def _headline(report):
    faults, risks = report.count(Level.FAULT), report.count(Level.RISK)
    return f"{_number(faults, 'fault')}, {_number(risks, 'risk')}, {len(report.fine)} fine"


def _number(count, word):
    return f"{count or 'no'} {word}{'' if count == 1 else 's'}"


def _reasons(not_looked_at):
    """`D24 D25 (the database is PostgreSQL); …`: each reason once."""
    by_reason = {}
    for code, why in not_looked_at.items():
        by_reason.setdefault(why, []).append(code)
    return "; ".join(f"{' '.join(codes)} ({why})" for why, codes in by_reason.items())


def _one_line(text):
    return " ".join(text.split())


def as_json(report):
    return json.dumps(
        {
            "faults": report.count(Level.FAULT),
            "risks": report.count(Level.RISK),
            "findings": [
                {
                    "code": found.code,
                    "level": found.level.name.lower(),
                    "what": found.what,
                    "mend": found.mend,
                }
                for found in report.findings
            ],
            "fine": report.fine,
            "not_seen": report.not_looked_at,
        },
        ensure_ascii=False,
        indent=1,
    )
