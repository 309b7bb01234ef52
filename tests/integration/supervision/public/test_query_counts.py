"""Lists of what citizens reported ask the database as often for many rows as for few."""

from supervision.matters import services
from tests.integration.supervision.conftest import jpeg
from tests.integration.supervision.test_query_counts import FEW, MANY, asked


def test_what_deputies_may_take_up_is_asked_as_often(as_user, deputy, staff, file_report):
    client = as_user(deputy)

    def more(count):
        for _number in range(count):
            matter = file_report(photos=[jpeg()])[0].suggestion
            services.accept(staff, matter.pk, version=matter.version)

    more(FEW)
    few = asked(client, "/matters/unadopted/")
    more(MANY)
    assert asked(client, "/matters/unadopted/") == few


def test_moderation_with_the_duplicates_of_each_row_is_asked_as_often(as_user, staff, file_report):
    client = as_user(staff)
    for _number in range(FEW):
        file_report(photos=[jpeg()])
    few = asked(client, "/matters/received/")
    for _number in range(MANY):
        file_report(photos=[jpeg()])
    assert asked(client, "/matters/received/") == few
