"""Why somebody was refused: a fixed list, and what a listing says that bears on each."""

from services.models import Criterion, Reason

__all__ = ["BEARS_ON", "Reason"]

Code = Criterion.Code

#: Reason -> the criteria of a listing that whoever keeps it should look at; none where that is
#: said elsewhere in the listing, or nowhere.
BEARS_ON = {
    Reason.AGE: (Code.MINORS,),
    Reason.GENDER: (Code.WOMEN, Code.MEN, Code.TRANS, Code.NON_BINARY, Code.INTERSEX),
    Reason.CHILDREN: (Code.WITH_CHILDREN,),
    Reason.GROUP: (Code.LGBTQI, Code.WOMEN_GIRLS, Code.UNACCOMPANIED_CHILDREN, Code.FAMILIES),
    Reason.STATUS: (Code.DOCUMENTED, Code.ASYLUM_SEEKER, Code.UNDOCUMENTED),
    Reason.LANGUAGE: (),
    Reason.AREA: (),
    Reason.PAPERS: (Code.NO_PAPERS, Code.NO_POLICE_REPORT),
    Reason.ACCESS: (Code.STEP_FREE,),
    Reason.OTHER: (),
}
