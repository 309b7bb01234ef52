"""Around a ballot: what is read before, that one has voted, certificate and notice; and what tampering shows."""

from hashlib import sha256
from pathlib import Path

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import Role, User
from geokit.refusal import BadInput, NotPermitted
from ledger.chain import settle, verify
from projects.models import VoteDocument
from projects.voting.documents import make_documents, make_missing
from projects.voting.services import cast_ballot, close_vote
from tests import roles

CHOICES = [(1, 2), (1, 2), (1, 2), (1,), ()]


@pytest.fixture
def counted(session, deputies):
    for deputy, choices in zip(deputies, CHOICES, strict=True):
        cast_ballot(session.pk, deputy, list(choices))
    close_vote(session.pk)
    session.refresh_from_db()
    return session


@pytest.fixture
def made(counted):
    assert make_missing() == 2
    return {document.kind: document for document in counted.documents.all()}


def kept(document):
    """The bytes of its file, read anew each time."""
    with document.file.storage.open(document.file.name) as file:
        return file.read()


def words(document):
    pdf = pypdfium2.PdfDocument(kept(document))
    return "".join(page.get_textpage().get_text_bounded() for page in pdf).replace("\r\n", "")


def faults():
    settle()
    return {(fault.table, getattr(fault, "what", "")) for fault in verify().faults}


def tamper(sql, *given):
    """Write past every guard, as whoever owns the database can."""
    with roles.owner_rights(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for switch in ("DISABLE", "ENABLE ALWAYS"):  # the write stands between the two
            if switch != "DISABLE":
                cursor.execute(sql, given)
            for table in ("projects_votecount", "projects_votedocument"):
                names = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid = %s::regclass"
                cursor.execute(names, [table])
                for (name,) in cursor.fetchall():
                    cursor.execute(f'ALTER TABLE {table} {switch} TRIGGER "{name}"')


def test_both_documents_state_the_result_and_their_digests_are_kept(made, counted):
    assert set(made) == {"certificate", "notice"}
    for document in made.values():
        assert sha256(kept(document)).hexdigest() == document.sha256
        text = words(document)
        assert "候选项目1" in text
        assert "应到代表5人" in text.replace(" ", "")
    assert counted.count.digest in words(made["certificate"]).replace("\n", "")
    assert made["certificate"].facts["elected"] == counted.count.elected
    assert faults() == set()
    assert make_missing() == 0
    assert make_documents(counted.pk) == []


def test_there_is_no_document_before_the_count_and_none_by_a_stranger(session, world):
    with pytest.raises(BadInput):
        make_documents(session.pk)
    stranger = User.objects.create_user("town-staff", password="x", role=Role.STAFF, area=world.west_town)
    with pytest.raises(NotPermitted):
        make_documents(session.pk, stranger)


def test_a_document_is_not_edited_by_the_site(made):
    with pytest.raises(DatabaseError), transaction.atomic():
        VoteDocument.objects.update(sha256="0" * 64)


def test_a_count_that_was_changed_contradicts_its_certificate(made, counted):
    tamper("UPDATE projects_votecount SET elected = '[3]' WHERE session_id = %s", counted.pk)
    assert "projects_votedocument" in {table for table, _what in faults()}


def test_a_certificate_whose_statement_was_changed_is_found(made):
    tamper("""UPDATE projects_votedocument SET facts = jsonb_set(facts, '{cast}', '4') WHERE kind = 'certificate'""")
    assert "projects_votedocument" in {table for table, _what in faults()}


def test_a_file_that_was_changed_is_found_and_not_sent(made, counted):
    document = made["certificate"]
    path = Path(document.file.path)
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"%PDF-1.7", b"%PDF-1.6"))
    assert "projects_votedocument" in {table for table, _what in faults()}
    assert Client().get(f"/projects/votes/{counted.pk}/certificate.pdf").status_code == 410


def test_anybody_checks_a_file_and_a_changed_one_is_no_document(made, counted):
    address = f"/projects/votes/{counted.pk}/"
    content = b"".join(Client().get(f"{address}certificate.pdf").streaming_content)
    for sent, said in ((content, "相符："), (content + b" ", "不符："), (b"x", "不符：")):
        answer = Client().post(f"{address}check/", {"file": SimpleUploadedFile("certificate.pdf", sent)})
        assert said in answer.content.decode()
    assert Client().post(f"{address}check/", {}).status_code == 400
    tamper("UPDATE projects_votecount SET elected = '[3]' WHERE session_id = %s", counted.pk)
    answer = Client().post(f"{address}check/", {"file": SimpleUploadedFile("certificate.pdf", content)})
    assert "不一致" in answer.content.decode()
    assert made["certificate"].sha256 in Client().get(address).content.decode()


def test_before_a_ballot_an_elector_reads_what_is_secret_and_how_she_votes(session, deputies, as_user):
    address = f"/projects/votes/{session.pk}/before/"
    public = Client().get(address).content.decode()
    assert "什么是保密的" in public
    assert "您怎样投" not in public
    assert "您怎样投" in as_user(deputies[0]).get(address).content.decode()


def test_that_she_has_voted_is_shown_to_herself_and_never_how(session, deputies, as_user, staff):
    receipt = cast_ballot(session.pk, deputies[0], [2])
    address = f"/projects/votes/{session.pk}/voted/"
    page = as_user(deputies[0]).get(address).content.decode()
    assert "只证明您参加了投票" in page
    assert receipt not in page
    assert "候选项目2" not in page
    assert as_user(deputies[1]).get(address).status_code == 404
    assert as_user(staff).get(address).status_code in (403, 404)


def test_how_many_have_voted_is_live_and_names_are_the_staffs(session, deputies, as_user, staff):
    address = f"/projects/votes/{session.pk}/turnout/"
    cast_ballot(session.pk, deputies[0], [2])
    for person in (None, deputies[1], staff):
        page = as_user(person).get(address).content.decode()
        assert "1 / 5 名代表已投票" in page
        assert 'hx-trigger="every 20s"' in page
        assert ("还没有投票的 4 人" in page) == (person == staff)
