"""Foreign messages: one that came to the western station."""

from tests.architecture.access.foreign.row import Foreign

SLIP = {"client_id": "6b0c1d6e-0000-4000-8000-000000000003", "secret": "s" * 43, "reach": "none"}

FOREIGN = [
    Foreign("voters:step", "pk=MESSAGE verb=answer", {"version": "1", "text": "已修好"}),
    Foreign("voters:step", "pk=MESSAGE verb=dismiss", {"version": "1", "text": "个案"}),
    Foreign("voters:step", "pk=MESSAGE verb=raise", {"version": "1"}),
    Foreign("voters:reissue", "pk=MESSAGE", taken=200),
    Foreign("voters:reception_slip", "pk=STATION_MATTER", SLIP, taken=200),
    Foreign("voters:sheet", "code=330203100001", {"labels": "3 幢"}),
]
NO_OBJECT = {
    "voters:write": "anybody writes",
    "voters:lost": "a number and a telephone, and no answer about them",
    "voters:mine_step": "a private link's",
    "voters:mine_by_mail": "a private link's",
}
