"""Motions and suggestions with their answers, written through the room's own services as if on the days themselves."""

import io
from datetime import date, datetime, timedelta

import pypdfium2
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Area, Congress, Department, Membership, User
from demo.plan import sources
from demo.plan.calendar import moment
from demo.plan.congress.papers import COURTS, PAPERS, PlannedPaper
from demo.store import past
from demo.store.areas import author_name, officer_name
from papers.handling import services as handling
from papers.handling.models import Handling
from papers.models import CongressSession, Paper
from papers.register import places
from papers.register import services as register

STEP = timedelta(days=3)
ORDER = ("draft", "submitted", "accepted", "assigned", "answered", "settled")


def store_papers(
    areas: dict[str, Area], departments: dict[str, Department], users: dict[str, User], today: date
) -> int:
    """Write a session, the organs beside the government, and the papers; return how many papers."""
    district = areas[sources.DISTRICT]
    organs = Department.objects.bulk_create(
        Department(code=code, name=name, short_name=short, area=district) for code, name, short in COURTS
    )
    known = departments | {one.code: one for one in organs}
    congress = Congress.objects.get(area=district)
    _store_session(congress, today, users["staff"])
    for planned in PAPERS:
        _Life(planned, areas, known, users, congress, moment(today - planned.age)).run()
    return len(PAPERS)


def _store_session(congress: Congress, today: date, staff: User) -> None:
    """The session of this year's February, and its deadlines."""
    opens = date(today.year if today > date(today.year, 3, 1) else today.year - 1, 2, 24)
    register.save_session(
        staff, CongressSession(), congress=congress, number=5, opens_on=opens, closes_on=opens + timedelta(days=3),
        motions_due_at=moment(opens + timedelta(days=1)), suggestions_due_at=moment(opens + timedelta(days=2)),
    )  # fmt: skip


class _Life:
    """One paper from its draft as far as it comes, three days a step."""

    def __init__(
        self, planned: PlannedPaper, areas: dict[str, Area], organs: dict[str, Department], users: dict[str, User],
        congress: Congress, begun: datetime,
    ) -> None:  # fmt: skip
        self.planned, self.areas, self.organs, self.users = planned, areas, organs, users
        self.congress, self.at = congress, begun
        self.lead, self.staff = users[author_name(planned.lead)], users["staff"]

    def run(self) -> None:
        last = ORDER.index(self.planned.stop)
        paper = self._draft()
        for step in (self._submit, self._accept, self._assign, self._answer, self._rate)[:last]:
            self.at += STEP
            with past.at(self.at):
                paper.refresh_from_db()
                step(paper)

    def _seat(self, number: int) -> Membership:
        return Membership.objects.get(congress=self.congress, person__user=self.users[author_name(number)])

    def _draft(self) -> Paper:
        planned = self.planned
        words = {name: getattr(planned, name) for name in ("title", "facts", "analysis", "request", "category", "kind")}
        with past.at(self.at):
            paper = register.begin(self.lead, self._seat(planned.lead), may_publish=planned.public, **words)
            towns = [one for one in self.areas.values() if one.name in planned.towns and one.level == Area.Level.TOWN]
            paper = places.add_areas(self.lead, paper, towns, whole=not towns)
            if planned.shared:
                paper = register.share(self.lead, paper, paper.version, self._seat(planned.lead).group)
            if planned.signers:
                paper = register.invite(self.lead, paper, paper.version, [self._seat(one) for one in planned.signers])
            for one in planned.signers if planned.stop != "draft" else planned.signers[1:]:
                register.confirm(self.users[author_name(one)], paper)
        return paper

    def _submit(self, paper: Paper) -> None:
        register.submit(self.lead, paper, paper.version, at=self.at)

    def _accept(self, paper: Paper) -> None:
        register.accept(self.staff, paper, paper.version, text="符合要求，予以立案。")

    def _assign(self, paper: Paper) -> None:
        planned = self.planned
        handling.assign(
            self.staff, paper, paper.version, apart=planned.apart,
            departments=[self.organs[code] for code in planned.organs],
            co=[self.organs[code] for code in planned.co],
        )  # fmt: skip
        if planned.leader:
            paper.refresh_from_db()
            register.mark_key(self.staff, paper, paper.version, planned.leader)

    def _answer(self, paper: Paper) -> None:
        for one in paper.handlings.exclude(role=Handling.Role.CO):
            officer = self.users[officer_name(one.department.code)]
            given = {
                "with_whom": str(self.lead),
                "how": "meeting",
                "on": self.at.date(),
                "text": "到现场看过，方案已说明。",
            }
            one = handling.contact(officer, one, one.version, **given)
            words = {"text": self.planned.answer, "result": self.planned.result, "contact": str(officer)}
            one = handling.draft(officer, one, one.version, **words, copies="区人大常委会代表工作委员会，区政府办公室")
            number = f"海{one.department.short_name[1:3]}函〔{self.at.year}〕{paper.pk}号"
            one = handling.sign(officer, one, one.version, number=number, signer="主要负责人", signed_on=self.at.date())
            scan = SimpleUploadedFile("scan.pdf", _scan())
            handling.deliver(officer, one, one.version, file=scan, code=one.answers.get().check_code)

    def _rate(self, paper: Paper) -> None:
        for one in paper.handlings.exclude(role=Handling.Role.CO):
            handling.rate(
                self.lead, one, one.version, given_outcome="satisfied", handling="satisfied", text="办得实，谢谢。"
            )
        if self.planned.public:
            paper.refresh_from_db()
            register.publish(self.staff, paper, paper.version)


def _scan() -> bytes:
    """A page without text, as a scanner makes it: nobody sealed anything in the demo."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
