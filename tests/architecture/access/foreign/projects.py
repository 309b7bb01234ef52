"""Foreign projects, proposals, feedback: all in the west town, led by the water department."""

from django.utils import timezone

from tests.architecture.access.foreign.row import HIDDEN, REFUSED, Foreign

VOTE = {"title": "票决", "year": "2027", "area": "DISTRICT", "places": "1", "opens_at": "2099-01-05T09:00"}
VOTE |= {"closes_at": "2099-01-06T09:00", "quorum": "half", "majority": "of-all", "tie": "runoff"}
CANDIDATE = {"name": "新项目", "year": "2027", "category": "water", "lead": "WATER", "budget_wan": "1", "lng": "121.33"}
CANDIDATE |= {"lat": "29.85", "reason": "调研", "starts_on": "2027-01-01", "ends_on": "2027-09-01"}
EDIT = {"version": "1", "starts_on": "2026-01-01", "ends_on": "2026-11-01", "name": "新名", "year": "2026"}
EDIT |= {"category": "water", "lead": "WATER", "area": "WEST", "budget_wan": "1"}
GOALS = {"version": "1", "rows-TOTAL_FORMS": "1", "rows-INITIAL_FORMS": "0", "rows-0-year": "2026"}
GOALS |= {"rows-0-title": "管网", "rows-0-quantity": "2", "rows-0-unit": "公里"}
PLAN = {"version": "1", "rows-TOTAL_FORMS": "1", "rows-INITIAL_FORMS": "0", "rows-0-title": "开工"}
PLAN |= {"rows-0-weight": "100", "rows-0-due_on": "2026-05-01"}
COUNT = {"voter": "public", "satisfied": "3", "fairly_satisfied": "0", "dissatisfied": "0", "abstained": "0"}
COUNT |= {"counted_on": "2026-01-01", "source": "会议", "sheet": "A-1", "voter": "public"}
COUNCIL = {"area": "STREET", "council": "议事会", "met_on": "2026-01-01", "members": "9", "present": "9"}
COUNCIL |= {"in_favour": "9", "opposed": "0", "abstained": "0"}

TODAY = timezone.localdate().isoformat()
REPORT = {"text": "已开工", "version": "1", "reported_on": TODAY}

FOREIGN = [
    Foreign(
        "projects:complete_milestone",
        "code=PLANNED",
        {"milestone": "MILESTONE", "done_on": TODAY, "version": "1"},
        HIDDEN,
        "officer",
    ),
    Foreign("projects:report_progress", "code=OPEN", REPORT, HIDDEN, "officer"),
    Foreign("project-reports", "pk=PROJECT", {"text": "已开工"}, REFUSED, "officer", 201, json=True),
    Foreign("project-feedback-replies", "pk=FEEDBACK", {"text": "已修好"}, REFUSED, "officer", 201, json=True),
    Foreign("projects:edit", "code=OPEN", EDIT, HIDDEN, "staff"),
    Foreign("projects:goals", "code=OPEN", GOALS, HIDDEN, "officer"),
    Foreign("projects:plan", "code=OPEN", PLAN, HIDDEN, "officer"),
    Foreign("projects:places", "code=PLANNED", {"version": "1", "done_PLACE": TODAY}, HIDDEN, "officer"),
    Foreign(
        "projects:place_add",
        "code=OPEN",
        {"version": "1", "name": "一处", "lng": "121.33", "lat": "29.85"},
        HIDDEN,
        "officer",
    ),
    Foreign("projects:place_remove", "code=PLANNED pk=PLACE", {"version": "1"}, HIDDEN, "staff"),
    Foreign("projects:stage", "code=CANDIDATE", {"version": "1", "after": "reserve", "reason": "会议"}),
    Foreign("projects:recommendation", "code=CANDIDATE", COUNCIL),
    Foreign("projects:recommendation", "code=OPEN", COUNCIL, HIDDEN, taken=400),
    Foreign("projects:paper_count", "code=RATED", COUNT),
    Foreign("projects:decide_paper_count", "code=RATED pk=PAPER", {"step": "right"}),
    Foreign("projects:review_proposal", "number=2026-0001 verb=publish", {"version": "1", "text": ""}),
    Foreign(
        "projects:review_proposal",
        "number=2026-0002 verb=decline",
        {"version": "1", "text": "不可行"},
        "403 403 404 404 404",
    ),
    Foreign(
        "projects:review_proposal",
        "number=2026-0002 verb=adopt",
        {"version": "1", "project": "CANDIDATE_PK"},
        "400 400 404 404 404",
    ),
    Foreign("projects:moderate_feedback", "pk=FEEDBACK", {"version": "1", "step": "hide", "reason": "不实"}),
    Foreign("projects:cover", "kind=report pk=REPORTED", {"do": "withdraw"}, HIDDEN, "officer"),
    Foreign("projects:reply_to_feedback", "pk=FEEDBACK", {"text": "收到"}, HIDDEN, "officer"),
    Foreign("projects:new_candidate", "", CANDIDATE),
    Foreign("projects:call_vote", "", VOTE | {"projects": ["CANDIDATE_PK", "CANDIDATE_2"]}),
    Foreign("projects:vote_draft_step", "pk=VOTE_DRAFT verb=send", {"version": "1"}),
    Foreign(
        "projects:vote_draft_change",
        "pk=VOTE_DRAFT",
        VOTE | {"projects": ["CANDIDATE_PK", "CANDIDATE_2"], "version": "1"},
    ),
    Foreign("projects:cancel_vote", "pk=COMING_VOTE", {"reason": "台风"}),
    Foreign("projects:close_vote", "pk=SPENT_VOTE", {}),
    Foreign("projects:vote_documents", "pk=TIED_VOTE", {}),
    Foreign("projects:call_runoff", "pk=TIED_VOTE", {"opens_at": "2099-01-05T09:00", "closes_at": "2099-01-06T09:00"}),
    Foreign("projects:ballot_code", "pk=RUNNING_VOTE", {}, "404 404 404 404 403", "elector"),
    Foreign("projects:confirm_elector", "pk=RUNNING_VOTE elector=FROZEN", {"reason": "当面"}),
    Foreign("projects:confirm_electors", "pk=RUNNING_VOTE", {"electors": "FROZEN", "reason": "当面"}),
    Foreign("projects:issue_paper", "pk=RUNNING_VOTE elector=FROZEN", {}),
    Foreign("projects:vote_tick", "pk=RUNNING_VOTE", {"electors": "FROZEN"}),
    Foreign("projects:vote_hall", "pk=SPENT_VOTE", {"papers": "0"}, taken=400),
    Foreign("projects:vote_papers", "pk=SPENT_VOTE", {"papers": ""}, taken=400),
    # The elector has read no code yet: her ballot goes as far as that, and a stranger's does not.
    Foreign("projects:cast_ballot", "pk=RUNNING_VOTE", {"choices": "1"}, "404 404 404 404 403", "elector", 400),
]
NO_OBJECT = {
    "projects:check_vote": "anybody checks a file, of which nothing is kept",
    "projects:place_upload": "the same view as place_add, by a file",
    "projects:propose": "anybody proposes",
    "projects:rate": "anybody rates once",
    "projects:follow": "anybody follows",
    "projects:follower": "a private link's",
    "projects:confirm_rating": "a private link's",
    "projects:feedback": "anybody writes",
}
