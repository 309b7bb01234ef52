"""A notice as a message to a group."""

from django.utils import timezone

from accounts.notices import links
from accounts.notices.channels.robots import messages
from accounts.notices.models import Delivery
from geokit.refusal import Refusal


def send(delivery: Delivery) -> None:
    """Post one message. Raises Refusal for a robot that is off or may not be called, NotDelivered for another no."""
    robot, notice = delivery.robot, delivery.notice
    if robot is None or not robot.is_active:
        raise Refusal("The robot is switched off.")
    messages.check_address(robot.url)
    messages.send(messages.message_for(robot, notice, links.absolute(notice.url), timezone.now()))
