"""The comment calls. They stay open whatever the status of the case."""

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from legalcity.api.components import PAGINATION, fields, list_of, success
from legalcity.api.envelope import reply
from legalcity.api.listing import asked, page_of, pagination
from legalcity.api.validation import parse, parse_change
from legalcity.lib.audience import Audience
from legalcity.lib.errors import NotFound
from recoveries.models import Comment, Recovery
from recoveries.payloads import comment_payload
from recoveries.serializers import VISIBILITIES, CommentQuery, CommentSerializer
from recoveries.services import comments
from recoveries.shapes import COMMENT, COMMENTS_SUMMARY
from recoveries.views.under import UnderCase


class CommentView(UnderCase):
    """List, write, show, change and delete the comments that the client sees."""

    serializers = {"create": CommentSerializer, "update": CommentSerializer}
    queries = {"list": CommentQuery}
    answers = {
        "list": {
            200: success(fields({"comments": list_of(COMMENT), "pagination": PAGINATION, "summary": COMMENTS_SUMMARY}))
        },
        "create": {201: success(COMMENT)},
        "retrieve": {200: success(COMMENT)},
        "update": {200: success(COMMENT)},
        "destroy": {200: success()},
    }
    guards_status = False

    @staticmethod
    def _found(recovery: Recovery, comment_id: int) -> Comment:
        comment = Comment.objects.seen_by(Audience.CLIENT).filter(recovery=recovery, pk=comment_id).first()
        if comment is None:
            raise NotFound(comments.NOT_FOUND)
        return comment

    def list(self, request: Request, recovery_id: int) -> Response:
        """The comments of the case, oldest first; the summary is over all of them, whatever the filters."""
        parent = self.parent()
        wanted = asked(CommentQuery, request)
        seen = Comment.objects.seen_by(Audience.CLIENT).filter(recovery=parent)
        condition = Comment.visibility.condition
        chosen = condition(VISIBILITIES[wanted.filters["visibility"] or "all"])
        if wanted.filters["unread_only"]:
            chosen &= Q(is_read=False)
        counts = seen.order_by().aggregate(
            # First, because two of the names below would hide the columns that it looks at.
            chosen=Count("pk", filter=chosen) if chosen else Count("pk"),
            total_comments=Count("pk"),
            unread_count=Count("pk", filter=Q(is_read=False)),
            visible_to_debtor=Count("pk", filter=condition(Audience.DEBTOR)),
            visible_to_bailiff=Count("pk", filter=condition(Audience.BAILIFF)),
        )
        total = counts.pop("chosen")
        page = [comment_payload(comment) for comment in page_of(seen.filter(chosen), wanted, total)]
        data = {"comments": page, "pagination": pagination(wanted, total, len(page)), "summary": counts}
        message = _("Comments retrieved successfully. Total: {total} comments found.").format(total=total)
        return reply(data, message)

    def create(self, request: Request, recovery_id: int) -> Response:
        """A new comment."""
        with self.changing() as recovery:
            values = parse(CommentSerializer, request)
            comment = comments.comment_create(recovery=recovery, values=values, by=caller(request))
        return reply(comment_payload(comment), _("Comment created successfully"), status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, recovery_id: int, comment_id: int) -> Response:
        """One comment."""
        return reply(comment_payload(self._found(self.parent(), comment_id)), _("Comment retrieved successfully"))

    def update(self, request: Request, recovery_id: int, comment_id: int) -> Response:
        """Change a comment that nobody has acted upon."""
        with self.changing() as recovery:
            comment = self._found(recovery, comment_id)
            values = parse_change(CommentSerializer, request)
            comment = comments.comment_update(comment=comment, recovery=recovery, values=values, by=caller(request))
        return reply(comment_payload(comment), _("Comment updated successfully"))

    def destroy(self, request: Request, recovery_id: int, comment_id: int) -> Response:
        """Delete a comment that nobody has acted upon."""
        with self.changing() as recovery:
            comment = self._found(recovery, comment_id)
            comments.comment_delete(comment=comment, recovery=recovery, by=caller(request))
        return reply(message=_("Comment deleted successfully"))
