"""What joins the rooms or tells of them: each of these modules has a `listen` that the site calls once at its start."""

from geo_portal.joints import (
    anchor_watch,
    duty_sources,
    exchange_links,
    file_watch,
    group_papers,
    matter_chain,
    project_links,
    question_links,
    searched,
    term_words,
    topic_offers,
)
from geo_portal.work import digest

LISTENERS = (
    anchor_watch,
    duty_sources,
    exchange_links,
    file_watch,
    group_papers,
    matter_chain,
    project_links,
    question_links,
    searched,
    term_words,
    topic_offers,
    digest,
)
